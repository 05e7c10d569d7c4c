import type { Provider } from '@nestjs/common';
import { DueWorker, type Platform, type RunningPart } from '@scantill/platform';
import { AnnounceReports } from './flows/announce-reports.js';
import { BookJournal } from './flows/book-journal.js';
import type { CompareBatches } from './flows/compare-batches.js';
import { GatherAudit } from './flows/gather-audit.js';
import type { ListBreaks } from './flows/list-breaks.js';
import { LockPeriod } from './flows/lock-period.js';
import { MakeReport } from './flows/make-report.js';
import { NameLedgerAccounts } from './flows/name-ledger-accounts.js';
import { SumMovements } from './flows/sum-movements.js';
import { LedgerController } from './inbound/ledger.controller.js';
import { ReportsController } from './inbound/reports.controller.js';
import { AuditReader } from './outbound/audit.reader.js';
import type { BatchReader } from './outbound/batch.reader.js';
import { REPORT_DUE, type DueReports } from './outbound/due-reports.js';
import type { FileStore } from './outbound/file-store.js';
import { LedgerRepository } from './outbound/ledger.repository.js';
import { PayOutBreaks } from './outbound/pay-out-breaks.js';
import { ReportSums } from './outbound/report-sums.js';
import { UnsettledAges } from './outbound/unsettled-ages.js';

export interface ReportsNeed {
  readonly dueReports: DueReports;
  readonly store: FileStore;
  readonly listBreaks: ListBreaks;
  readonly batches: BatchReader;
  readonly compareBatches: CompareBatches;
  readonly work: Omit<ConstructorParameters<typeof DueWorker>[0], 'kind' | 'work'>;
}

/** What the service tells finance: reports, the journal, and that a day can be read. */
export function wireReports({ database, directory, clock, relay }: Platform, { store, listBreaks, batches, compareBatches, dueReports, work }: ReportsNeed) {
  const announceReports = new AnnounceReports(database, dueReports, clock, relay);
  const ledgers = new LedgerRepository();
  const sums = new ReportSums();
  const sumMovements = new SumMovements({ sums, batches, compareBatches, payOutBreaks: new PayOutBreaks() });
  const bookJournal = new BookJournal(ledgers, sumMovements);
  const worker = new DueWorker({ ...work, kind: REPORT_DUE, work: (keys) => announceReports.run(keys) });
  const providers: Provider[] = [
    { provide: MakeReport, useValue: new MakeReport({ database, directory, sums, unsettledAges: new UnsettledAges(), sumMovements, bookJournal, clock }) },
    { provide: GatherAudit, useValue: new GatherAudit(new AuditReader(database), store, listBreaks) },
    { provide: NameLedgerAccounts, useValue: new NameLedgerAccounts(database, ledgers, clock) },
    { provide: LockPeriod, useValue: new LockPeriod({ database, directory, ledgers, sumMovements, bookJournal, clock }) },
  ];
  const part: RunningPart = { name: 'reports to announce', start: () => worker.start(), stop: () => worker.stop() };
  return { controllers: [ReportsController, LedgerController], providers, part, announceReports };
}
