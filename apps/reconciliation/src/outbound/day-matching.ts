import { money, type Money } from '@scantill/kernel';
import type { Circumstance } from '../core/break.js';
import type { Bulk } from './bulk.js';
import type { DayCounts, DayLines } from './day-lines.js';
import type { Day } from './file.repository.js';
import { DIFFERENCES, DIFFERENCES_TABLE, MATCH_ACCOUNT, PAGE } from './account-sql.js';
import type { FileStore } from './file-store.js';
import { readRawRows } from './raw-rows.js';

/** Two sides that do not agree, or one side alone. */
export interface Difference {
  /** What it is about, where ids do not name it: a batch, a file, a pay-out, a line of which others carry the id. */
  readonly subject: string | null;
  readonly date: string;
  readonly type: string;
  /** Of the expectation; else as the line has it. */
  readonly storeId: string | null;
  readonly orderKey: string | null;
  readonly paymentId: string | null;
  /** Our request: the payment itself, or the refund. */
  readonly requestId: string | null;
  readonly alipayId: string | null;
  readonly ours: Money | null;
  readonly theirs: Money | null;
  /** 1 for the first line of a transaction, then 2, 3, … */
  readonly copy: number;
  readonly file: { readonly id: string; readonly line: number; readonly raw: string } | null;
  readonly eventId: string | null;
  /** In words, where the amounts do not say it all. */
  readonly note?: string;
}

export interface FoundDifference extends Difference {
  readonly circumstance: Circumstance;
  /** The line that may be what is missing. */
  readonly causedByLine: Pick<Difference, 'subject' | 'type'> & { readonly alipayId: string } | null;
}

export interface DifferenceRow extends Omit<Difference, 'subject' | 'ours' | 'theirs' | 'file'> {
  readonly ours_currency: string | null;
  readonly ours_minor: bigint | null;
  readonly theirs_currency: string | null;
  readonly theirs_minor: bigint | null;
  readonly file_id: string | null;
  readonly line: number | null;
  readonly raw: string | null;
}

/** A row of the differences that a matching under way has found. */
export interface FoundRow extends DifferenceRow {
  readonly position: number;
  readonly subject: string | null;
  readonly circumstance: Circumstance;
  readonly cause: string | null;
  readonly sha256: string | null;
  readonly at: bigint | null;
}

const COUNT_RUN = `insert into days as d (account_id, business_date, kind, chain_id, runs, matched_at) values ($1, $2::date, $3, $4, 1, $5)
  on conflict (account_id, business_date, kind) do update set runs = d.runs + 1, matched_at = excluded.matched_at returning runs`;
/** Of what the day left over, what was not found an expectation that it agrees with. */
const UNMATCHED = `select count(*)::int as unmatched from rest_lines r left join links k on k.file_id = r.file_id and k.line = r.line and k.agrees
  where r.account_id = $1 and r.business_date = $2::date and k.file_id is null`;

/** The one place that joins lines with expectations. What the pairs mean is decided elsewhere, and only differences get there. */
export class DayMatching {
  constructor(private readonly dayLines: DayLines, private readonly store: Pick<FileStore, 'pathOf'>) {}

  /** Leaves the differences of the account in a table that ends with the transaction. The same lines and expectations always give the same ones. */
  async match(bulk: Bulk, day: Day, at: Date, maybeTwice: readonly string[] | null): Promise<DayCounts & { runs: number; matched: number }> {
    const counts = await this.dayLines.compare(bulk, day, maybeTwice);
    const runs = await this.countRun(bulk, day, 'transactions', at);
    await bulk.query(DIFFERENCES_TABLE);
    for (const text of MATCH_ACCOUNT) await bulk.query(text, text.includes('$1') ? [day.accountId] : []);
    for (const text of DIFFERENCES) await bulk.query(text, [day.accountId]);
    const [left] = await bulk.query<{ unmatched: number }>(UNMATCHED, [day.accountId, day.date]);
    return { ...counts, runs, matched: counts.lines - (left?.unmatched ?? 0) };
  }

  async *differences(bulk: Bulk): AsyncGenerator<FoundDifference[]> {
    for (let after = 0; ;) {
      const page = await bulk.query<FoundRow>(PAGE, [after]);
      const last = page.at(-1);
      if (last === undefined) return;
      after = last.position;
      yield await withRawRows(page, this.store);
    }
  }

  /** How often the day was matched, this time included. */
  async countRun(bulk: Bulk, { accountId, date, chainId }: Day, kind: 'transactions' | 'settlement', at: Date): Promise<number> {
    return (await bulk.query<{ runs: number }>(COUNT_RUN, [accountId, date, kind, chainId, at]))[0]?.runs ?? 1;
  }
}

/** Rows as they stand in their files are read from there, since only those that differ are shown. */
export async function withRawRows(page: readonly FoundRow[], store: Pick<FileStore, 'pathOf'>): Promise<FoundDifference[]> {
  const raw = await readRawRows(page.map(({ sha256, at, raw: kept }) => (sha256 === null ? null : { path: store.pathOf(sha256), at: at === null ? null : Number(at), raw: kept })));
  return page.map(({ position: _, circumstance, subject, cause, sha256: __, at: ___, ...row }, index) => {
    const [type = '', alipayId = '', ...words] = cause?.split(' ') ?? [];
    return { ...toDifference({ ...row, raw: raw[index] ?? null }), circumstance, subject, causedByLine: cause === null ? null : { type, alipayId, subject: words.length === 0 ? null : words.join(' ') } };
  });
}

export function toDifference({ ours_currency, ours_minor, theirs_currency, theirs_minor, file_id, line, raw, ...rest }: DifferenceRow): Difference {
  return { ...rest, subject: null, ours: amount(ours_currency, ours_minor), theirs: amount(theirs_currency, theirs_minor), file: file_id === null || line === null ? null : { id: file_id, line, raw: raw ?? '' } };
}

function amount(currency: string | null, minor: bigint | null): Money | null {
  return currency === null || minor === null ? null : money(currency, minor);
}
