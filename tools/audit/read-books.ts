import type { DatabaseUrls } from '../stack/databases.ts';
import { Books, type LedgerEntry } from './books.ts';
import { rows } from './rows.ts';

/** Where the five books are. */
export interface AuditTarget {
  readonly simulatorUrl: string;
  readonly databaseUrls: DatabaseUrls;
  readonly brokers: readonly string[];
}

interface LedgerPage {
  readonly payments: readonly {
    readonly referenceOrderId: string | null;
    readonly paymentRequestId: string;
    readonly amount: { readonly currency: string; readonly value: string };
    readonly status: LedgerEntry['status'];
    readonly refunded: string;
  }[];
  readonly next: number | null;
}

interface OrderRow {
  readonly key: string;
  readonly status: string;
  readonly amount: string;
  readonly has_attention: boolean;
  readonly deadline_at: Date;
}

interface PaymentRow {
  readonly id: string;
  readonly order_key: string;
  readonly status: string;
  readonly amount: string;
  readonly has_attention: boolean;
}

interface ToldRow {
  readonly order_key: string;
  readonly type: string;
  readonly times: number;
}

interface ExpectationRow {
  readonly order_key: string;
  readonly payment_id: string;
  readonly amount: string;
}

const LEDGER_PAGE = 5_000;
const LEDGER_TIMEOUT_MS = 30_000;

const ORDERS = `select key, status, currency || ' ' || amount_minor as amount, attention is not null as has_attention, deadline_at from orders`;
const PAYMENTS = `select id, order_key, status, currency || ' ' || amount_minor as amount, attention is not null as has_attention from payments`;
const TOLD = `select chain_id || ':' || order_id as order_key, type, count(*)::int as times from store_events
  where type in ('order.paid', 'order.expired', 'order.cancelled', 'order.failed') group by chain_id, order_id, type`;
const EXPECTATIONS = `select order_key, payment_id, currency || ' ' || amount_minor as amount from expectations where type = 'PAYMENT'`;

/** Reads all five books into one map; some 1 KB per order. */
export async function readBooks({ simulatorUrl, databaseUrls }: AuditTarget): Promise<Books> {
  const books = new Books();
  for await (const { key, status, amount, has_attention, deadline_at } of rows<OrderRow>(databaseUrls.order, ORDERS)) {
    books.of(key).order = { status, amount, hasAttention: has_attention, deadlineAtMs: deadline_at.getTime() };
  }
  for await (const { id, order_key, status, amount, has_attention } of rows<PaymentRow>(databaseUrls['payment-gateway'], PAYMENTS)) {
    books.of(order_key).payments.push({ id, status, amount, hasAttention: has_attention });
  }
  for await (const { order_key, type, times } of rows<ToldRow>(databaseUrls.notification, TOLD)) books.of(order_key).told.set(type, times);
  for await (const { order_key, payment_id, amount } of rows<ExpectationRow>(databaseUrls.reconciliation, EXPECTATIONS)) {
    books.of(order_key).expectations.push({ paymentId: payment_id, amount });
  }
  await readLedger(simulatorUrl, books);
  return books;
}

async function readLedger(simulatorUrl: string, books: Books): Promise<void> {
  for (let cursor: number | null = 0; cursor !== null; ) {
    const response = await fetch(`${simulatorUrl}/control/ledger?cursor=${cursor}&limit=${LEDGER_PAGE}`, { signal: AbortSignal.timeout(LEDGER_TIMEOUT_MS) });
    if (!response.ok) throw new Error(`the simulator's ledger answered ${response.status}`);
    const page = (await response.json()) as LedgerPage;
    for (const { referenceOrderId, paymentRequestId, amount, status, refunded } of page.payments) {
      books.of(orderKeyOf(referenceOrderId)).ledger.push({
        paymentId: paymentRequestId,
        status,
        amount: `${amount.currency} ${amount.value}`,
        isHeld: status === 'SUCCESS' && BigInt(refunded) < BigInt(amount.value),
      });
    }
    cursor = page.next;
  }
}

/** At Alipay an order is `<chain>_<order id>`; a chain has no underscore in it, so the first one divides. */
function orderKeyOf(referenceOrderId: string | null): string {
  return (referenceOrderId ?? '(no order)').replace('_', ':');
}
