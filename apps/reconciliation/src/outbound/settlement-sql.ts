import { DIFFERENCE_COLUMNS, lineSubject } from './account-sql.js';
import { hashOf, identity, settledAlike, settledUnder } from './day-lines.js';

const FILES = `select id from files where account_id = $1 and report = 'settlement-items' and business_date = $2::date and status = 'in-force'`;
/** Days are told in UTC+8 here and by whoever made the batch: before that, nothing of it was there to be settled. */
export const DAYS_BEFORE = 3;
/** How long ago what carries no time may have been paid. */
export const DAYS_BACK = 60;
/** Within this time nearly everything is settled. */
const SOON_DAYS = 4;

const PAID_ON = `(l.paid_at at time zone interval '8 hours')::date`;
const ROWS = `settled_lines l where l.account_id = $1 and l.business_date = $2::date and l.file_id = any(array(${FILES}))`;
/** All that a row says comes before where it stands; of what would be paid, the least that is taken off. */
const SAID = 'currency, amount_minor, net_currency, net_minor desc, fee_minor, coupon_minor, request_id, order_key, store_id, original_id, paid_at, quote_pair, quote_price, batch_id'.split(', ').map((column) => `l.${column}`).join(', ');
/** The price that most of a pair's rows of a day have, where one is ahead of all others: by pair and day. */
export const USUAL_PRICES = `with prices as (select l.quote_pair as pair, ${PAID_ON} as day, l.quote_price as price, count(*) as rows from ${ROWS} and l.quote_pair is not null and l.paid_at is not null group by 1, 2, 3),
  ranked as (select pair, day, price, rank() over (partition by pair, day order by rows desc) as place from prices),
  usual as (select pair, day, min(price) as price from ranked where place = 1 group by pair, day having count(*) = 1)
  select coalesce(jsonb_object_agg(pair || ' ' || day, price), '{}')::text as prices from usual`;

function usualPrice(prices: string): string {
  return `(${prices}::jsonb ->> (l.quote_pair || ' ' || ${PAID_ON}))`;
}

/**
 * The terms of the contract that an expectation's day is in, null where there is none. They are given as a list of each term and one of the days from which it holds:
 * a join with them would leave all rows to one worker. Each use of a term searches that list, unless it is known that all days are in the same place of it; so what
 * needs none is asked first.
 */
const TERMS = ['float8', 'float8', 'float8', 'text', 'text', 'boolean', 'boolean'].map((type, index) => `($${index + 4}::${type}[])[coalesce($13::int, width_bucket(e.business_date, $3::date[]))]`);
const [RATE, FIXED, TOLERANCE, ON_REFUND, ON_CANCEL, IS_BEFORE_FX, IS_LOCKED] = TERMS as [string, string, string, string, string, string, string];
/** Fees are computed as floats here, which are off by less than a hundredth of the smallest unit where amounts have no more than twelve digits; what comes near gets the exact look, and so do larger amounts. */
const NEARLY_HALF = 0.49;
const FLOAT_MINOR_MAX = 999_999_999_999;
/**
 * What of the day is not plainly right, with the expectation that it is of: by Alipay's id, and refunds of generation C, which carry their payment's, by our
 * request. Only what is compared is joined, so that it stays in memory, and nothing keeps workers from sharing it.
 */
export const FOUND = `create temp table settled_found on commit drop as
  select l.file_id, l.line, e.request_id as expected_id, e.currency as expected_currency, e.amount_minor as expected_minor, e.business_date as expected_date
  from settled_lines l
    left join (select * from expectations where account_id = $1 and business_date >= greatest($11::date, $2::date - ${DAYS_BACK})) e on e.alipay_id = l.alipay_id and e.type = l.type
  where l.account_id = $1 and l.business_date = $2::date and l.file_id = any(array(${FILES})) and l.class in ('order', 'unknown')
    and (e.request_id is null or e.currency <> l.currency or e.amount_minor <> l.amount_minor
      or (l.net_fault is not null and (l.net_fault <> 'NetDiffers' or abs(l.net_minor - l.expected_net_minor) > coalesce(${TOLERANCE}, 2)))
      or (l.quote_price is not null and ${IS_LOCKED} and ${usualPrice('$12')} <> l.quote_price)
      or (l.currency <> l.net_currency and ${IS_BEFORE_FX}) or (l.type = 'REFUND' and ${ON_REFUND} = 'returned' and ${FIXED} <> 0)
      or abs(l.fee_minor + case
          when l.type = 'PAYMENT' then gross(l) * ${RATE} + ${FIXED}
          when l.type = 'REFUND' then case when ${ON_REFUND} = 'kept' then 0 else gross(l) * ${RATE} end
          when l.type = 'CANCEL' then case when ${ON_CANCEL} = 'kept' then 0 else gross(l) * ${RATE} - ${FIXED} end
          else -l.fee_minor end) >= ${TOLERANCE} + ${NEARLY_HALF}
      or (greatest(abs(l.net_minor), abs(l.fee_minor), abs(l.coupon_minor)) > ${FLOAT_MINOR_MAX} and ${RATE} is not null))`.replaceAll('gross(l)', '(coalesce(l.expected_net_minor, l.net_minor) - l.fee_minor + l.coupon_minor)::float8');
/** The same, as a whole. */
export const SCOPE = `create temp table settled on commit drop as
  select l.*, f.sequence, ${identity('l', 'f')} as identity, row_number() over (partition by l.class, l.type, ${identity('l', 'f')} order by ${SAID}, f.sequence, l.line) as copy, n.expected_id, n.expected_currency, n.expected_minor, n.expected_date, ${usualPrice('$3')} as usual_price
  from settled_found n join settled_lines l on l.file_id = n.file_id and l.line = n.line and l.account_id = $1 and l.business_date = $2::date join files f on f.id = l.file_id`;

/** The transactions of the day's rows: what tells them apart, and since when they may be listed. */
const TRANSACTIONS = `(select l.type, l.alipay_id, ${identity('l', 'f')} as identity, coalesce(${PAID_ON}, $2::date - ${DAYS_BACK}) as paid_on
    from settled_lines l join files f on f.id = l.file_id where l.account_id = $1 and l.business_date = $2::date and l.class = 'order' and l.file_id = any(array(${FILES})))`;
/** Of a million rows only hashes are counted; those that are there twice are looked at as they are. Sorting them is faster than a table of them, and than joining each with its file. */
const hashedTwice = (condition: string) => `create temp table hashed_twice on commit drop as
  select ${hashOf(`case when l.type <> 'PAYMENT' and l.file_id = any(array(${FILES} and generation = 'C')) then coalesce(l.request_id, l.alipay_id) else l.alipay_id end`)} as hash
  from ${ROWS} and l.class = 'order' and ${condition} group by 1 having count(*) > 1`;
export const HASHED_TWICE = hashedTwice('true');
/** Where it is known which ids may be there twice, only these are looked up. */
export const HASHED_TWICE_OF_THESE = hashedTwice(`${hashOf('l.alipay_id')} = any(array(select ${hashOf('id')} from unnest($3::text[]) id)) and l.alipay_id = any($3::text[])`);
export const TWICE_TABLE = 'create temp table twice (type text, identity text, alipay_ids text[]) on commit drop';
export const TWICE_THAT_DAY = `insert into twice
  select k.type, k.identity, array_agg(distinct k.alipay_id) from ${TRANSACTIONS} k where ${hashOf('k.identity')} in (select hash from hashed_twice) group by k.type, k.identity having count(*) > 1`;
/** Nothing is settled before it is paid. */
export const OTHER_FILES = `select id from files where account_id = $1 and report = 'settlement-items' and status = 'in-force' and business_date <> $2::date and business_date >= $3::date`;
const onAnotherDay = (condition: string) => `from settled_lines o join files g on g.id = o.file_id
      where ${condition} and o.account_id = $1 and o.file_id = any($3::uuid[]) and o.business_date >= k.paid_on - ${DAYS_BEFORE} and ${identity('o', 'g')} = k.identity`;
/** What was paid a few days ago is joined with all that was settled since, as a table of its own: nobody shares the work of an insert. */
export const TWICE_OF_LATE = `create temp table twice_of_late on commit drop as
  select k.type, k.identity, k.alipay_id from ${TRANSACTIONS} k
  where k.paid_on >= $2::date - ${SOON_DAYS} and exists (select ${onAnotherDay('o.alipay_id = k.alipay_id and o.type = k.type')} and o.business_date >= $2::date - ${SOON_DAYS + DAYS_BEFORE})`;
const notYetTwice = (from: string) => `insert into twice select k.type, k.identity, array[k.alipay_id] from ${from} not exists (select from twice t where t.type = k.type and t.identity = k.identity)`;
export const ADD_TWICE_OF_LATE = notYetTwice('twice_of_late k where');
/** What was paid before that is looked up by its id: a row of a year ago must not have a year read. */
export const TWICE_LONG_AGO = notYetTwice(`${TRANSACTIONS} k where k.paid_on < $2::date - ${SOON_DAYS} and (select true ${onAnotherDay(settledAlike('o', 'k'))} limit 1) and`);
const IS_EXPECTED = 'exists (select from expectations e where e.account_id = $1 and e.type = l.type and (e.alipay_id = l.alipay_id or e.request_id = l.request_id) and e.currency = l.currency and e.amount_minor = l.amount_minor)';
/** Settled more than once, on this day or another: the first day's counts, and of one day the row whose principal is right. */
export const REPEATED = `create temp table settled_twice on commit drop as
  select * from (
    select l.*, t.identity, row_number() over (partition by l.type, t.identity order by l.business_date, ${IS_EXPECTED} desc, ${SAID}, f.sequence, l.line) as copy
    from twice t join settled_lines l on ${hashOf('l.alipay_id')} = any(array(select ${hashOf('id')} from unnest(t.alipay_ids) id)) and l.alipay_id = any(t.alipay_ids) and l.type = t.type and l.account_id = $1 and l.class = 'order'
      join files f on f.id = l.file_id and f.status = 'in-force' and ${identity('l', 'f')} = t.identity) copies where copy > 1`;

/** What was paid so long ago that the join left it out: a row of a year ago must not have it read a year. */
export const LONG_AGO = `update settled l set expected_id = e.request_id, expected_currency = e.currency, expected_minor = e.amount_minor, expected_date = e.business_date
  from expectations e where l.expected_id is null and ${PAID_ON} < $2::date - ${DAYS_BACK - DAYS_BEFORE}
    and e.alipay_id = l.alipay_id and e.type = l.type and e.account_id = $1 and e.business_date < $2::date - ${DAYS_BACK}`;
/** The refunds of generation C. */
export const BY_REQUEST = `update settled l set expected_id = e.request_id, expected_currency = e.currency, expected_minor = e.amount_minor, expected_date = e.business_date
  from expectations e where l.expected_id is null and l.type = 'REFUND' and e.request_id = l.request_id and e.type = 'REFUND' and e.account_id = $1`;

/** A cancelled payment is settled as two rows that come to nothing. */
const IS_UNDONE = `exists (select from settled_lines o join files g on g.id = o.file_id and g.status = 'in-force'
  where o.account_id = $1 and ${settledUnder('o', 'l')} and o.currency = l.currency and o.amount_minor = -l.amount_minor and (l.type, o.type) in (('PAYMENT', 'CANCEL'), ('CANCEL', 'PAYMENT')))`;
/** The same trouble in the transaction file, where its money is counted. */
const CAUSE = `(select b.id from breaks b join files g on g.id = b.file_id and g.report = 'transaction-items' where b.account_id = $1 and b.alipay_id = l.alipay_id and b.status <> 'resolved' order by b.id limit 1)`;

export const DIFFER = `insert into differences (${DIFFERENCE_COLUMNS})
  select case when l.class = 'unknown' then 'unknown-type' when l.expected_id is not null then 'amounts' when l.type in ('REFUND_REVERSAL', 'PAYMENT_REVERSAL') then 'reversal' else 'line-alone' end,
    case when l.class = 'unknown' then 'line ' || l.alipay_id || ' ' || l.identity || ' ' || $2 || ' ' || l.copy when l.expected_id is null then ${lineSubject('l', '1')} end, $2::text, l.type, coalesce(e.store_id, l.store_id), coalesce(e.order_key, l.order_key), e.payment_id, l.expected_id, l.alipay_id, e.currency, e.amount_minor, l.currency, l.amount_minor, 1, l.file_id, l.line, l.at, l.raw, e.event_id,
    ${CAUSE}
  from settled l left join expectations e on e.request_id = l.expected_id and e.type = l.type and e.business_date = l.expected_date
  where (l.class = 'unknown' or (l.expected_id is null and not ${IS_UNDONE}) or l.expected_currency <> l.currency or l.expected_minor <> l.amount_minor)
    and not exists (select from settled_twice t where t.file_id = l.file_id and t.line = l.line)
  order by l.sequence, l.line`;

export const DIFFER_TWICE = `insert into differences (${DIFFERENCE_COLUMNS})
  select 'repeated', ${lineSubject('l', 'l.copy')}, $2::text, l.type, l.store_id, l.order_key, null, null, l.alipay_id, null, null, l.net_currency, l.net_minor, l.copy, l.file_id, l.line, l.at, l.raw, null, null
  from settled_twice l where l.business_date = $2::date and $1 = l.account_id order by l.line`;

/** Whose fee, rate or net amount is not plainly right. Of a copy all is wrong. */
export const CLOSER = `select case when l.expected_id is null then ${lineSubject('l', '1')} end as subject, l.file_id, l.line, l.at, l.raw, f.sha256, l.type, l.alipay_id as "alipayId", l.currency, l.amount_minor, l.net_currency, l.net_minor, l.fee_minor, l.coupon_minor, l.quote_pair, l.quote_price, l.usual_price,
    l.expected_net_minor, l.net_fault, l.expected_id as "requestId", l.expected_date::text as "expectedDate", e.store_id as "storeId", e.order_key as "orderKey", e.payment_id as "paymentId", e.event_id as "eventId",
    p.currency as paid_currency, p.amount_minor as paid_minor
  from settled l join files f on f.id = l.file_id
    left join expectations e on e.request_id = l.expected_id and e.type = l.type and e.business_date = l.expected_date
    left join lateral (select x.currency, x.amount_minor from expectations x where x.request_id = e.payment_id and x.type = 'PAYMENT' limit 1) p on true
  where l.class = 'order' and (l.file_id, l.line) > ($1::uuid, $2::int) and not exists (select from settled_twice t where t.file_id = l.file_id and t.line = l.line) order by l.file_id, l.line limit 1000`;

/** Other days that list one of these again: which copy counts may have changed there. */
export const OTHER_DAYS = 'select distinct business_date::text as date from settled_twice where business_date <> $1::date order by date';
