import type { DynamicModule } from '@nestjs/common';
import { DirectoryConsumer, DueWorker, Inbox, KeepDirectory, OPENAPI, OpenApiController, type Platform, type RunningPart } from '@scantill/platform';
import type { Config } from './config.js';
import { ActOnBreak } from './flows/act-on-break.js';
import { FindContracts } from './flows/find-contracts.js';
import { FindDay } from './flows/find-day.js';
import { FindExpectations } from './flows/find-expectations.js';
import { FindTimeline } from './flows/find-timeline.js';
import { ImportFile } from './flows/import-file.js';
import { KeepBreaks } from './flows/keep-breaks.js';
import { ListBreaks } from './flows/list-breaks.js';
import { MatchDay } from './flows/match-day.js';
import { OpenLate } from './flows/open-late.js';
import { RecordExpectations } from './flows/record-expectations.js';
import { RematchDays } from './flows/rematch-days.js';
import { SetContract } from './flows/set-contract.js';
import { BreaksController } from './inbound/breaks.controller.js';
import { ContractsController } from './inbound/contracts.controller.js';
import { DaysController } from './inbound/days.controller.js';
import { ExpectationsController } from './inbound/expectations.controller.js';
import { FilesController } from './inbound/files.controller.js';
import { document } from './inbound/openapi.js';
import { PaymentEventsConsumer } from './inbound/payment-events.consumer.js';
import { TimelineController } from './inbound/timeline.controller.js';
import { BreakReader } from './outbound/break.reader.js';
import { BreakRepository } from './outbound/break.repository.js';
import { ContractRepository } from './outbound/contract.repository.js';
import { DayMatching } from './outbound/day-matching.js';
import { DAY_DUE, DueDays } from './outbound/due-days.js';
import { ExpectationRepository } from './outbound/expectation.repository.js';
import { FileStore } from './outbound/file-store.js';
import { FileRepository } from './outbound/file.repository.js';
import { LATE_DUE, LateDays } from './outbound/late-days.js';
import { TransactionItems } from './outbound/transaction-items.js';
import { Unsettled } from './outbound/unsettled.js';

/** Longer than a day takes to be matched. */
const MATCH_LEASE_MS = 300_000;
const MATCH_CLAIM_MAX = 10;

/** Everything the service consists of, in the order in which it depends on each other. */
export function wire(platform: Platform, config: Pick<Config, 'RECONCILIATION_FILES_DIR'>) {
  const { database, directory, clock, metrics, log, relay } = platform;
  const expectations = new ExpectationRepository(database);
  const files = new FileRepository(database);
  const breaks = new BreakRepository();
  const reader = new BreakReader(database);
  const dueDays = new DueDays(database);
  const store = new FileStore(config.RECONCILIATION_FILES_DIR);
  const contracts = new ContractRepository(database);
  const lateDays = new LateDays(database);
  const unsettled = new Unsettled();
  const keepBreaks = new KeepBreaks(breaks);
  const matchDay = new MatchDay({ matching: new DayMatching(), unsettled, keepBreaks, relay });
  const importFile = new ImportFile({ database, directory, store, items: new TransactionItems(), files, matchDay, dueDays, clock });
  const rematchDays = new RematchDays(database, dueDays, matchDay, clock);
  const openLate = new OpenLate({ database, lateDays, unsettled, keepBreaks, clock, relay });
  const common = { database, clock, metrics, log, leaseMs: MATCH_LEASE_MS, claimMax: () => MATCH_CLAIM_MAX };
  const matchWorker = new DueWorker({ ...common, kind: DAY_DUE, work: (keys) => rematchDays.run(keys) });
  const lateWorker = new DueWorker({ ...common, kind: LATE_DUE, work: (keys) => openLate.run(keys) });
  const parts: RunningPart[] = [
    { name: 'days to match again', start: () => matchWorker.start(), stop: () => matchWorker.stop() },
    { name: 'days on which pay-outs are late', start: () => lateWorker.start(), stop: () => lateWorker.stop() },
  ];
  const module: DynamicModule = {
    module: ReconciliationModule,
    controllers: [PaymentEventsConsumer, DirectoryConsumer, ExpectationsController, TimelineController, FilesController, DaysController, BreaksController, ContractsController, OpenApiController],
    providers: [
      { provide: Inbox, useValue: platform.inbox },
      { provide: KeepDirectory, useValue: platform.keepDirectory },
      { provide: RecordExpectations, useValue: new RecordExpectations({ expectations, contracts, dueDays, lateDays, clock }) },
      { provide: FindExpectations, useValue: new FindExpectations(expectations) },
      { provide: FindTimeline, useValue: new FindTimeline(expectations, reader) },
      { provide: ImportFile, useValue: importFile },
      { provide: FindDay, useValue: new FindDay(directory, files, expectations, reader) },
      { provide: ListBreaks, useValue: new ListBreaks(reader, files, clock) },
      { provide: ActOnBreak, useValue: new ActOnBreak(database, breaks, clock, relay) },
      { provide: FindContracts, useValue: new FindContracts(contracts) },
      { provide: SetContract, useValue: new SetContract({ database, directory, contracts, clock }) },
      { provide: OPENAPI, useValue: document },
    ],
  };
  return { module, parts, rematchDays, openLate };
}

export class ReconciliationModule {}
