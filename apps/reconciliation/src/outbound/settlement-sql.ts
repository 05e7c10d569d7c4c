import { DIFFERENCE_COLUMNS } from './account-sql.js';
import { identity } from './day-lines.js';

const FILES = `select id from files where account_id = $1 and report = 'settlement-items' and business_date = $2::date and status = 'in-force'`;
/** Days are told in UTC+8 here and by whoever made the batch: before that, nothing of it was there to be settled. */
const DAYS_BEFORE = 3;
/** How long ago what carries no time may have been paid. */
const DAYS_BACK = 60;

/** What tells the day's transactions apart, and when they were paid: narrow, to be read several times. */
export const SETTLED_KEYS = `create temp table settled_keys on commit drop as
  select l.type, l.alipay_id, ${identity('l', 'f')} as identity, coalesce((l.paid_at at time zone interval '8 hours')::date, $2::date - ${DAYS_BACK}) as paid_on
  from settled_lines l join files f on f.id = l.file_id where l.business_date = $2::date and l.class = 'order' and l.file_id in (${FILES})`;
export const FIRST_DAY = `select (coalesce(min(paid_on), $1::date - ${DAYS_BACK}) - ${DAYS_BEFORE})::text as day from settled_keys`;

/** The price that most of a pair's rows of a day have, where one is ahead of all others. */
export const USUAL_PRICES = `with prices as (
    select quote_pair as pair, (paid_at at time zone interval '8 hours')::date::text as day, quote_price as price, count(*) as rows
    from settled_lines where business_date = $2::date and file_id in (${FILES}) and quote_pair is not null and paid_at is not null group by 1, 2, 3),
  ranked as (select pair, day, price, rank() over (partition by pair, day order by rows desc) as place from prices)
  select pair, day, min(price) as price from ranked where place = 1 group by pair, day having count(*) = 1`;

/**
 * What is settled that day, with the expectation that it is of: by Alipay's id, and refunds of generation C, which carry their payment's, by our request.
 * Terms and prices are given, so that all of it can be done by several workers at once.
 */
export const SCOPE = `create temp table settled on commit drop as
  select l.*, f.sequence, ${identity('l', 'f')} as identity, e.request_id as expected_id, e.currency as expected_currency, e.amount_minor as expected_minor, e.business_date as expected_date, usual.price as usual_price
  from settled_lines l join files f on f.id = l.file_id
    left join expectations e on e.alipay_id = l.alipay_id and e.type = l.type and e.account_id = $1 and e.business_date >= greatest($4::date, $2::date - ${DAYS_BACK})
    left join json_to_recordset($3::json) as t(valid_from date, valid_until date, rate numeric, fixed numeric, tolerance numeric, on_refund text, on_cancel text, is_before_fx boolean, is_locked boolean) on e.business_date >= t.valid_from and (t.valid_until is null or e.business_date <= t.valid_until)
    left join json_to_recordset($5::json) as usual(pair text, day date, price text) on usual.pair = l.quote_pair and usual.day = (l.paid_at at time zone interval '8 hours')::date
  where l.business_date = $2::date and l.file_id in (${FILES}) and l.class in ('order', 'unknown')
    and (e.request_id is null or e.currency <> l.currency or e.amount_minor <> l.amount_minor
      or l.net_fault <> 'NetDiffers' or abs(l.net_minor - l.expected_net_minor) > coalesce(t.tolerance, 2)
      or (t.is_locked and usual.price <> l.quote_price)
      or (t.rate is not null and ((t.is_before_fx and l.currency <> l.net_currency) or (l.type = 'REFUND' and t.on_refund = 'returned' and t.fixed <> 0)
        or abs(l.fee_minor + case
          when l.type = 'PAYMENT' then gross(l) * t.rate + t.fixed
          when l.type = 'REFUND' then case when t.on_refund = 'kept' then 0 else gross(l) * t.rate end
          when l.type = 'CANCEL' then case when t.on_cancel = 'kept' then 0 else gross(l) * t.rate - t.fixed end
          else -l.fee_minor end) >= t.tolerance + 0.5)))`.replaceAll('gross(l)', '(coalesce(l.expected_net_minor, l.net_minor) - l.fee_minor + l.coupon_minor)');

/** Of a million rows only hashes are counted; those that are there twice are looked at as they are. */
export const TWICE_THAT_DAY = `create temp table twice on commit drop as
  select type, identity, array_agg(distinct alipay_id) as alipay_ids from settled_keys
  where hashtextextended(identity, 0) in (select hashtextextended(identity, 0) from settled_keys group by 1 having count(*) > 1)
  group by type, identity having count(*) > 1`;
/** Nothing is settled before it is paid. */
export const OTHER_FILES = `select id from files where account_id = $1 and report = 'settlement-items' and status = 'in-force' and business_date <> $2::date and business_date >= $3::date`;
/** Looks each up by its id: a join would read other days as a whole, or in a bad plan many times. */
export const TWICE_ON_ANOTHER_DAY = `insert into twice
  select k.type, k.identity, array[k.alipay_id] from settled_keys k
  where (select true from settled_lines o join files g on g.id = o.file_id
      where o.alipay_id = k.alipay_id and o.type = k.type and o.file_id = any($1::uuid[]) and o.business_date >= k.paid_on - ${DAYS_BEFORE} and ${identity('o', 'g')} = k.identity limit 1)
    and not exists (select from twice t where t.type = k.type and t.identity = k.identity)`;
/** Settled more than once, on this day or another: the first one counts. */
export const REPEATED = `create temp table settled_twice on commit drop as
  select * from (
    select l.*, row_number() over (partition by l.type, t.identity order by l.business_date, f.sequence, l.line) as copy
    from twice t join settled_lines l on l.alipay_id = any(t.alipay_ids) and l.type = t.type and l.account_id = $1 and l.class = 'order'
      join files f on f.id = l.file_id and f.status = 'in-force' and ${identity('l', 'f')} = t.identity) copies where copy > 1`;

/** What was paid so long ago that the join left it out: a row of a year ago must not have it read a year. */
export const LONG_AGO = `update settled l set expected_id = e.request_id, expected_currency = e.currency, expected_minor = e.amount_minor, expected_date = e.business_date
  from expectations e where l.expected_id is null and (l.paid_at at time zone interval '8 hours')::date < $2::date - ${DAYS_BACK - DAYS_BEFORE}
    and e.alipay_id = l.alipay_id and e.type = l.type and e.account_id = $1 and e.business_date < $2::date - ${DAYS_BACK}`;
/** The refunds of generation C. */
export const BY_REQUEST = `update settled l set expected_id = e.request_id, expected_currency = e.currency, expected_minor = e.amount_minor, expected_date = e.business_date
  from expectations e where l.expected_id is null and l.type = 'REFUND' and e.request_id = l.request_id and e.type = 'REFUND' and e.account_id = $1`;

/** A cancelled payment is settled as two rows that come to nothing. */
const IS_UNDONE = `exists (select from settled_lines o join files g on g.id = o.file_id and g.status = 'in-force'
  where o.account_id = $1 and o.alipay_id = l.alipay_id and o.currency = l.currency and o.amount_minor = -l.amount_minor and (l.type, o.type) in (('PAYMENT', 'CANCEL'), ('CANCEL', 'PAYMENT')))`;
/** The same trouble in the transaction file, where its money is counted. */
const CAUSE = `(select b.id from breaks b join files g on g.id = b.file_id and g.report = 'transaction-items' where b.account_id = $1 and b.alipay_id = l.alipay_id and b.status <> 'resolved' order by b.id limit 1)`;

export const DIFFER = `insert into differences (${DIFFERENCE_COLUMNS})
  select case when l.class = 'unknown' then 'unknown-type' when l.expected_id is not null then 'amounts' when l.type in ('REFUND_REVERSAL', 'PAYMENT_REVERSAL') then 'reversal' else 'line-alone' end,
    $2::text, l.type, coalesce(e.store_id, l.store_id), coalesce(e.order_key, l.order_key), e.payment_id, l.expected_id, l.alipay_id, e.currency, e.amount_minor, l.currency, l.amount_minor, 1, l.file_id, l.line, l.at, l.raw, e.event_id,
    ${CAUSE}
  from settled l left join expectations e on e.request_id = l.expected_id and e.type = l.type and e.business_date = l.expected_date
  where (l.class = 'unknown' or (l.expected_id is null and not ${IS_UNDONE}) or l.expected_currency <> l.currency or l.expected_minor <> l.amount_minor)
    and not exists (select from settled_twice t where t.file_id = l.file_id and t.line = l.line)
  order by l.sequence, l.line`;

export const DIFFER_TWICE = `insert into differences (${DIFFERENCE_COLUMNS})
  select 'repeated', $2::text, l.type, l.store_id, l.order_key, null, null, l.alipay_id, null, null, l.net_currency, l.net_minor, l.copy, l.file_id, l.line, l.at, l.raw, null, null
  from settled_twice l where l.business_date = $2::date and $1 = l.account_id order by l.line`;

/** Whose fee, rate or net amount is not plainly right. */
export const CLOSER = `select l.file_id, l.line, l.at, l.raw, f.sha256, l.type, l.alipay_id as "alipayId", l.currency, l.amount_minor, l.net_currency, l.net_minor, l.fee_minor, l.coupon_minor, l.quote_pair, l.quote_price, l.usual_price,
    l.expected_net_minor, l.net_fault, l.expected_id as "requestId", l.expected_date::text as "expectedDate", e.store_id as "storeId", e.order_key as "orderKey", e.payment_id as "paymentId", e.event_id as "eventId",
    p.currency as paid_currency, p.amount_minor as paid_minor
  from settled l join files f on f.id = l.file_id
    left join expectations e on e.request_id = l.expected_id and e.type = l.type and e.business_date = l.expected_date
    left join lateral (select x.currency, x.amount_minor from expectations x where x.request_id = e.payment_id and x.type = 'PAYMENT' limit 1) p on true
  where l.class = 'order' and (l.file_id, l.line) > ($1::uuid, $2::int) order by l.file_id, l.line limit 1000`;

export const COUNTS = `select (select count(*) from settled_keys)::int + (select count(*) from settled where class = 'unknown')::int as lines`;
/** Other days that list one of these again: which copy counts may have changed there. */
export const OTHER_DAYS = 'select distinct business_date::text as date from settled_twice where business_date <> $1::date order by date';
