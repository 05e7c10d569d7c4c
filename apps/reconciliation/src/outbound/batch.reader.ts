import { isCurrency, money, type Money } from '@scantill/kernel';
import type { BatchSum } from '../core/batch-sums.js';
import type { BatchSide } from '../core/batch-side.js';
import type { Booking } from '../core/payout.js';
import type { Bulk } from './bulk.js';

/** Business days, first and last included. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

/** What would pay something out, and ids that would name something. */
export interface Wanted {
  readonly amounts: readonly Money[];
  readonly batchIds: readonly string[];
}

interface SumRow {
  readonly batch_id: string;
  readonly settled_on: string;
  readonly type: string;
  readonly currency: string;
  readonly count: number;
  readonly net_minor: bigint;
  readonly coupon_minor: bigint;
  readonly fees: Readonly<Record<string, string>>;
  readonly file_id: string;
}

interface SummaryRowRow extends SumRow {
  readonly line: number;
  readonly raw: string;
}

interface BookingRow {
  readonly file_id: string;
  readonly line: number;
  readonly booked_on: string;
  readonly currency: string;
  readonly amount_minor: bigint;
  readonly text: string;
  readonly reference: string | null;
}

/** More batches in half a year than an account has; beyond it something else is wrong, and all of it would not fit into memory. */
const ROWS_MAX = 500_000;
const BEGINNING_LENGTH = 6;
const IN_FORCE = `f.account_id = $1 and f.status = 'in-force' and f.business_date between $2::date and $3::date`;

const ITEMS = `select s.batch_id, f.business_date::text as settled_on, s.type, s.currency, s.count, s.net_minor, s.coupon_minor, s.fees, f.id as file_id
  from files f join batch_sums s on s.file_id = f.id where ${IN_FORCE} and f.report = 'settlement-items' limit ${ROWS_MAX}`;
const SUMMARIES = `select s.batch_id, (s.settled_at at time zone interval '8 hours')::date::text as settled_on, s.type, s.currency, s.count, s.net_minor, s.coupon_minor, s.fees, f.id as file_id, s.line, s.raw
  from files f join summary_rows s on s.file_id = f.id where ${IN_FORCE} and f.report = 'settlement-summary' limit ${ROWS_MAX}`;

/** What may stand between words. Cut by a list and not by a pattern, which takes four times as long over a large statement. */
const BETWEEN = String.raw`E' \t\r\n\u00A0!"#$%&\'()*+,-./:;<=>?@[\\]^_\x60{|}~'`;
const WORDS = `string_to_array(translate(l.text || ' ' || coalesce(l.reference, ''), ${BETWEEN}, repeat(' ', length(${BETWEEN}))), ' ')`;

/** Only what can be a pay-out leaves the table: a line that has the amount of one, or names a batch as a whole word. */
const BOOKINGS = `select l.file_id, l.line, l.booked_on::text, l.currency, l.amount_minor, l.text, l.reference
  from bank_lines l join files f on f.id = l.file_id and f.status = 'in-force'
  where l.account_id = $1 and l.booked_on between $2::date and $3::date
    and (l.amount_minor > 0 and (l.currency, l.amount_minor) in (select c, a from unnest($4::text[], $5::bigint[]) as x(c, a))
      or (l.text like any($7::text[]) or l.reference like any($7::text[])) and exists (select from unnest(${WORDS}) as w(word) where w.word = any($6::text[])))
  limit ${ROWS_MAX}`;

/** Up to which day statements in force were looked through, by currency. */
const COVERED = `select t.currency, max(f.business_date)::text as until from files f, jsonb_to_recordset(f.totals) as t(currency text)
  where f.account_id = $1 and f.status = 'in-force' and f.report = 'bank-statement' group by t.currency`;

const TOUCHED = `select least(f.business_date, (select min(booked_on) from bank_lines where file_id = f.id))::text as "from", f.business_date::text as "to" from files f where f.id = $1 and f.business_date is not null`;

/** What is known of an account's batches: their items, their summary, and what the bank booked. */
export class BatchReader {
  /** The days that a file tells of. Undefined when it has not been read. */
  async spanOf(bulk: Bulk, fileId: string): Promise<Span | undefined> {
    return (await bulk.query<Span>(TOUCHED, [fileId]))[0];
  }

  /** Every batch and currency that was settled on these days. */
  async sides(bulk: Bulk, accountId: string, { from, to }: Span): Promise<BatchSide[]> {
    const items = await bulk.query<SumRow>(ITEMS, [accountId, from, to]);
    const rows = await bulk.query<SummaryRowRow>(SUMMARIES, [accountId, from, to]);
    const itemsOf = Map.groupBy(items, (row) => sideKey(row));
    const rowsOf = Map.groupBy(rows, (row) => sideKey(row));
    return [...new Set([...itemsOf.keys(), ...rowsOf.keys()])].sort().flatMap((key) => {
      const [its, theirs] = [itemsOf.get(key) ?? [], rowsOf.get(key) ?? []];
      const [first] = [...theirs, ...its];
      if (first === undefined || !isCurrency(first.currency)) return [];
      // A summary tells the time of the batch itself; the days of files may differ by what their first row says.
      const [settledOn = ''] = (theirs.length > 0 ? theirs : its).map(({ settled_on }) => settled_on).sort();
      return [{
        batchId: first.batch_id, currency: first.currency, settledOn, items: its.map((row) => toSum(row)), itemFileIds: [...new Set(its.map(({ file_id }) => file_id))].sort(),
        rows: theirs.map((row) => ({ ...toSum(row), row: { id: row.file_id, line: row.line, raw: row.raw } })),
      }];
    });
  }

  async bookings(bulk: Bulk, accountId: string, { from, to }: Span, { amounts, batchIds }: Wanted): Promise<Booking[]> {
    const rows = await bulk.query<BookingRow>(BOOKINGS, [accountId, from, to, amounts.map(({ currency }) => currency), amounts.map(({ minor }) => minor.toString()), batchIds, beginnings(batchIds)]);
    return rows.map(({ file_id, line, booked_on, currency, amount_minor, text, reference }) => ({ fileId: file_id, line, bookedOn: booked_on, amount: money(currency, amount_minor), text, reference }));
  }

  async covered(bulk: Bulk, accountId: string): Promise<ReadonlyMap<string, string>> {
    const rows = await bulk.query<{ currency: string; until: string }>(COVERED, [accountId]);
    return new Map(rows.map(({ currency, until }) => [currency, until]));
  }
}

/** As patterns. Ids of a month begin alike, so these are few, and spare most lines a look at each of their words. */
function beginnings(batchIds: readonly string[]): string[] {
  return [...new Set(batchIds.map((id) => `%${id.slice(0, BEGINNING_LENGTH).replace(/[\\%_]/g, '\\$&')}%`))];
}

function sideKey({ batch_id, currency }: SumRow): string {
  return `${batch_id} ${currency}`;
}

function toSum({ batch_id, type, currency, count, net_minor, coupon_minor, fees }: SumRow): BatchSum {
  const named = new Map(Object.entries(fees).map(([name, minor]) => [name, BigInt(minor)]));
  return { batchId: batch_id, type, currency: money(currency, 0n).currency, figures: { count, net: net_minor, coupon: coupon_minor, fees: named } };
}
