import { joiningWhole, type Bulk } from './bulk.js';
import { figuresOfDay } from './file-figures.js';
import type { Day } from './file.repository.js';

/** What tells one transaction from another: Alipay's id, but for the refunds of generation C, which carry that of their payment. */
export function identity(line: string, file: string): string {
  return `case when ${file}.generation = 'C' and ${line}.type <> 'PAYMENT' then coalesce(${line}.request_id, ${line}.alipay_id) else ${line}.alipay_id end`;
}

/** How the index of settled rows has their ids. */
export function hashOf(text: string): string {
  return `hashtextextended(${text}, 0)`;
}

/** Settled rows of the same id, as their index is asked for them. */
export function settledUnder(row: string, other: string): string {
  return `${hashOf(`${row}.alipay_id`)} = ${hashOf(`${other}.alipay_id`)} and ${row}.alipay_id = ${other}.alipay_id`;
}

/** Those of the same type, too. */
export function settledAlike(row: string, other: string): string {
  return `${settledUnder(row, other)} and ${row}.type = ${other}.type`;
}

/** What of a line is compared and shown. */
export const REST_COLUMNS = ['file_id', 'line', 'class', 'type', 'alipay_id', 'original_id', 'request_id', 'order_key', 'store_id', 'currency', 'amount_minor', 'paid_at', 'at', 'raw'] as const;
const OF_LINE = REST_COLUMNS.map((name) => `l.${name}`).join(', ');

const FILES = `select id from files where account_id = $1 and report = 'transaction-items' and business_date = $2::date and status = 'in-force'`;

/** Lines and expectations of one day, side by side where id, type, currency and amount are the same: what is not, or is of another store, is left over. */
const UNPAIRED = `create temp table unpaired on commit drop as
  select l.file_id, l.line, e.request_id as expected_id, e.type as expected_type
  from (select file_id, line, type, alipay_id, currency, amount_minor, store_id from lines where account_id = $1 and business_date = $2::date and class = 'order' and file_id = any(array(${FILES}))) l
  full join (select request_id, type, alipay_id, currency, amount_minor, store_id from expectations where account_id = $1 and business_date = $2::date and type in ('PAYMENT', 'REFUND')) e
    on e.alipay_id = l.alipay_id and e.type = l.type and e.currency = l.currency and e.amount_minor = l.amount_minor
  where l.file_id is null or e.request_id is null or l.store_id <> e.store_id`;

/** A line of another store pairs with what no line of its own store does; next to one that does it is a copy. */
const HAS_OTHER_STORES = 'select exists (select from unpaired where file_id is not null and expected_id is not null) as found';
const PAIRED_WITHOUT = `update unpaired u set expected_id = null, expected_type = null
  from expectations e join lines l on l.alipay_id = e.alipay_id and l.type = e.type and l.currency = e.currency and l.amount_minor = e.amount_minor and (l.store_id <> e.store_id) is not true
  where u.file_id is not null and e.request_id = u.expected_id and e.type = u.expected_type and e.account_id = $1 and e.business_date = $2::date
    and l.account_id = $1 and l.business_date = $2::date and l.class = 'order' and l.file_id in (${FILES})`;

const REST_OF_LINES = `create temp table day_rest on commit drop as
  select ${OF_LINE} from unpaired u join lines l on l.file_id = u.file_id and l.line = u.line and l.account_id = $1 and l.business_date = $2::date`;
const REST_OF_EXPECTATIONS = 'create temp table day_open on commit drop as select distinct u.expected_id as request_id, u.expected_type as type from unpaired u where u.expected_id is not null';
/** Of a type that nobody knows: there is nothing that it could be compared with. */
const UNKNOWN = `insert into day_rest select ${OF_LINE} from lines l where l.account_id = $1 and l.business_date = $2::date and l.class = 'unknown' and l.file_id in (${FILES})`;

const LEFT = `select (select count(*) from day_rest where class = 'order')::int as rest, (select count(*) from day_open)::int as open`;
const EXPECTED = `select count(*)::int as expected from expectations where account_id = $1 and business_date = $2::date and type in ('PAYMENT', 'REFUND')`;
/** The first of a transaction's copies stays paired, and where it stands decides nothing. */
const REPEATED = `insert into day_rest
  select ${OF_LINE} from (
    select l.*, row_number() over (partition by l.type, l.alipay_id, l.currency, l.amount_minor order by l.request_id, l.order_key, l.original_id, f.sequence, l.line) as copy
    from lines l join files f on f.id = l.file_id
    where l.account_id = $1 and l.business_date = $2::date and l.class = 'order' and l.file_id in (${FILES})
      and not exists (select from day_rest r where r.file_id = l.file_id and r.line = l.line)) l
  where l.copy > 1`;

/** Refunds of generation C carry their payment's id, and are known by our request's. */
const BY_REQUEST = `with pairs as (
    select l.file_id, l.line, e.request_id, e.type, count(*) over (partition by e.request_id, e.type) as lines
    from day_rest l join day_open o on o.request_id = l.request_id and o.type = l.type
      join expectations e on e.request_id = o.request_id and e.type = o.type and e.business_date = $1::date
      join expectations p on p.request_id = e.payment_id and p.type = 'PAYMENT' and p.alipay_id = l.alipay_id
    where e.currency = l.currency and e.amount_minor = l.amount_minor and (l.store_id is null or l.store_id = e.store_id) and l.type = 'REFUND'),
  paired as (delete from day_rest r using pairs p where p.lines = 1 and r.file_id = p.file_id and r.line = p.line)
  delete from day_open o using pairs p where p.lines = 1 and o.request_id = p.request_id and o.type = p.type`;

const FORGET_LINES = 'delete from rest_lines where account_id = $1 and business_date = $2::date';
const FORGET_EXPECTATIONS = 'delete from rest_expectations where account_id = $1 and business_date = $2::date';
const KEEP_LINES = `insert into rest_lines (account_id, business_date, sequence, identity, ${REST_COLUMNS.join(', ')})
  select $1, $2::date, f.sequence, ${identity('l', 'f')}, ${OF_LINE} from day_rest l join files f on f.id = l.file_id`;
/** Only of a day whose file is there; otherwise nothing is missing yet. */
const KEEP_EXPECTATIONS = `insert into rest_expectations (account_id, business_date, request_id, type) select $1, $2::date, request_id, type from day_open where exists (${FILES})`;

/** Of the day's lines, those that are ours. */
export interface DayCounts {
  readonly lines: number;
  /** What all of them come to, for the hash of a run. */
  readonly linesSum: string;
}

/**
 * Compares a day's lines with the expectations of the same day. What agrees is matched by that alone, and nothing is written of it; what is
 * left over on either side is kept for the comparison of the account.
 */
export class DayLines {
  /** @param maybeTwice of a file that has just come; if there are others of its day, one may list what another one does */
  async compare(bulk: Bulk, { accountId, date }: Day, maybeTwice: readonly string[] | null): Promise<DayCounts> {
    const day = [accountId, date];
    await joiningWhole(bulk, () => bulk.query(UNPAIRED, day));
    await bulk.query('analyze unpaired');
    if ((await bulk.query<{ found: boolean }>(HAS_OTHER_STORES))[0]?.found) await joiningWhole(bulk, () => bulk.query(PAIRED_WITHOUT, day));
    await bulk.query(REST_OF_LINES, day);
    await bulk.query(REST_OF_EXPECTATIONS);
    const { files, orders, unknown, sum } = await figuresOfDay(bulk, { accountId, date }, 'transaction-items');
    const [left] = await bulk.query<{ rest: number; open: number }>(LEFT);
    if (left === undefined) throw new Error('nothing came of an aggregate');
    const { rest, open } = left;
    if (unknown > 0) await bulk.query(UNKNOWN, day);
    const isEachOnce = files === 1 && maybeTwice?.length === 0;
    // More lines are paired than expectations: some transaction is listed twice.
    if (!isEachOnce && orders - rest > (await expectedOn(bulk, day)) - open) await bulk.query(REPEATED, day);
    if (rest > 0 && open > 0) await bulk.query(BY_REQUEST, [date]);
    for (const text of [FORGET_LINES, FORGET_EXPECTATIONS, KEEP_LINES, KEEP_EXPECTATIONS]) await bulk.query(text, day);
    return { lines: orders + unknown, linesSum: sum };
  }
}

async function expectedOn(bulk: Bulk, day: readonly string[]): Promise<number> {
  return (await bulk.query<{ expected: number }>(EXPECTED, day))[0]?.expected ?? 0;
}
