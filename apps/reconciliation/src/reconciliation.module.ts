import type { DynamicModule } from '@nestjs/common';
import { DirectoryConsumer, DueWorker, Inbox, KeepDirectory, OPENAPI, OpenApiController, type Platform, type RunningPart } from '@scantill/platform';
import type { Config } from './config.js';
import { FindDay } from './flows/find-day.js';
import { FindExpectations } from './flows/find-expectations.js';
import { FindTimeline } from './flows/find-timeline.js';
import { ImportFile } from './flows/import-file.js';
import { ListBreaks } from './flows/list-breaks.js';
import { MatchDay } from './flows/match-day.js';
import { RecordExpectations } from './flows/record-expectations.js';
import { RematchDays } from './flows/rematch-days.js';
import { DaysController } from './inbound/days.controller.js';
import { ExpectationsController } from './inbound/expectations.controller.js';
import { FilesController } from './inbound/files.controller.js';
import { document } from './inbound/openapi.js';
import { PaymentEventsConsumer } from './inbound/payment-events.consumer.js';
import { TimelineController } from './inbound/timeline.controller.js';
import { BreakRepository } from './outbound/break.repository.js';
import { DayMatching } from './outbound/day-matching.js';
import { DAY_DUE, DueDays } from './outbound/due-days.js';
import { ExpectationRepository } from './outbound/expectation.repository.js';
import { FileStore } from './outbound/file-store.js';
import { FileRepository } from './outbound/file.repository.js';
import { TransactionItems } from './outbound/transaction-items.js';

/** Longer than a day takes to be matched. */
const MATCH_LEASE_MS = 300_000;
const MATCH_CLAIM_MAX = 10;

/** Everything the service consists of, in the order in which it depends on each other. */
export function wire(platform: Platform, config: Pick<Config, 'RECONCILIATION_FILES_DIR'>) {
  const { database, directory, clock, metrics, log, relay } = platform;
  const expectations = new ExpectationRepository(database);
  const files = new FileRepository(database);
  const breaks = new BreakRepository(database);
  const dueDays = new DueDays(database);
  const store = new FileStore(config.RECONCILIATION_FILES_DIR);
  const matchDay = new MatchDay(new DayMatching(), breaks, relay);
  const importFile = new ImportFile({ database, directory, store, items: new TransactionItems(), files, matchDay, dueDays, clock });
  const rematchDays = new RematchDays(database, dueDays, matchDay, clock);
  const worker = new DueWorker({ kind: DAY_DUE, database, clock, metrics, log, leaseMs: MATCH_LEASE_MS, claimMax: () => MATCH_CLAIM_MAX, work: (keys) => rematchDays.run(keys) });
  const parts: RunningPart[] = [{ name: 'days to match again', start: () => worker.start(), stop: () => worker.stop() }];
  const module: DynamicModule = {
    module: ReconciliationModule,
    controllers: [PaymentEventsConsumer, DirectoryConsumer, ExpectationsController, TimelineController, FilesController, DaysController, OpenApiController],
    providers: [
      { provide: Inbox, useValue: platform.inbox },
      { provide: KeepDirectory, useValue: platform.keepDirectory },
      { provide: RecordExpectations, useValue: new RecordExpectations(expectations, dueDays, clock) },
      { provide: FindExpectations, useValue: new FindExpectations(expectations) },
      { provide: FindTimeline, useValue: new FindTimeline(expectations, breaks) },
      { provide: ImportFile, useValue: importFile },
      { provide: FindDay, useValue: new FindDay(directory, files, expectations, breaks) },
      { provide: ListBreaks, useValue: new ListBreaks(breaks, files) },
      { provide: OPENAPI, useValue: document },
    ],
  };
  return { module, parts, rematchDays };
}

export class ReconciliationModule {}
