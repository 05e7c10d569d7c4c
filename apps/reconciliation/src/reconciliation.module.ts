import type { DynamicModule } from '@nestjs/common';
import { Directory, DirectoryConsumer, DueWorker, Inbox, KeepDirectory, OPENAPI, OpenApiController, type Platform, type RunningPart } from '@scantill/platform';
import { comparingParts, wireComparisons } from './comparisons.module.js';
import type { Config } from './config.js';
import { AcceptFile } from './flows/accept-file.js';
import { ActOnBreak } from './flows/act-on-break.js';
import { AwaitAcknowledgements } from './flows/await-acknowledgements.js';
import { CancelImport } from './flows/cancel-import.js';
import { CompareDay } from './flows/compare-day.js';
import { FetchFiles } from './flows/fetch-files.js';
import { FindContracts } from './flows/find-contracts.js';
import { FindDay } from './flows/find-day.js';
import { FindExpectations } from './flows/find-expectations.js';
import { FindFiles } from './flows/find-files.js';
import { FindTimeline } from './flows/find-timeline.js';
import { ImportFile } from './flows/import-file.js';
import { ListBreaks } from './flows/list-breaks.js';
import { LookForMissing } from './flows/look-for-missing.js';
import { PollSources } from './flows/poll-sources.js';
import { ReceiveFile } from './flows/receive-file.js';
import { RecordAcknowledgements } from './flows/record-acknowledgements.js';
import { RecordExpectations } from './flows/record-expectations.js';
import { RecordInquiryAnswers } from './flows/record-inquiry-answers.js';
import { RecordTillClosings } from './flows/record-till-closings.js';
import { RunImports } from './flows/run-imports.js';
import { SetContract } from './flows/set-contract.js';
import { WatchFolder } from './flows/watch-folder.js';
import { BreaksController } from './inbound/breaks.controller.js';
import { ContractsController } from './inbound/contracts.controller.js';
import { DaysController } from './inbound/days.controller.js';
import { ExpectationsController } from './inbound/expectations.controller.js';
import { FilesController } from './inbound/files.controller.js';
import { document } from './inbound/openapi.js';
import { NotificationEventsConsumer } from './inbound/notification-events.consumer.js';
import { OrderEventsConsumer } from './inbound/order-events.consumer.js';
import { PaymentEventsConsumer } from './inbound/payment-events.consumer.js';
import { TimelineController } from './inbound/timeline.controller.js';
import { BankStatements } from './outbound/bank-statements.js';
import { BreakReader } from './outbound/break.reader.js';
import { ExpectationRepository } from './outbound/expectation.repository.js';
import { FileStore } from './outbound/file-store.js';
import { FileRepository } from './outbound/file.repository.js';
import { IMPORT_DUE, IMPORT_LEASE_MS, ImportRepository } from './outbound/import.repository.js';
import { monthPartitions } from './outbound/month-partitions.js';
import { ReportFiles } from './outbound/report-files.js';
import { SettledLines } from './outbound/settled-lines.js';
import { ReceivedFileRepository } from './outbound/received-file.repository.js';
import { sourceMetrics } from './outbound/source-metrics.js';
import { SOURCE_DUE, SourceRepository } from './outbound/source.repository.js';
import type { Source } from './outbound/sources.js';
import { TransactionLines } from './outbound/transaction-lines.js';
import { SummaryRows } from './outbound/summary-rows.js';
import { wireReports } from './reports.module.js';

/** Longer than a day takes to be matched. */
const MATCH_LEASE_MS = 300_000;
const MATCH_CLAIM_MAX = 10;
/** Long enough for the largest file to be fetched and imported; should it not be, what another instance fetches as well changes nothing. */
const POLL_LEASE_MS = 1_800_000;
const POLLS_AT_ONCE_MAX = 4;

/** Everything the service consists of, in the order in which it depends on each other. */
export function wire(platform: Platform, config: Pick<Config, 'RECONCILIATION_FILES_DIR'> & { readonly ownPortionBytes?: number }, sources: readonly Source[]) {
  const { database, directory, clock, metrics, log, relay } = platform;
  const expectations = new ExpectationRepository(database);
  const files = new FileRepository(database);
  const reader = new BreakReader(database);
  const store = new FileStore(config.RECONCILIATION_FILES_DIR);
  const compared = wireComparisons(platform, store);
  const { breaks, contracts, dueDays, lateDays, missing, fileBreaks, runs, matchDay, settleDay, rematchDays, compareBatches, acknowledgements, minutes, tillDays, closings } = compared;
  const received = new ReceivedFileRepository(database);
  const imports = new ImportRepository(database);
  const reportFiles = new ReportFiles({ transactions: new TransactionLines(config.ownPortionBytes), settled: new SettledLines(config.ownPortionBytes), summaries: new SummaryRows(), statements: new BankStatements() });
  const importFile = new ImportFile({ database, directory, store, reports: reportFiles, files, received, imports, matchDay, settleDay, compareBatches, fileBreaks, dueDays, clock });
  const runImports = new RunImports({ importFile, imports, clock, log });
  const receiveFile = new ReceiveFile({ database, store, received, imports, runImports, clock });
  const sourceRepository = new SourceRepository(database);
  const fetchFiles = new FetchFiles(receiveFile, sourceRepository, clock, log);
  const watchFolder = new WatchFolder(receiveFile, log);
  const ofSources = sourceMetrics(metrics);
  const lookForMissing = new LookForMissing({ database, missing, fileBreaks, metrics: ofSources, clock, log });
  const pollSources = new PollSources({ sources, repository: sourceRepository, fetchFiles, watchFolder, lookForMissing, directory, metrics: ofSources, clock, log });
  const shared = { database, clock, metrics, log };
  const ofDays = { ...shared, leaseMs: MATCH_LEASE_MS, claimMax: () => MATCH_CLAIM_MAX };
  const listBreaks = new ListBreaks(reader, files, clock);
  const reports = wireReports(platform, { ...compared, store, listBreaks, work: ofDays });
  const importWorker = new DueWorker({ ...shared, kind: IMPORT_DUE, leaseMs: IMPORT_LEASE_MS, claimMax: runImports.room, work: (keys) => runImports.takeUp(keys) });
  const sourceWorker = new DueWorker({ ...shared, kind: SOURCE_DUE, leaseMs: POLL_LEASE_MS, claimMax: () => POLLS_AT_ONCE_MAX, work: (keys) => pollSources.run(keys) });
  const parts: RunningPart[] = [
    monthPartitions(database, clock, log),
    { name: 'files left behind', start: () => store.clear(), stop: () => undefined },
    ...comparingParts(ofDays, compared),
    reports.part,
    { name: 'imports', start: () => importWorker.start(), stop: () => importWorker.stop() },
    { name: 'sources of files', start: async () => { await pollSources.start(); sourceWorker.start(); }, stop: () => sourceWorker.stop() },
  ];
  const module: DynamicModule = {
    module: ReconciliationModule,
    controllers: [PaymentEventsConsumer, OrderEventsConsumer, NotificationEventsConsumer, DirectoryConsumer, ExpectationsController, TimelineController, FilesController, DaysController, BreaksController, ContractsController, ...reports.controllers, OpenApiController],
    providers: [
      { provide: Inbox, useValue: platform.inbox },
      { provide: Directory, useValue: directory },
      { provide: KeepDirectory, useValue: platform.keepDirectory },
      { provide: RecordExpectations, useValue: new RecordExpectations({ expectations, contracts, dueDays, lateDays, awaitAcknowledgements: new AwaitAcknowledgements(acknowledgements, minutes, directory), tillDays, clock }) },
      { provide: RecordAcknowledgements, useValue: new RecordAcknowledgements(acknowledgements, minutes, clock) },
      { provide: RecordTillClosings, useValue: new RecordTillClosings({ closings, tillDays, clock, log }) },
      { provide: RecordInquiryAnswers, useValue: new RecordInquiryAnswers(breaks, clock, log) },
      { provide: FindExpectations, useValue: new FindExpectations(expectations) },
      { provide: FindTimeline, useValue: new FindTimeline(expectations, reader) },
      { provide: ReceiveFile, useValue: receiveFile },
      { provide: FindFiles, useValue: new FindFiles(received, store) },
      { provide: CancelImport, useValue: new CancelImport({ database, received, files, imports, fileBreaks, clock }) },
      { provide: AcceptFile, useValue: new AcceptFile({ database, received, imports, runImports, clock }) },
      { provide: CompareDay, useValue: new CompareDay(files, rematchDays, runs) },
      { provide: FindDay, useValue: new FindDay(directory, files, expectations, reader) },
      { provide: ListBreaks, useValue: listBreaks },
      { provide: ActOnBreak, useValue: new ActOnBreak(database, breaks, clock, relay) },
      { provide: FindContracts, useValue: new FindContracts(contracts) },
      { provide: SetContract, useValue: new SetContract({ database, directory, contracts, clock }) },
      ...reports.providers,
      { provide: OPENAPI, useValue: document },
    ],
  };
  // Stopped before everything else: whoever waits for an import, or fetches a file, would hold up the rest.
  const underWay: RunningPart = { name: 'imports under way', start: () => undefined, stop: () => { pollSources.stop(); return runImports.stop(); } };
  return { ...compared, module, parts, underWay, receiveFile, lookForMissing, runImports, pollSources, reports };
}

export class ReconciliationModule {}
