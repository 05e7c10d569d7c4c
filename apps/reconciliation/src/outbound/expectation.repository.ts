import { money, type Money, type OrderKey, type PaymentId, type RefundId } from '@scantill/kernel';
import type { Database, Statement, Tx } from '@scantill/platform';
import type { Basis, Expectation, ExpectationType } from '../core/expectation.js';
import type { Foreseen } from '../core/foreseen.js';
import type { DueDay } from './due-days.js';
import type { Day } from './file.repository.js';

/** `acknowledgeBy`: when a system of the chain must have heard of it, where one has to. */
export type ForeseenExpectation = Expectation & Foreseen & { readonly acknowledgeBy: Date | null };

export interface RecordedExpectation extends ForeseenExpectation {
  readonly recordedAt: Date;
  /** Where Alipay's file lists it, since when we have that file, and whether alike; null while it is open. */
  readonly matchedLine: { readonly fileId: string; readonly fileName: string; readonly receivedAt: Date; readonly line: number; readonly agrees: boolean } | null;
}

export interface ExpectationCount {
  readonly accountId: string;
  readonly expected: number;
  readonly expectedAmount: Money;
  readonly matched: number;
  readonly matchedAmount: Money;
}

interface Row {
  readonly request_id: string;
  readonly payment_id: string;
  readonly type: ExpectationType;
  readonly order_key: string;
  readonly chain_id: string;
  readonly store_id: string;
  readonly account_id: string;
  readonly currency: string | null;
  readonly amount_minor: bigint | null;
  readonly alipay_id: string | null;
  readonly paid_at: Date | null;
  readonly business_date: string;
  readonly basis: Basis;
  readonly event_id: string;
  readonly recorded_at: Date;
  readonly fee_currency: string | null;
  readonly fee_minor: bigint | null;
  readonly payout_on: string | null;
  readonly late_on: string | null;
  readonly acknowledge_by: Date | null;
  readonly file_id: string | null;
  readonly file_name: string | null;
  readonly received_at: Date | null;
  readonly line: number | null;
  readonly agrees: boolean | null;
}

/** An order has a handful of payments and refunds. */
const ORDER_ROWS_MAX = 500;

/** Of a request's expectations of one type the better known one stays, also where it is of another day: what was reported or closed gives way. */
const BETTER = (before: string, next: string) => `(${before}.basis = 'reported' and ${next}.basis <> 'reported') or (${before}.basis = 'closed' and ${next}.basis = 'give-back')`;
/** What is known of one request is known within so many days; it keeps the search to a partition or two. */
const DAYS_APART_MAX = 40;

/** Returns the days among them of which a file has come already, and those of settlement on which one of them was missing with us: refunds of generation C stand there under their payment's id. */
const RECORD: Statement = {
  name: 'expectations-record',
  text: `with wanted as (
      select * from json_to_recordset($1::json) as x(request_id text, type text, payment_id text, order_key text, chain_id text, store_id text, account_id text, currency text,
        amount_minor bigint, alipay_id text, paid_at timestamptz, business_date date, basis text, event_id text, fee_currency text, fee_minor bigint, payout_on date, late_on date, acknowledge_by timestamptz)),
    elsewhere as (
      select w.request_id, w.type, e.business_date, ${BETTER('e', 'w')} as gives_way
      from wanted w join expectations e on e.request_id = w.request_id and e.type = w.type and e.business_date <> w.business_date
        and e.business_date between w.business_date - ${DAYS_APART_MAX} and w.business_date + ${DAYS_APART_MAX}),
    gone as (
      delete from expectations e using elsewhere o where o.gives_way and e.request_id = o.request_id and e.type = o.type and e.business_date = o.business_date
      returning e.chain_id, e.account_id, e.business_date),
    recorded as (insert into expectations as e
        (request_id, type, payment_id, order_key, chain_id, store_id, account_id, currency, amount_minor, alipay_id, paid_at, business_date, basis, event_id, recorded_at,
        fee_currency, fee_minor, payout_on, late_on, acknowledge_by)
      select request_id, type, payment_id, order_key, chain_id, store_id, account_id, currency, amount_minor, alipay_id, paid_at, business_date, basis, event_id, $2::timestamptz,
        fee_currency, fee_minor, payout_on, late_on, acknowledge_by
      from wanted w where not exists (select from elsewhere o where o.request_id = w.request_id and o.type = w.type and not o.gives_way)
      order by request_id, type
      on conflict (request_id, type, business_date) do update set currency = excluded.currency, amount_minor = excluded.amount_minor, alipay_id = excluded.alipay_id,
        paid_at = excluded.paid_at, basis = excluded.basis, event_id = excluded.event_id, recorded_at = excluded.recorded_at,
        fee_currency = excluded.fee_currency, fee_minor = excluded.fee_minor, payout_on = excluded.payout_on, late_on = excluded.late_on, acknowledge_by = excluded.acknowledge_by
      where ${BETTER('e', 'excluded')}
      returning e.chain_id, e.account_id, e.business_date, e.type, e.alipay_id, e.payment_id)
    select d.chain_id as "chainId", d.account_id as "accountId", d.business_date::text as date, null as kind
    from (select chain_id, account_id, business_date from recorded union select chain_id, account_id, business_date from gone) d
    where exists (select from files f where f.account_id = d.account_id and f.business_date = d.business_date and f.report = 'transaction-items' and f.status = 'in-force')
    union select b.chain_id, b.account_id, b.business_date::text, 'settlement'
    from (select account_id, type, alipay_id from recorded
        union all select r.account_id, r.type, p.alipay_id from recorded r join expectations p on p.request_id = r.payment_id and p.type = 'PAYMENT' where r.type = 'REFUND'
        union all select r.account_id, r.type, w.alipay_id from recorded r join wanted w on w.request_id = r.payment_id and w.type = 'PAYMENT' where r.type = 'REFUND') r
      join breaks b on b.alipay_id = r.alipay_id and b.type = r.type and b.account_id = r.account_id and b.kind = 'missing-with-us' and b.status <> 'resolved'
      join files f on f.id = b.file_id and f.report = 'settlement-items'`,
};

const PAID: Statement = {
  name: 'expectations-paid',
  text: `select payment_id, currency, amount_minor from expectations where request_id = any($1::text[]) and type = 'PAYMENT'`,
};

const DAYS_OF_ORDER: Statement = { name: 'expectations-days-of-order', text: 'select distinct business_date::text as date from expectations where order_key = $1' };
/** A line that lists it: one that was found for it, or one of its own day that agrees. Planned for the days that it is given, so that the tables of others are not even opened. */
const OF_ORDER = `select e.*, e.business_date::text as business_date, e.payout_on::text as payout_on, e.late_on::text as late_on, coalesce(m.file_id, l.file_id) as file_id, coalesce(m.line, l.line) as line,
    case when m.file_id is not null then m.agrees when l.file_id is not null then true end as agrees, f.name as file_name, f.received_at
  from expectations e
  left join links m on m.request_id = e.request_id and m.type = case e.type when 'CANCELLED' then 'CANCEL' else e.type end
  left join lateral (select x.file_id, x.line from lines x join files g on g.id = x.file_id and g.status = 'in-force'
    where e.type in ('PAYMENT', 'REFUND') and m.file_id is null and x.business_date = any($3::date[]) and x.business_date = e.business_date and x.account_id = e.account_id and x.type = e.type and x.currency = e.currency and x.amount_minor = e.amount_minor
      and (x.alipay_id = e.alipay_id or (x.request_id = e.request_id and x.alipay_id = (select p.alipay_id from expectations p where p.request_id = e.payment_id and p.type = 'PAYMENT' limit 1)))
      and not exists (select from rest_expectations o where o.request_id = e.request_id and o.type = e.type)
    order by g.sequence, x.line limit 1) l on true
  left join files f on f.id = coalesce(m.file_id, l.file_id)
  where e.order_key = $1 order by e.recorded_at, e.payment_id, e.request_id, e.type limit $2`;

/**
 * Counted over all accounts of a chain; what goes back, by a refund or by the cancel of a payment that is expected itself, is negative.
 * `matched` are those that Alipay lists alike: of a day that was compared, those that it did not leave over, or that another line lists.
 */
const COUNTS: Statement = {
  name: 'expectations-counts',
  text: `with compared as (
      select account_id from days d where account_id = any($1::text[]) and business_date = $2::date and kind = 'transactions'
        and exists (select from files f where f.account_id = d.account_id and f.report = 'transaction-items' and f.business_date = d.business_date and f.status = 'in-force')),
    expected as (
      select e.account_id, e.currency, e.amount_minor, case when m.request_id is not null then m.agrees else c.account_id is not null and o.request_id is null end as agrees
      from expectations e left join compared c on c.account_id = e.account_id
        left join rest_expectations o on o.request_id = e.request_id and o.type = e.type left join links m on m.request_id = e.request_id and m.type = e.type
      where e.account_id = any($1::text[]) and e.business_date = $2::date and e.type in ('PAYMENT', 'REFUND')
      union all
      select c.account_id, e.currency, -e.amount_minor, m.agrees is true from expectations c join expectations e on e.request_id = c.request_id and e.type = 'PAYMENT'
        left join links m on m.request_id = c.request_id and m.type = 'CANCEL'
      where c.account_id = any($1::text[]) and c.business_date = $2::date and c.type = 'CANCELLED' and c.basis = 'give-back')
    select account_id, currency, count(*)::int as expected, sum(amount_minor)::bigint as expected_minor,
      count(*) filter (where agrees)::int as matched, coalesce(sum(amount_minor) filter (where agrees), 0)::bigint as matched_minor
    from expected group by account_id, currency order by account_id, currency`,
};

export class ExpectationRepository {
  constructor(private readonly database: Database) {}

  /**
   * One statement for the batch; at most one expectation per request and type in it.
   * @returns the days that have to be matched again
   */
  async record(tx: Tx, expectations: readonly ForeseenExpectation[], at: Date): Promise<DueDay[]> {
    const days = await tx.query<Day & { kind: 'settlement' | null }>(RECORD, [JSON.stringify(expectations.map(toRow)), at]);
    return days.map(({ kind, ...day }) => (kind === null ? day : { ...day, kind }));
  }

  /** What was paid, by payment. */
  async paid(tx: Tx, paymentIds: readonly string[]): Promise<ReadonlyMap<string, Money>> {
    const rows = paymentIds.length === 0 ? [] : await tx.query<{ payment_id: string; currency: string; amount_minor: bigint }>(PAID, [paymentIds]);
    return new Map(rows.map(({ payment_id, currency, amount_minor }) => [payment_id, money(currency, amount_minor)]));
  }

  async ofOrder(orderKey: OrderKey): Promise<RecordedExpectation[]> {
    const days = await this.database.query<{ date: string }>(DAYS_OF_ORDER, [orderKey]);
    const { rows } = await this.database.pool.query<Row>(OF_ORDER, [orderKey, ORDER_ROWS_MAX, days.map(({ date }) => date)]);
    return rows.map(toExpectation);
  }

  /** By account and currency. */
  async counts(accountIds: readonly string[], date: string): Promise<ExpectationCount[]> {
    const rows = await this.database.query<{ account_id: string; currency: string; expected: number; expected_minor: bigint; matched: number; matched_minor: bigint }>(COUNTS, [accountIds, date]);
    return rows.map(({ account_id, currency, expected, expected_minor, matched, matched_minor }) => ({
      accountId: account_id, expected, expectedAmount: money(currency, expected_minor), matched, matchedAmount: money(currency, matched_minor),
    }));
  }
}

function toRow(expectation: ForeseenExpectation) {
  const { requestId, type, paymentId, orderKey, chainId, storeId, accountId, amount, alipayId, paidAt, businessDate, basis, eventId, fee, payoutOn, lateOn, acknowledgeBy } = expectation;
  return {
    request_id: requestId, type, payment_id: paymentId, order_key: orderKey, chain_id: chainId, store_id: storeId, account_id: accountId,
    currency: amount?.currency ?? null, amount_minor: amount?.minor.toString() ?? null,
    alipay_id: alipayId, paid_at: paidAt, business_date: businessDate, basis, event_id: eventId,
    fee_currency: fee?.currency ?? null, fee_minor: fee?.minor.toString() ?? null, payout_on: payoutOn, late_on: lateOn, acknowledge_by: acknowledgeBy,
  };
}

function toExpectation(row: Row): RecordedExpectation {
  return {
    requestId: row.request_id as PaymentId | RefundId, paymentId: row.payment_id as PaymentId, type: row.type, orderKey: row.order_key as OrderKey,
    chainId: row.chain_id, storeId: row.store_id, accountId: row.account_id,
    amount: row.currency === null || row.amount_minor === null ? null : money(row.currency, row.amount_minor),
    alipayId: row.alipay_id, paidAt: row.paid_at, businessDate: row.business_date, basis: row.basis, eventId: row.event_id, recordedAt: row.recorded_at,
    fee: row.fee_currency === null || row.fee_minor === null ? null : money(row.fee_currency, row.fee_minor), payoutOn: row.payout_on, lateOn: row.late_on, acknowledgeBy: row.acknowledge_by,
    matchedLine: matchedLine(row),
  };
}

function matchedLine({ file_id: fileId, file_name: fileName, received_at: receivedAt, line, agrees }: Row): RecordedExpectation['matchedLine'] {
  if (fileId === null || fileName === null || receivedAt === null || line === null) return null;
  return { fileId, fileName, receivedAt, line, agrees: agrees === true };
}
