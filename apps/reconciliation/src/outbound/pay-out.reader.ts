import { money } from '@scantill/kernel';
import { addDays } from '../core/calendar.js';
import type { Batch, Booking } from '../core/pay-out.js';
import type { Bulk } from './bulk.js';
import type { ReportScope } from './report-sums.js';

/** A pay-out that the bank has later than this was looked for long ago. */
export const BOOKING_DAYS_MAX = 31;

/**
 * Every batch that items or a summary tell of. A break that names what does not agree says the batch by its id, which stands in its
 * evidence or instead of a transaction's id.
 */
const BATCHES = `with items as (
    select s.account_id, s.batch_id, s.currency, min(f.business_date) as settled_on, sum(s.net_minor)::bigint as minor
    from batch_sums s join files f on f.id = s.file_id and f.status = 'in-force'
    where s.account_id = any($1::text[]) and f.business_date between $2::date and $3::date group by 1, 2, 3),
  summaries as (
    select r.account_id, r.batch_id, r.currency, min(f.business_date) as settled_on, sum(r.net_minor)::bigint as minor
    from summary_rows r join files f on f.id = r.file_id and f.status = 'in-force'
    where r.account_id = any($1::text[]) and f.business_date between $2::date and $3::date and r.type = 'TOTAL' group by 1, 2, 3),
  batches as (
    select account_id, batch_id, currency, coalesce(i.settled_on, s.settled_on) as settled_on, i.minor as items, s.minor as summary from items i full join summaries s using (account_id, batch_id, currency))
  select o.account_id as "accountId", o.batch_id as "batchId", o.currency, o.settled_on::text as "settledOn", o.items, o.summary,
    exists (select from breaks b where b.account_id = o.account_id and b.kind in ('items-differ-from-summary', 'summary-differs-from-bank')
      and (b.alipay_id = o.batch_id or position(o.batch_id in coalesce(b.raw, '')) > 0)) as "isExplained"
  from batches o order by o.settled_on, o.account_id, o.batch_id, o.currency`;

/** A statement lists many other bookings: only those that name a batch or have its amount are looked at. */
const BOOKINGS = `select b.account_id as "accountId", b.batch_id as "batchId", k.file_id || ' ' || k.line as "bookingId", k.booked_on::text as "bookedOn", k.currency, k.amount_minor as minor, k.reference,
    position(b.batch_id in k.text || ' ' || coalesce(k.reference, '')) > 0 as "isNamed"
  from json_to_recordset($1::json) as b(account_id text, batch_id text, currency text, settled_on date, minor bigint)
    join bank_lines k on k.account_id = b.account_id and k.currency = b.currency and k.booked_on between b.settled_on and b.settled_on + ${BOOKING_DAYS_MAX}
      and (position(b.batch_id in k.text || ' ' || coalesce(k.reference, '')) > 0 or k.amount_minor = b.minor)
    join files f on f.id = k.file_id and f.status = 'in-force'
  where k.amount_minor > 0 and k.booked_on <= $2::date order by 4, 3`;

export class PayOutReader {
  /** Those of the days asked for, and so many before that all that was paid in these days is among them. */
  async batches(bulk: Bulk, { accountIds, from, to }: ReportScope): Promise<Batch[]> {
    const rows = await bulk.query<Omit<Batch, 'currency'> & { currency: string }>(BATCHES, [accountIds, addDays(from, -BOOKING_DAYS_MAX), to]);
    return rows.map(({ currency, ...row }) => ({ ...row, currency: money(currency, 0n).currency }));
  }

  /** What may have paid them until the last day. */
  async bookings(bulk: Bulk, batches: readonly Batch[], to: string): Promise<Booking[]> {
    if (batches.length === 0) return [];
    const asked = batches.map(({ accountId, batchId, currency, settledOn, items, summary }) => ({
      account_id: accountId, batch_id: batchId, currency, settled_on: settledOn, minor: (summary ?? items ?? 0n).toString(),
    }));
    const rows = await bulk.query<Omit<Booking, 'amount'> & { currency: string; minor: bigint }>(BOOKINGS, [JSON.stringify(asked), to]);
    return rows.map(({ currency, minor, ...row }) => ({ ...row, amount: money(currency, minor) }));
  }
}
