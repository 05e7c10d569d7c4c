import type { Database, Statement } from '@scantill/platform';
import { toHistoryEntry, type HistoryEntry, type HistoryRow } from './break-history.js';

/** Days of a report and whose they are; null is every account of the chain. */
export interface AuditScope {
  readonly chainId: string;
  readonly from: string;
  readonly to: string;
  readonly accountId: string | null;
}

export interface AuditFile {
  readonly fileId: string;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: bigint;
  readonly status: string;
  readonly report: string | null;
  readonly accountId: string;
  readonly date: string;
  readonly receivedAt: Date;
  readonly receivedBy: string;
  readonly acceptedBy: string | null;
}

export interface AuditRun {
  readonly accountId: string;
  readonly date: string;
  readonly kind: string;
  readonly version: number;
  readonly at: Date;
  readonly hash: string;
  readonly lines: number;
  readonly matched: number;
  readonly breaksOpened: number;
  readonly breaksResolved: number;
  readonly breaksOpen: number;
  readonly files: unknown;
}

/** A year of a chain with many accounts, and their files in several editions. */
export const AUDIT_FILES_MAX = 20_000;
const RUNS_PAGE = 500;

const FILES: Statement = {
  name: 'audit-files',
  text: `select id as "fileId", name, sha256, bytes, status, report, account_id as "accountId", business_date::text as date, received_at as "receivedAt", received_by as "receivedBy", accepted_by as "acceptedBy"
    from files where chain_id = $1 and business_date between $2::date and $3::date and ($4::text is null or account_id = $4) and account_id is not null and status <> 'received'
    order by business_date, account_id, received_at, id limit $5`,
};
const RUNS: Statement = {
  name: 'audit-runs',
  text: `select account_id as "accountId", business_date::text as date, kind, version, at, hash, lines, matched, breaks_opened as "breaksOpened", breaks_resolved as "breaksResolved", breaks_open as "breaksOpen", files
    from runs where chain_id = $1 and business_date between $2::date and $3::date and ($4::text is null or account_id = $4)
      and ($5::date is null or (business_date, account_id, kind, version) > ($5::date, $6::text, $7::text, $8::int))
    order by business_date, account_id, kind, version limit ${RUNS_PAGE}`,
};
const HISTORIES: Statement = {
  name: 'audit-histories', text: 'select break_id, number, at, by_kind, by_name, action, text, details from break_history where break_id = any($1::text[]) order by break_id, number',
};

/** What proves a report: the files, the comparisons, and what was done with every break. */
export class AuditReader {
  constructor(private readonly database: Database) {}

  /** One more than there may be, when there are more. */
  files({ chainId, from, to, accountId }: AuditScope): Promise<AuditFile[]> {
    return this.database.query<AuditFile>(FILES, [chainId, from, to, accountId, AUDIT_FILES_MAX + 1]);
  }

  async *runs({ chainId, from, to, accountId }: AuditScope): AsyncGenerator<AuditRun> {
    for (let last: AuditRun | undefined; ;) {
      const page: AuditRun[] = await this.database.query<AuditRun>(RUNS, [chainId, from, to, accountId, last?.date ?? null, last?.accountId ?? null, last?.kind ?? null, last?.version ?? null]);
      yield* page;
      last = page.at(-1);
      if (page.length < RUNS_PAGE) return;
    }
  }

  /** By break, oldest first. */
  async histories(breakIds: readonly string[]): Promise<ReadonlyMap<string, HistoryEntry[]>> {
    const rows = await this.database.query<HistoryRow>(HISTORIES, [breakIds]);
    const histories = new Map<string, HistoryEntry[]>(breakIds.map((id) => [id, []]));
    for (const row of rows) histories.get(row.break_id)?.push(toHistoryEntry(row));
    return histories;
  }
}
