import { createHash } from 'node:crypto';
import type { Database, Statement } from '@scantill/platform';
import type { Bulk } from './bulk.js';
import { identity } from './day-lines.js';
import type { Day } from './file.repository.js';

export type RunKind = 'transactions' | 'settlement';

/** One comparison of a day, and what it came to. */
export interface Run {
  readonly accountId: string;
  readonly date: string;
  readonly kind: RunKind;
  readonly version: number;
  readonly at: Date;
  /** The same accepted lines and expectations give the same one, in whatever order and parts they came. */
  readonly hash: string;
  readonly lines: number;
  readonly matched: number;
  readonly breaksOpened: number;
  readonly breaksResolved: number;
  readonly breaksOpen: number;
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
}

export type RunFigures = Pick<Run, 'lines' | 'matched' | 'breaksOpened' | 'breaksResolved'>;

const REPORT = { transactions: 'transaction-items', settlement: 'settlement-items' } as const;

/** Rows in any order give the same sum. */
const sumOf = (columns: string): string => `coalesce(sum(hash_record_extended(row(${columns}), 0)), 0)::text || ' ' || count(*)::text`;
const OF_LINKS = `select ${sumOf(`k.type, k.request_id, ${identity('l', 'f')}, k.agrees`)} as sum
  from links k join rest_lines l on l.file_id = k.file_id and l.line = k.line join files f on f.id = k.file_id where k.account_id = $1 and k.business_date = $2::date`;
/** What was found, whatever people have made of it since. */
const OF_BREAKS = `select ${sumOf(`b.kind, b.type, b.order_key, b.payment_id, b.request_id, b.alipay_id, b.ours_currency, b.ours_minor, b.theirs_currency, b.theirs_minor, b.risk_minor, b.caused_by`)} as sum
  from found n join breaks b on b.id = n.id where b.account_id = $1 and b.business_date = $2::date`;

const KEEP = `insert into runs (account_id, business_date, kind, version, chain_id, at, hash, lines, matched, breaks_opened, breaks_resolved, breaks_open, files)
  select $1, $2::date, $3, $4, $5, $6, $7, $8, $9, $10, $11,
    (select count(*) from breaks b where b.account_id = $1 and b.business_date = $2::date and b.status <> 'resolved')::int,
    (select coalesce(jsonb_agg(jsonb_build_object('name', name, 'sha256', sha256) order by sequence, name), '[]') from files where account_id = $1 and report = $12 and business_date = $2::date and status = 'in-force')`;
const CHANGED_DAYS = `select distinct b.business_date::text as date from break_history h join breaks b on b.id = h.break_id
  where h.at = $3 and h.by_kind = 'system' and b.account_id = $1 and b.business_date <> $2::date
    and exists (select from days d where d.account_id = b.account_id and d.business_date = b.business_date and d.kind = 'transactions') order by date`;
/** Their difference may be explained, or unexplained, by what changed in transaction files; some also by a payment that was only heard of now. */
const SETTLED_DAYS = `select distinct b.business_date::text as date from breaks b join files f on f.id = b.file_id and f.report = 'settlement-items' where b.account_id = $1 and b.status <> 'resolved'
    and ($2 or b.kind in ('missing-with-us', 'amount-differs', 'currency-differs')) order by date`;

const COLUMNS = `account_id as "accountId", business_date::text as date, kind, version, at, hash, lines, matched, breaks_opened as "breaksOpened", breaks_resolved as "breaksResolved", breaks_open as "breaksOpen", files`;
const OF_DAY: Statement = { name: 'runs-of-day', text: `select ${COLUMNS} from runs where chain_id = $1 and business_date = $2::date order by account_id, kind, version desc limit $3` };
const RUNS_MAX = 1_000;

export class RunRepository {
  constructor(private readonly database: Database) {}

  /** After the breaks were kept: they are part of what it came to. @param run `linesSum`: what the rows of the day's files come to */
  async keep(bulk: Bulk, day: Day, run: RunFigures & { readonly kind: RunKind; readonly version: number; readonly at: Date; readonly linesSum: string }): Promise<string> {
    const { accountId, date, chainId } = day;
    const { kind, version, at, linesSum, lines, matched, breaksOpened, breaksResolved } = run;
    const parts = kind === 'transactions' ? [OF_LINKS, OF_BREAKS] : [OF_BREAKS];
    const hash = createHash('sha256').update(`${kind} ${date}\n${linesSum}`);
    for (const text of parts) hash.update(`\n${(await bulk.query<{ sum: string }>(text, [accountId, date]))[0]?.sum}`);
    const digest = hash.digest('hex');
    await bulk.query(KEEP, [accountId, date, kind, version, chainId, at, digest, lines, matched, breaksOpened, breaksResolved, REPORT[kind]]);
    return digest;
  }

  /** Other days of the account of which a break changed at this time: what they came to is another now. */
  async changedDays(bulk: Bulk, { accountId, date }: Day, at: Date): Promise<string[]> {
    return (await bulk.query<{ date: string }>(CHANGED_DAYS, [accountId, date, at])).map((row) => row.date);
  }

  /** Days of settlement of which something is not explained. @param isChanged whether breaks of transactions changed; otherwise only new expectations may explain it */
  async unexplainedSettlements(bulk: Bulk, accountId: string, isChanged: boolean): Promise<string[]> {
    return (await bulk.query<{ date: string }>(SETTLED_DAYS, [accountId, isChanged])).map((row) => row.date);
  }

  /** The newest of each account and kind first. */
  async ofDay(chainId: string, date: string): Promise<Run[]> {
    return this.database.query<Run>(OF_DAY, [chainId, date, RUNS_MAX]);
  }
}
