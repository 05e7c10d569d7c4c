const PAGE_ROWS_MAX = 1_000;

/** An expectation that a line of its own day lists alike: its day was compared since it was recorded, and left nothing over. */
function held(e: string): string {
  return `(${e}.type in ('PAYMENT', 'REFUND') and not exists (select from rest_expectations o where o.request_id = ${e}.request_id and o.type = ${e}.type)
    and exists (select from days d where d.account_id = ${e}.account_id and d.business_date = ${e}.business_date and d.kind = 'transactions' and d.matched_at >= ${e}.recorded_at)
    and exists (select from files f where f.account_id = ${e}.account_id and f.report = 'transaction-items' and f.business_date = ${e}.business_date and f.status = 'in-force'))`;
}

const SCOPE = `create temp table scope on commit drop as select * from rest_lines where account_id = $1`;
const SCOPE_STATISTICS = 'analyze scope (alipay_id, request_id, type, class)';
/** All that a line says comes before where it stands. */
const SAID = 'paid_at, amount_minor, currency, request_id, identity, order_key, store_id, original_id, business_date, sequence, line';

/**
 * Each line that its own day left over is given the expectation of its type that it names, of whichever day: by Alipay's id, else by our
 * request id (a refund that repeats the request id of its payment names nothing by it); never one that another line lists alike. Of
 * several lines of one transaction the first counts: one that agrees before one that does not, then by what it says, so that the order in
 * which files came, or rows stand in them, decides nothing.
 */
const LOOK = `create temp table looked_at on commit drop as
  with by_alipay as (
    select distinct on (l.file_id, l.line) l.file_id, l.line, x.request_id, x.currency, x.amount_minor, ${held('x')} as held
    from scope l join expectations x on x.alipay_id = l.alipay_id and x.type = l.type and x.account_id = $1 where l.class = 'order' order by l.file_id, l.line, x.request_id),
  by_request as (
    select distinct on (l.file_id, l.line) l.file_id, l.line, x.request_id, x.currency, x.amount_minor, ${held('x')} as held
    from scope l join expectations x on x.request_id = l.request_id and x.type = l.type and x.account_id = $1 where l.class = 'order' order by l.file_id, l.line, x.business_date),
  named as (
    select l.*, coalesce(a.request_id, r.request_id) as named_id, case when a.request_id is not null then 1 when r.request_id is not null then 2 end as tier,
      coalesce(a.held, r.held, false) as held, coalesce(a.currency, r.currency) = l.currency and coalesce(a.amount_minor, r.amount_minor) = l.amount_minor as agrees
    from scope l left join by_alipay a on a.file_id = l.file_id and a.line = l.line left join by_request r on r.file_id = l.file_id and r.line = l.line where l.class = 'order'),
  counted as (
    select n.*, (case when held and (tier = 1 or type = 'REFUND') then 1 else 0 end) + row_number() over (
      partition by type, identity order by agrees desc nulls last, ${SAID}) as copy from named n),
  claimed as (
    select c.*, case when named_id is not null and not held and copy = 1 then
      row_number() over (partition by named_id, type, copy, held order by tier, agrees desc, ${SAID}) end as claim from counted c)
  select c.*, case when claim = 1 then named_id end as expected_id, case when copy > 1 then 'repeated' when claim = 1 then 'matched' else 'unmatched' end as verdict from claimed c`;
const LOOKED_AT_INDEX = 'create index on looked_at (expected_id, type)';
const LOOKED_AT_STATISTICS = 'analyze looked_at';

/**
 * By the order's id, where neither side has an id of Alipay's or ours that says otherwise. Both must be alone: a choice between two would
 * be a guess, and is left to a person.
 */
const LOOK_BY_ORDER = `with pairs as (
    select l.file_id, l.line, e.request_id, e.currency = l.currency and e.amount_minor = l.amount_minor as agrees,
      count(*) over (partition by l.file_id, l.line) as expectations, count(*) over (partition by e.request_id) as lines
    from looked_at l join expectations e on e.order_key = l.order_key and e.account_id = $1 and e.type = l.type and e.alipay_id is null
    where l.verdict = 'unmatched' and l.request_id is null and l.named_id is null and not ${held('e')}
      and not exists (select from looked_at o where o.expected_id = e.request_id and o.type = e.type and o.verdict = 'matched'))
  update looked_at l set verdict = case when p.expectations = 1 and p.lines = 1 then 'matched' else 'ambiguous' end,
    expected_id = case when p.expectations = 1 and p.lines = 1 then p.request_id end, agrees = p.agrees
  from pairs p where l.file_id = p.file_id and l.line = p.line`;

/** A payment that was cancelled is listed as PAYMENT and CANCEL that come to nothing, on the same day or on the next. */
const LOOK_AT_CANCELLED = `with pairs as (
    select p.file_id as paid_file, p.line as paid_line, c.file_id as cancelled_file, c.line as cancelled_line, e.request_id,
      row_number() over (partition by e.request_id order by p.alipay_id, p.business_date, c.business_date, c.identity, c.sequence, c.line) as claim
    from looked_at p join looked_at c on c.alipay_id = p.alipay_id and c.type = 'CANCEL' and c.verdict = 'unmatched' and c.currency = p.currency and c.amount_minor = -p.amount_minor
    join expectations e on e.request_id = p.request_id and e.type = 'CANCELLED' and e.account_id = $1
    where p.type = 'PAYMENT' and p.verdict = 'unmatched' and p.named_id is null)
  update looked_at l set verdict = 'matched', expected_id = p.request_id, agrees = true from pairs p
  where p.claim = 1 and ((l.file_id = p.paid_file and l.line = p.paid_line) or (l.file_id = p.cancelled_file and l.line = p.cancelled_line))`;

/** The payment may have been expected by itself: late money that a cancel gave back. */
const LOOK_AT_GIVEN_BACK = `with pairs as (
    select c.file_id, c.line, e.request_id, row_number() over (partition by e.request_id order by c.business_date, c.identity, c.sequence, c.line) as claim
    from looked_at c join expectations e on e.alipay_id = c.alipay_id and e.type = 'PAYMENT' and e.account_id = $1 and e.currency = c.currency and e.amount_minor = -c.amount_minor
      join expectations x on x.request_id = e.request_id and x.type = 'CANCELLED'
    where c.type = 'CANCEL' and c.verdict = 'unmatched'
      and (${held('e')} or exists (select from looked_at p where p.expected_id = e.request_id and p.type = 'PAYMENT' and p.verdict = 'matched'))
      and not exists (select from looked_at o where o.expected_id = e.request_id and o.type = 'CANCEL' and o.verdict = 'matched'))
  update looked_at l set verdict = 'matched', expected_id = p.request_id, agrees = true from pairs p where p.claim = 1 and l.file_id = p.file_id and l.line = p.line`;

const UNLINK = 'delete from links where account_id = $1';
const LINK = `insert into links (request_id, type, file_id, line, agrees, account_id, business_date)
  select expected_id, type, file_id, line, agrees, account_id, business_date from looked_at where verdict = 'matched' order by expected_id`;

export const MATCH_ACCOUNT = [
  SCOPE, SCOPE_STATISTICS, LOOK, LOOKED_AT_INDEX, LOOKED_AT_STATISTICS, LOOK_BY_ORDER, LOOK_AT_CANCELLED, LOOK_AT_GIVEN_BACK, UNLINK, LINK,
] as const;

/** Lines without an expectation are told apart by what tells their transactions apart, where others carry the same id of Alipay's. */
export function lineSubject(line: string, copy: string): string {
  return `case when ${line}.identity <> ${line}.alipay_id then 'line ' || ${line}.alipay_id || ' ' || ${line}.identity || ' ' || ${copy} end`;
}

/** Also of settlement lines, which are compared in their own way. */
export const DIFFERENCES_TABLE = `create temp table differences (position int generated always as identity primary key, circumstance text, subject text, date text, type text, store_id text, order_key text, payment_id text,
  request_id text, alipay_id text, ours_currency text, ours_minor bigint, theirs_currency text, theirs_minor bigint, copy int, file_id uuid, line int, at bigint, raw text, event_id text, cause text) on commit drop`;
export const DIFFERENCE_COLUMNS = 'circumstance, subject, date, type, store_id, order_key, payment_id, request_id, alipay_id, ours_currency, ours_minor, theirs_currency, theirs_minor, copy, file_id, line, at, raw, event_id, cause';

/** What a line that no expectation was found for is, as far as other expectations tell. */
const ALONE = `case
    when l.type in ('REFUND_REVERSAL', 'PAYMENT_REVERSAL') then 'reversal'
    when l.type = 'PAYMENT' and exists (select from expectations c where c.request_id = l.request_id and c.type = 'CANCELLED' and c.account_id = $1) then 'cancelled-here'
    when l.type = 'PAYMENT' and (l.named_id is not null or exists (select from expectations x where x.order_key = l.order_key and x.type = 'PAYMENT' and x.account_id = $1
      and (${held('x')} or exists (select from links m where m.request_id = x.request_id and m.type = x.type)))) then 'order-paid-twice'
    when l.type = 'REFUND' and paid.amount_minor is not null then
      case when -l.amount_minor + (select coalesce(sum(-x.amount_minor), 0) from expectations x where x.payment_id = paid.payment_id and x.order_key = paid.order_key and x.type = 'REFUND') > paid.amount_minor
        then 'refund-exceeds-paid' else 'refund-of-ours' end
    else 'line-alone' end`;

/** What a matched line was expected by: for a payment that was cancelled, and for the cancel of one, that it comes to nothing. */
const EXPECTED_BY = `select * from expectations x where x.request_id = l.expected_id and x.account_id = $1
      and (x.type = l.type or (x.type = 'CANCELLED' and l.type in ('PAYMENT', 'CANCEL'))) order by x.type = l.type desc limit 1`;

const OF_LINES = `insert into differences (${DIFFERENCE_COLUMNS})
  select case l.verdict when 'repeated' then 'repeated' when 'ambiguous' then 'ambiguous'
      when 'matched' then case when not l.agrees then 'amounts' when l.store_id <> e.store_id then 'other-store' else 'other-day' end
      else ${ALONE} end,
    case when l.expected_id is null then ${lineSubject('l', 'l.copy')} end, l.business_date::text, l.type, coalesce(e.store_id, paid.store_id, l.store_id), coalesce(e.order_key, l.order_key, paid.order_key), coalesce(e.payment_id, paid.payment_id), l.expected_id, l.alipay_id,
    e.currency, e.amount_minor, l.currency, l.amount_minor, l.copy, l.file_id, l.line, l.at, l.raw, e.event_id, null
  from looked_at l
    left join lateral (${EXPECTED_BY}) e on true
    left join lateral (select * from expectations x where l.verdict = 'unmatched' and l.type = 'REFUND' and x.alipay_id = l.original_id and x.type = 'PAYMENT' and x.account_id = $1 limit 1) paid on true
  where l.verdict <> 'matched' or not l.agrees or l.store_id <> e.store_id or (l.type = 'PAYMENT' and e.paid_at is not null and l.business_date <> e.business_date)
  order by l.business_date, l.sequence, l.line`;

const OF_UNKNOWN = `insert into differences (${DIFFERENCE_COLUMNS})
  select 'unknown-type', ${lineSubject('l', 'l.copy')}, l.business_date::text, l.type, l.store_id, l.order_key, null, null, l.alipay_id, null, null, l.currency, l.amount_minor, l.copy, l.file_id, l.line, l.at, l.raw, null, null
  from (select *, row_number() over (partition by type, identity order by ${SAID}) as copy from scope where class = 'unknown' and account_id = $1) l order by l.business_date, l.sequence, l.line`;

/** A payment that a cancel gave back may be left out together with its cancel. A line of an unknown type, or one of several, may be what is missing. */
const MISSING = `insert into differences (${DIFFERENCE_COLUMNS})
  select case when maybe.cause is null then 'expectation-alone' else 'maybe-listed' end, null, e.business_date::text, e.type, e.store_id, e.order_key, e.payment_id, e.request_id, e.alipay_id, e.currency, e.amount_minor, null, null,
    1, null, null, null, null, e.event_id, maybe.cause
  from rest_expectations o join expectations e on e.request_id = o.request_id and e.type = o.type and e.business_date = o.business_date
    left join lateral (
      select l.type || ' ' || l.alipay_id || coalesce(' ' || ${lineSubject('l', '1')}, '') as cause from scope l where l.class = 'unknown' and l.alipay_id = e.alipay_id
      union all select l.type || ' ' || l.alipay_id || coalesce(' ' || ${lineSubject('l', 'l.copy')}, '') from looked_at l where l.verdict = 'ambiguous' and l.order_key = e.order_key and l.type = e.type
      order by cause limit 1) maybe on true
  where o.account_id = $1
    and not exists (select from links m where m.request_id = e.request_id and m.type = e.type)
    and not exists (select from expectations c where e.type = 'PAYMENT' and c.request_id = e.request_id and c.type = 'CANCELLED' and c.basis = 'give-back')
  order by e.request_id, e.type`;

/** A payment is listed, and the cancel that gave it back is not: Alipay holds money that we believe the customer has. */
const MISSING_CANCEL = `insert into differences (${DIFFERENCE_COLUMNS})
  select 'expectation-alone', null, c.business_date::text, 'CANCEL', c.store_id, c.order_key, c.payment_id, c.request_id, e.alipay_id, e.currency, -e.amount_minor, null, null, 1, null, null, null, null, c.event_id, null
  from expectations c join expectations e on e.request_id = c.request_id and e.type = 'PAYMENT' and e.business_date between c.business_date - 40 and c.business_date + 40
  where c.account_id = $1 and c.type = 'CANCELLED' and c.basis = 'give-back'
    and not exists (select from links m where m.request_id = c.request_id and m.type = 'CANCEL')
    and (${held('e')} or exists (select from links m where m.request_id = c.request_id and m.type = 'PAYMENT'))
    and exists (select from files f where f.account_id = $1 and f.report = 'transaction-items' and f.business_date = c.business_date and f.status = 'in-force')
  order by c.request_id`;

/** Somebody paid what had been cancelled, Alipay lists it, and it did not go back until its day was compared. */
const PAID_AFTER_CANCEL = `insert into differences (${DIFFERENCE_COLUMNS})
  select 'paid-after-cancel', null, e.business_date::text, e.type, e.store_id, e.order_key, e.payment_id, e.request_id, e.alipay_id, e.currency, e.amount_minor, null, null, 1, null, null, null, null, e.event_id, null
  from expectations e
  where e.account_id = $1 and e.basis = 'late-success' and e.type = 'PAYMENT'
    and exists (select from expectations c where c.request_id = e.request_id and c.type = 'CANCELLED' and c.basis = 'closed')
    and not exists (select from expectations g where g.order_key = e.order_key and g.payment_id = e.payment_id and g.basis = 'give-back')
    and (${held('e')} or exists (select from links m where m.request_id = e.request_id and m.type = e.type))
    and exists (select from files f where f.account_id = $1 and f.report = 'transaction-items' and f.business_date = e.business_date and f.status = 'in-force')
  order by e.request_id`;

export const DIFFERENCES = [OF_LINES, OF_UNKNOWN, MISSING, MISSING_CANCEL, PAID_AFTER_CANCEL] as const;

export const PAGE = `select position, circumstance, subject, date, d.type, store_id as "storeId", order_key as "orderKey", payment_id as "paymentId", request_id as "requestId", alipay_id as "alipayId", ours_currency, ours_minor,
    theirs_currency, theirs_minor, copy, file_id, d.line, d.at, d.raw, event_id as "eventId", cause, f.sha256
  from differences d left join files f on f.id = d.file_id where position > $1 order by position limit ${PAGE_ROWS_MAX}`;
