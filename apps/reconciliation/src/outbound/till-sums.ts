import { businessDate } from '@scantill/kernel';
import { addDays } from '../core/calendar.js';
import { tillTotal, type TillSide, type TillTotal } from '../core/till-day.js';
import type { Bulk } from './bulk.js';
import type { ClosingInForce } from './till-closing.repository.js';

interface Row {
  readonly position: number;
  readonly side: TillSide;
  readonly currency: string;
  readonly count: number;
  readonly minor: bigint;
}

/** One side in one currency of a trading day. */
export interface TillSlot {
  readonly closing: ClosingInForce;
  readonly side: TillSide;
  readonly currency: string;
}

/** What we know of a day that may have ended a difference. */
export interface Newest {
  readonly eventId: string;
  readonly recordedAt: Date;
}

/** An order lives a day at most, and a code half an hour: its payments are no further apart. */
export const PAYMENTS_APART_MAX_HOURS = 25;
const APART_MAX_MS = PAYMENTS_APART_MAX_HOURS * 3_600_000;

/**
 * What a till was told: orders that are paid, and refunds that it asked for and that went through. Late money, and what went back because
 * nobody had asked for it or no longer, was never told to it as either.
 */
const TOLD = `case when e.type = 'PAYMENT' and e.basis = 'success' then 'sales' when e.type = 'REFUND' and e.basis = 'refund' then 'refunds' end`;

/**
 * By days in UTC+8 first, as the table is cut: windows are the store's own. All that are due in one pass, over no other days, because a correction may be of weeks ago.
 * An order is told as paid once, however often somebody paid for it: its first payment counts.
 */
const OURS = `select e.store_id, e.paid_at, e.currency, e.amount_minor, e.event_id, e.recorded_at, ${TOLD} as side,
    row_number() over (partition by e.type, case e.type when 'PAYMENT' then e.order_key else e.request_id end order by e.paid_at, e.request_id) as nth
  from expectations e where e.account_id = any($1::text[]) and e.business_date = any($2::date[]) and e.store_id = any($3::text[]) and ${TOLD} is not null`;

const SUMS = `select d.position, o.side, o.currency, count(*)::int as count, sum(abs(o.amount_minor))::bigint as minor
  from (${OURS}) o join json_to_recordset($4::json) as d(position int, store_id text, from_at timestamptz, until_at timestamptz)
    on o.store_id = d.store_id and o.paid_at >= d.from_at and o.paid_at < d.until_at
  where o.nth = 1 group by d.position, o.side, o.currency`;

const NEWEST = `select distinct on (d.position) d.position, o.event_id as "eventId", o.recorded_at as "recordedAt"
  from (${OURS}) o join json_to_recordset($4::json) as d(position int, store_id text, from_at timestamptz, until_at timestamptz, side text, currency text)
    on o.store_id = d.store_id and o.paid_at >= d.from_at and o.paid_at < d.until_at and o.side = d.side and o.currency = d.currency
  where o.nth = 1 order by d.position, o.recorded_at desc, o.event_id desc`;

/** What we say that tills should have come to. */
export class TillSums {
  /** By position of the day. @param accountIds all accounts that its stores may have sold under */
  async of(bulk: Bulk, accountIds: readonly string[], closings: readonly ClosingInForce[]): Promise<TillTotal[][]> {
    const totals = closings.map((): TillTotal[] => []);
    for (const { position, side, count, currency, minor } of await read<Row>(bulk, SUMS, accountIds, closings.map((closing) => ({ closing })))) {
      totals[position]?.push(tillTotal(side, count, currency, minor));
    }
    return totals;
  }

  /** The last of what each sum consists of to become known, by position; none where it is nothing. */
  async newest(bulk: Bulk, accountIds: readonly string[], slots: readonly TillSlot[]): Promise<ReadonlyMap<number, Newest>> {
    const rows = await read<Newest & { position: number }>(bulk, NEWEST, accountIds, slots);
    return new Map(rows.map(({ position, ...newest }) => [position, newest]));
  }
}

async function read<Found extends object>(bulk: Bulk, text: string, accountIds: readonly string[], wanted: readonly (Pick<TillSlot, 'closing'> & Partial<TillSlot>)[]): Promise<Found[]> {
  if (wanted.length === 0) return [];
  const closings = wanted.map(({ closing }) => closing);
  const days = wanted.map(({ closing: { storeId, from, until }, ...slot }, position) => ({ ...slot, position, store_id: storeId, from_at: from, until_at: until }));
  return bulk.query<Found>(text, [accountIds, [...new Set(closings.flatMap(businessDates))], [...new Set(closings.map(({ storeId }) => storeId))], JSON.stringify(days)]);
}

/** The days in UTC+8 that a trading day touches, and those on which its orders may have been paid before. */
function businessDates({ from, until }: ClosingInForce): string[] {
  const dates: string[] = [];
  for (let date = businessDate(new Date(from.getTime() - APART_MAX_MS)); date <= businessDate(until); date = addDays(date, 1)) dates.push(date);
  return dates;
}
