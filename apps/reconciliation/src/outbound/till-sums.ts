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

/** What we know of a day that may have ended a difference. */
export interface Newest {
  readonly eventId: string;
  readonly recordedAt: Date;
}

/**
 * What a till was told: orders that are paid, and refunds that it asked for and that went through. Late money, and what went back because
 * nobody had asked for it or no longer, was never told to it as either.
 */
const TOLD = `case when e.type = 'PAYMENT' and e.basis = 'success' then 'sales' when e.type = 'REFUND' and e.basis = 'refund' then 'refunds' end`;

/** By days in UTC+8 first, as the table is cut: windows are the store's own. All that are due in one pass, over no other days, because a correction may be of weeks ago. */
const SUMS = `select d.position, ${TOLD} as side, e.currency, count(*)::int as count, sum(abs(e.amount_minor))::bigint as minor
  from expectations e join json_to_recordset($2::json) as d(position int, store_id text, from_at timestamptz, until_at timestamptz) on e.store_id = d.store_id and e.paid_at >= d.from_at and e.paid_at < d.until_at
  where e.account_id = any($1::text[]) and e.business_date = any($3::date[]) and ${TOLD} is not null
  group by d.position, side, e.currency`;

const NEWEST = `select e.event_id as "eventId", e.recorded_at as "recordedAt" from expectations e
  where e.account_id = any($1::text[]) and e.store_id = $2 and e.business_date = any($3::date[]) and e.paid_at >= $4 and e.paid_at < $5 and ${TOLD} = $6 and e.currency = $7
  order by e.recorded_at desc, e.event_id desc limit 1`;

/** What we say that tills should have come to. */
export class TillSums {
  /** By position of the day. @param accountIds all accounts that its stores may have sold under */
  async of(bulk: Bulk, accountIds: readonly string[], closings: readonly ClosingInForce[]): Promise<TillTotal[][]> {
    const totals = closings.map((): TillTotal[] => []);
    if (closings.length === 0) return totals;
    const days = closings.map(({ storeId, from, until }, position) => ({ position, store_id: storeId, from_at: from, until_at: until }));
    const rows = await bulk.query<Row>(SUMS, [accountIds, JSON.stringify(days), [...new Set(closings.flatMap(businessDates))]]);
    for (const { position, side, count, currency, minor } of rows) totals[position]?.push(tillTotal(side, count, currency, minor));
    return totals;
  }

  /** The last of what a sum consists of to become known. */
  async newest(bulk: Bulk, accountIds: readonly string[], closing: ClosingInForce, { side, currency }: { readonly side: TillSide; readonly currency: string }): Promise<Newest | undefined> {
    const { storeId, from, until } = closing;
    return (await bulk.query<Newest>(NEWEST, [accountIds, storeId, businessDates(closing), from, until, side, currency]))[0];
  }
}

/** The days in UTC+8 that a trading day touches. */
function businessDates({ from, until }: ClosingInForce): string[] {
  const dates: string[] = [];
  for (let date = businessDate(from); date <= businessDate(until); date = addDays(date, 1)) dates.push(date);
  return dates;
}
