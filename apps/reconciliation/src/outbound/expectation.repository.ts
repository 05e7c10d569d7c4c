import { money, type OrderKey, type PaymentId } from '@scantill/kernel';
import type { Database, Statement, Tx } from '@scantill/platform';
import type { Basis, Expectation, ExpectationType } from '../core/expectation.js';

export interface RecordedExpectation extends Expectation {
  /** Where Alipay's file lists it; null while it is open. */
  readonly matchedLine: { readonly fileId: string; readonly line: number } | null;
}

interface Row {
  readonly payment_id: string;
  readonly type: ExpectationType;
  readonly order_key: string;
  readonly chain_id: string;
  readonly store_id: string;
  readonly account_id: string;
  readonly currency: string | null;
  readonly amount_minor: bigint | null;
  readonly alipay_payment_id: string | null;
  readonly paid_at: Date | null;
  readonly business_date: string;
  readonly basis: Basis;
  readonly event_id: string;
  readonly file_id: string | null;
  readonly line: number | null;
}

/** An order has a handful of payments. */
const ORDER_ROWS_MAX = 500;

const RECORD: Statement = {
  name: 'expectations-record',
  text: `insert into expectations as e
      (payment_id, type, order_key, chain_id, store_id, account_id, currency, amount_minor, alipay_payment_id, paid_at, business_date, basis, event_id)
    select payment_id, type, order_key, chain_id, store_id, account_id, currency, amount_minor, alipay_payment_id, paid_at, business_date, basis, event_id
    from json_to_recordset($1::json) as x(payment_id text, type text, order_key text, chain_id text, store_id text, account_id text, currency text,
      amount_minor bigint, alipay_payment_id text, paid_at timestamptz, business_date date, basis text, event_id text)
    order by payment_id, type
    on conflict (payment_id, type) do update set currency = excluded.currency, amount_minor = excluded.amount_minor,
      alipay_payment_id = excluded.alipay_payment_id, paid_at = excluded.paid_at, business_date = excluded.business_date, basis = excluded.basis, event_id = excluded.event_id
    where e.basis = 'reported' and excluded.basis <> 'reported'`,
};

const OF_ORDER: Statement = {
  name: 'expectations-of-order',
  text: `select e.*, e.business_date::text as business_date, null::text as file_id, null::int as line
    from expectations e where e.order_key = $1 order by e.recorded_at, e.payment_id, e.type limit $2`,
};

export class ExpectationRepository {
  constructor(private readonly database: Database) {}

  /** One statement for the batch; at most one expectation per payment and type in it. */
  async record(tx: Tx, expectations: readonly Expectation[]): Promise<void> {
    await tx.query(RECORD, [JSON.stringify(expectations.map(toRow))]);
  }

  async ofOrder(orderKey: OrderKey): Promise<RecordedExpectation[]> {
    return (await this.database.query<Row>(OF_ORDER, [orderKey, ORDER_ROWS_MAX])).map(toExpectation);
  }
}

function toRow(expectation: Expectation) {
  const { paymentId, type, orderKey, chainId, storeId, accountId, amount, alipayPaymentId, paidAt, businessDate, basis, eventId } = expectation;
  return {
    payment_id: paymentId, type, order_key: orderKey, chain_id: chainId, store_id: storeId, account_id: accountId,
    currency: amount?.currency ?? null, amount_minor: amount?.minor.toString() ?? null,
    alipay_payment_id: alipayPaymentId, paid_at: paidAt, business_date: businessDate, basis, event_id: eventId,
  };
}

function toExpectation(row: Row): RecordedExpectation {
  return {
    paymentId: row.payment_id as PaymentId, type: row.type, orderKey: row.order_key as OrderKey, chainId: row.chain_id, storeId: row.store_id, accountId: row.account_id,
    amount: row.currency === null || row.amount_minor === null ? null : money(row.currency, row.amount_minor),
    alipayPaymentId: row.alipay_payment_id, paidAt: row.paid_at, businessDate: row.business_date, basis: row.basis, eventId: row.event_id,
    matchedLine: row.file_id === null || row.line === null ? null : { fileId: row.file_id, line: row.line },
  };
}
