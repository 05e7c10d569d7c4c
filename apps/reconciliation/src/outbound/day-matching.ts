import { money, type Money } from '@scantill/kernel';
import type { Bulk } from './bulk.js';
import type { Day } from './file.repository.js';

/** Two sides that do not agree, or one side alone. */
export interface Difference {
  /** What it is about, where that is no transaction: a batch, a file, a pay-out. Null for transactions, which their ids name. */
  readonly subject: string | null;
  readonly date: string;
  readonly type: string;
  /** Of the expectation; a line alone does not tell. */
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

interface Row extends DifferenceRow {
  readonly position: number;
}

const PAGE_ROWS_MAX = 1_000;
/** Alipay allows cancels until 00:15 of the next day; we may hear of one a little later. */
const CANCEL_DAYS_MAX = 3;

const TABLES = `
  create temp table scope (file_id uuid, line int, business_date date, sequence int, type text, alipay_id text, request_id text, order_key text, currency text,
    amount_minor bigint, paid_at timestamptz) on commit drop;
  create temp table looked_at (like scope, expected_id text, copy int, agrees boolean, verdict text) on commit drop;
  create temp table released (request_id text, type text) on commit drop;
  create temp table differences (position int generated always as identity primary key, date text, type text, store_id text, order_key text, payment_id text, request_id text, alipay_id text,
    ours_currency text, ours_minor bigint, theirs_currency text, theirs_minor bigint, copy int, file_id uuid, line int, raw text, event_id text) on commit drop`;

const SCOPE_COLUMNS = 'l.file_id, l.line, f.business_date, f.sequence, l.type, l.alipay_id, l.request_id, l.order_key, l.currency, l.amount_minor, l.paid_at';

/** The lines in force of this day, and those of other days that list the same transactions as any edition of this day did. */
const SCOPE = `insert into scope
  select ${SCOPE_COLUMNS} from files f join lines l on l.file_id = f.id where f.account_id = $1 and f.business_date = $2::date and f.status = 'in-force'
  union all
  select ${SCOPE_COLUMNS} from
    (select distinct d.alipay_id from files g join lines d on d.file_id = g.id where g.account_id = $1 and g.business_date = $2::date) ids
    join lines l on l.account_id = $1 and l.alipay_id = ids.alipay_id
    join files f on f.id = l.file_id and f.status = 'in-force' and f.business_date <> $2::date`;

/** What was matched by these lines, and by earlier editions of the day, is open now. */
const RELEASE = `with gone as (
    delete from matches m where m.file_id in (select id from files where account_id = $1 and business_date = $2::date)
      or (m.file_id, m.line) in (select file_id, line from scope where business_date <> $2::date)
    returning m.request_id, m.type)
  insert into released select request_id, type from gone`;

/**
 * Each line is given the expectation of its type that it names: by Alipay's id, else by our request id (a refund that repeats the
 * request id of its payment names nothing by it); never one that a line out of scope holds. Of several lines of one transaction the
 * first counts: one that agrees before one that does not, then by what it says, so that the order in which files came, or rows
 * stand in them, decides nothing.
 */
const LOOK = `with named as (
    select l.*, e.tier, e.agrees, case when m.request_id is null then e.request_id end as expected_id
    from scope l
    left join lateral (select x.* from expectations x where x.alipay_id = l.alipay_id and x.account_id = $1 and x.type = l.type order by x.request_id limit 1) a on true
    left join lateral (select x.* from expectations x where a.request_id is null and x.request_id = l.request_id and x.account_id = $1 and x.type = l.type) r on true
    cross join lateral (select coalesce(a.request_id, r.request_id) as request_id, case when a.request_id is null then 2 else 1 end as tier,
      coalesce(a.currency, r.currency) = l.currency and coalesce(a.amount_minor, r.amount_minor) = l.amount_minor as agrees) e
    left join matches m on m.request_id = e.request_id and m.type = l.type),
  counted as (
    select n.*, row_number() over (partition by type, alipay_id order by agrees desc nulls last, paid_at, amount_minor, currency, request_id, business_date, sequence, line) as copy from named n),
  claimed as (
    select c.*, case when expected_id is not null and copy = 1 then
      row_number() over (partition by expected_id, type, copy order by tier, agrees desc, paid_at, amount_minor, currency, request_id, business_date, sequence, line) end as claim from counted c)
  insert into looked_at
  select file_id, line, business_date, sequence, type, alipay_id, request_id, order_key, currency, amount_minor, paid_at, case when claim = 1 then expected_id end, copy, agrees,
    case when copy > 1 then 'repeated' when claim = 1 then 'matched' else 'unmatched' end from claimed`;

/**
 * By the order's id, where neither side has an id of Alipay's or ours that says otherwise and both are alone: a choice between two
 * would be a guess.
 */
const LOOK_BY_ORDER = `with pairs as (
    select l.file_id, l.line, e.request_id, e.currency = l.currency and e.amount_minor = l.amount_minor as agrees,
      count(*) over (partition by l.file_id, l.line) as expectations, count(*) over (partition by e.request_id) as lines
    from looked_at l join expectations e on e.order_key = l.order_key and e.account_id = $1 and e.type = l.type and e.alipay_id is null
    where l.verdict = 'unmatched' and l.request_id = ''
      and not exists (select from matches m where m.request_id = e.request_id and m.type = e.type)
      and not exists (select from looked_at o where o.expected_id = e.request_id and o.type = e.type and o.verdict = 'matched'))
  update looked_at l set verdict = 'matched', expected_id = p.request_id, agrees = p.agrees from pairs p
  where p.expectations = 1 and p.lines = 1 and l.file_id = p.file_id and l.line = p.line`;

/**
 * A payment that was cancelled is listed as PAYMENT and CANCEL that come to nothing; on the same day or on the next. The PAYMENT may
 * have been expected by itself: late money that a cancel gave back.
 */
const LOOK_AT_CANCELLED = `with pairs as (
    select p.file_id as paid_file, p.line as paid_line, c.file_id as cancelled_file, c.line as cancelled_line, e.request_id,
      row_number() over (partition by e.request_id order by p.verdict, p.alipay_id) as claim
    from looked_at p join looked_at c on c.alipay_id = p.alipay_id and c.type = 'CANCEL' and c.verdict = 'unmatched' and c.currency = p.currency and c.amount_minor = -p.amount_minor
    join expectations e on e.request_id = coalesce(p.expected_id, p.request_id) and e.type = 'CANCELLED' and e.account_id = $1
    left join looked_at o on p.verdict = 'unmatched' and o.expected_id = e.request_id and o.type = 'PAYMENT' and o.verdict = 'matched'
    where p.type = 'PAYMENT' and p.verdict in ('matched', 'unmatched') and o.file_id is null
      and not exists (select from matches m where m.request_id = e.request_id and (m.type = 'CANCEL' or m.type = 'PAYMENT' and p.verdict = 'unmatched')))
  update looked_at l set verdict = 'matched', expected_id = p.request_id, agrees = l.verdict = 'unmatched' or l.agrees from pairs p
  where p.claim = 1 and ((l.file_id = p.paid_file and l.line = p.paid_line) or (l.file_id = p.cancelled_file and l.line = p.cancelled_line))`;

const LINK = `insert into matches (request_id, type, file_id, line, agrees) select expected_id, type, file_id, line, agrees from looked_at where verdict = 'matched' order by expected_id`;

const DIFFER = `insert into differences (date, type, store_id, order_key, payment_id, request_id, alipay_id, ours_currency, ours_minor, theirs_currency, theirs_minor, copy, file_id, line, raw, event_id)
  select l.business_date::text, l.type, e.store_id, coalesce(e.order_key, l.order_key), e.payment_id, l.expected_id, l.alipay_id, e.currency, e.amount_minor, l.currency, l.amount_minor, l.copy,
    l.file_id, l.line, r.raw, e.event_id
  from looked_at l join lines r on r.file_id = l.file_id and r.line = l.line left join expectations e on e.request_id = l.expected_id and e.type = l.type
  where l.verdict <> 'matched' or not l.agrees`;

/**
 * Only of days of which a file is there; `released` are those of other days that had a line and lost it. A payment that a cancel
 * gave back may be left out together with its cancel.
 */
const MISS = `insert into differences (date, type, store_id, order_key, payment_id, request_id, alipay_id, ours_currency, ours_minor, copy, event_id)
  select e.business_date::text, e.type, e.store_id, e.order_key, e.payment_id, e.request_id, e.alipay_id, e.currency, e.amount_minor, 1, e.event_id from expectations e
  where e.account_id = $1 and e.type in ('PAYMENT', 'REFUND') and (e.business_date = $2::date or (e.request_id, e.type) in (select request_id, type from released))
    and not exists (select from matches m where m.request_id = e.request_id and m.type = e.type)
    and not exists (select from expectations c where e.type = 'PAYMENT' and c.request_id = e.request_id and c.type = 'CANCELLED' and c.basis = 'give-back')
    and exists (select from files f where f.account_id = $1 and f.business_date = e.business_date and f.status = 'in-force')`;

/** A payment is listed, and the cancel that gave it back is not: Alipay holds money that we believe the customer has. */
const MISS_CANCEL = `insert into differences (date, type, store_id, order_key, payment_id, request_id, alipay_id, ours_currency, ours_minor, copy, event_id)
  select c.business_date::text, 'CANCEL', c.store_id, c.order_key, c.payment_id, c.request_id, e.alipay_id, e.currency, -e.amount_minor, 1, c.event_id
  from expectations c join expectations e on e.request_id = c.request_id and e.type = 'PAYMENT'
  where c.account_id = $1 and c.type = 'CANCELLED' and c.basis = 'give-back' and c.business_date between $2::date - ${CANCEL_DAYS_MAX} and $2::date + ${CANCEL_DAYS_MAX}
    and exists (select from matches m where m.request_id = c.request_id and m.type = 'PAYMENT')
    and not exists (select from matches m where m.request_id = c.request_id and m.type = 'CANCEL')
    and exists (select from files f where f.account_id = $1 and f.business_date = c.business_date and f.status = 'in-force')`;

const PAGE = `select position, date, type, store_id as "storeId", order_key as "orderKey", payment_id as "paymentId", request_id as "requestId", alipay_id as "alipayId", ours_currency, ours_minor, theirs_currency, theirs_minor,
  copy, file_id, line, raw, event_id as "eventId" from differences where position > $1 order by position limit ${PAGE_ROWS_MAX}`;

const COUNT = `select count(*)::int as lines, count(*) filter (where verdict = 'matched' and agrees)::int as matched from looked_at where business_date = $1::date`;
const RUN = `insert into days as d (account_id, business_date, chain_id, runs, matched_at) values ($1, $2::date, $3, 1, $4)
  on conflict (account_id, business_date) do update set runs = d.runs + 1, matched_at = excluded.matched_at returning runs`;

/** The one place that joins lines with expectations. What the pairs mean is decided elsewhere, and only differences get there. */
export class DayMatching {
  /** Leaves the differences in a table that ends with the transaction. The same lines and expectations always give the same result. */
  async match(bulk: Bulk, { accountId, date }: Day): Promise<{ lines: number; matched: number }> {
    await bulk.query(TABLES);
    await bulk.query(SCOPE, [accountId, date]);
    await bulk.query('analyze scope (business_date)');
    await bulk.query(RELEASE, [accountId, date]);
    await bulk.query(LOOK, [accountId]);
    await bulk.query('analyze looked_at (type, verdict, agrees)');
    await bulk.query(LOOK_BY_ORDER, [accountId]);
    await bulk.query(LOOK_AT_CANCELLED, [accountId]);
    await bulk.query(LINK);
    await bulk.query(DIFFER);
    await bulk.query(MISS, [accountId, date]);
    await bulk.query(MISS_CANCEL, [accountId, date]);
    return (await bulk.query<{ lines: number; matched: number }>(COUNT, [date]))[0] ?? { lines: 0, matched: 0 };
  }

  async *differences(bulk: Bulk): AsyncGenerator<Difference[]> {
    for (let page = await this.page(bulk, 0); page.length > 0; page = await this.page(bulk, page.at(-1)!.position)) yield page.map(({ position: _, ...row }) => toDifference(row));
  }

  /** How often the day was matched, this time included. */
  async countRun(bulk: Bulk, { accountId, date, chainId }: Day, at: Date): Promise<number> {
    return (await bulk.query<{ runs: number }>(RUN, [accountId, date, chainId, at]))[0]?.runs ?? 1;
  }

  private page(bulk: Bulk, after: number): Promise<Row[]> {
    return bulk.query<Row>(PAGE, [after]);
  }
}

export function toDifference({ ours_currency, ours_minor, theirs_currency, theirs_minor, file_id, line, raw, ...rest }: DifferenceRow): Difference {
  return { ...rest, subject: null, ours: amount(ours_currency, ours_minor), theirs: amount(theirs_currency, theirs_minor), file: file_id === null || line === null ? null : { id: file_id, line, raw: raw ?? '' } };
}

function amount(currency: string | null, minor: bigint | null): Money | null {
  return currency === null || minor === null ? null : money(currency, minor);
}
