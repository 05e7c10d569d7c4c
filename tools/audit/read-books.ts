import { money, type Money } from '@scantill/kernel';
import type { DatabaseUrls } from '../stack/databases.ts';
import { Books, type ExpectationEntry, type OrderRefundEntry, type RefundEntry } from './books.ts';
import { readLedger } from './read-ledger.ts';
import { rows } from './rows.ts';

/** Where the five books are. */
export interface AuditTarget {
  readonly simulatorUrl: string;
  readonly databaseUrls: DatabaseUrls;
  readonly brokers: readonly string[];
}

/** Big integers come as text. */
interface Amount {
  readonly currency: string;
  readonly amount_minor: string;
}

interface Refundable extends Amount {
  readonly status: string;
  readonly refunded_minor: string;
  readonly refunding_minor: string;
  readonly has_attention: boolean;
}

interface OrderRow extends Refundable {
  readonly key: string;
  readonly deadline_at: Date;
}

interface OrderRefundRow extends Amount {
  readonly order_key: string;
  readonly refund_key: string;
  readonly status: OrderRefundEntry['status'];
  readonly alipay_refund_id: string | null;
}

interface PaymentRow extends Refundable {
  readonly id: string;
  readonly order_key: string;
  readonly is_giving_back: boolean;
}

interface RefundRow extends Amount {
  readonly id: string;
  readonly payment_id: string;
  readonly order_key: string;
  readonly refund_key: string | null;
  readonly status: RefundEntry['status'];
  readonly alipay_refund_id: string | null;
}

interface ToldRow {
  readonly order_key: string;
  readonly type: string;
  readonly refund_key: string | null;
  readonly times: number;
  readonly contents: number;
  readonly currency: string | null;
  readonly amount_minor: string | null;
}

interface ExpectationRow extends Amount {
  readonly order_key: string;
  readonly payment_id: string;
  readonly request_id: string;
  readonly type: ExpectationEntry['type'];
}

const ORDERS = `select key, status, currency, amount_minor, refunded_minor, refunding_minor, attention is not null as has_attention, deadline_at from orders`;
const ORDER_REFUNDS = `select r.order_key, r.refund_key, o.currency, r.amount_minor, r.status, r.alipay_refund_id from order_refunds r join orders o on o.key = r.order_key`;
const PAYMENTS = `select id, order_key, status, currency, amount_minor, refunded_minor, refunding_minor, attention is not null as has_attention, state ? 'givingBack' as is_giving_back from payments`;
const REFUNDS = `select id, payment_id, order_key, refund_key, currency, amount_minor, status, alipay_refund_id from refunds`;
/** Only what is told once: an order may get several codes, and refuse several requests. */
const TOLD = `select chain_id || ':' || order_id as order_key, type, fact->>'refundKey' as refund_key, count(*)::int as times, count(distinct payload)::int as contents,
    min(fact->'amount'->>'currency') as currency, min(fact->'amount'->>'minor') as amount_minor
  from (select chain_id, order_id, type, payload, payload::json as fact from store_events
    where type in ('order.paid', 'order.expired', 'order.cancelled', 'order.failed', 'order.refunded', 'order.refund-failed', 'order.refund-reversed')) e
  group by 1, 2, 3`;
const EXPECTATIONS = `select order_key, payment_id, request_id, type, currency, amount_minor from expectations where type <> 'CANCELLED'`;

/** Reads all five books into one map; some 2 KB per order. */
export async function readBooks({ simulatorUrl, databaseUrls }: AuditTarget): Promise<Books> {
  const books = new Books();
  await readOrders(databaseUrls.order, books);
  await readGateway(databaseUrls['payment-gateway'], books);
  for await (const row of rows<ToldRow>(databaseUrls.notification, TOLD)) {
    const { order_key, type, refund_key, times, contents, currency, amount_minor } = row;
    const amount = currency === null || amount_minor === null ? null : amountOf({ currency, amount_minor });
    books.of(order_key).told.push({ type, refundKey: refund_key, times, contents, amount });
  }
  for await (const row of rows<ExpectationRow>(databaseUrls.reconciliation, EXPECTATIONS)) {
    books.of(row.order_key).expectations.push({ type: row.type, paymentId: row.payment_id, requestId: row.request_id, amount: amountOf(row) });
  }
  await readLedger(simulatorUrl, books);
  return books;
}

async function readOrders(url: string, books: Books): Promise<void> {
  for await (const row of rows<OrderRow>(url, ORDERS)) books.of(row.key).order = { ...refundable(row), deadlineAtMs: row.deadline_at.getTime() };
  for await (const row of rows<OrderRefundRow>(url, ORDER_REFUNDS)) {
    books.of(row.order_key).orderRefunds.push({ key: row.refund_key, amount: amountOf(row), status: row.status, alipayRefundId: row.alipay_refund_id });
  }
}

async function readGateway(url: string, books: Books): Promise<void> {
  for await (const row of rows<PaymentRow>(url, PAYMENTS)) books.of(row.order_key).payments.push({ id: row.id, ...refundable(row), isGivingBack: row.is_giving_back });
  for await (const row of rows<RefundRow>(url, REFUNDS)) {
    const { id, payment_id, order_key, refund_key, status, alipay_refund_id } = row;
    books.of(order_key).refunds.push({ id, paymentId: payment_id, key: refund_key, amount: amountOf(row), status, alipayRefundId: alipay_refund_id });
  }
}

function refundable({ status, currency, amount_minor, refunded_minor, refunding_minor, has_attention }: Refundable) {
  const of = (minor: string): Money => amountOf({ currency, amount_minor: minor });
  return { status, amount: of(amount_minor), refunded: of(refunded_minor), refunding: of(refunding_minor), hasAttention: has_attention };
}

function amountOf({ currency, amount_minor }: Amount): Money {
  return money(currency, BigInt(amount_minor));
}
