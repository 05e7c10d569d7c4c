import { money, type Money } from '@scantill/kernel';
import { emptyBooks, type LedgerEntry, type OrderBooks, type PaymentEntry, type RefundEntry } from './books.ts';

export const usd = (minor: number): Money => money('USD', BigInt(minor));

/** Long after the deadline of the sample. */
export const SETTLED = { nowMs: 10_000_000, isSettled: true };

export const payment: PaymentEntry = { id: 'P1', status: 'succeeded', amount: usd(1_000), refunded: usd(0), refunding: usd(0), hasAttention: false, isGivingBack: false };
export const listed: LedgerEntry = { paymentId: 'P1', status: 'SUCCESS', amount: usd(1_000), wasPaid: true, issuedAtMs: 1_000, closedAtMs: 2_000, refunds: [] };
export const giveBack: RefundEntry = { id: 'G1', paymentId: 'P1', key: null, amount: usd(1_000), status: 'succeeded', alipayRefundId: 'AG1' };

/** An order that is paid, and of which all five books say so. */
export function sold(): OrderBooks {
  return {
    ...emptyBooks(),
    order: { status: 'paid', amount: usd(1_000), refunded: usd(0), refunding: usd(0), hasAttention: false, deadlineAtMs: 5_000 },
    payments: [payment],
    ledger: [listed],
    told: [{ type: 'order.paid', refundKey: null, times: 1, contents: 1, amount: usd(1_000) }],
    expectations: [{ type: 'PAYMENT', paymentId: 'P1', requestId: 'P1', amount: usd(1_000) }],
  };
}

/** Of its 1,000, 300 were given back, and 200 were refused. */
export function refunded(): OrderBooks {
  const books = sold();
  const told = { refundKey: 'a', times: 1, contents: 1, amount: usd(300) };
  return {
    ...books,
    order: { ...books.order!, status: 'partly-refunded', refunded: usd(300) },
    orderRefunds: [{ key: 'a', amount: usd(300), status: 'succeeded', alipayRefundId: 'AR1' }, { key: 'b', amount: usd(200), status: 'failed', alipayRefundId: null }],
    payments: [{ ...payment, refunded: usd(300) }],
    refunds: [
      { id: 'R1', paymentId: 'P1', key: 'a', amount: usd(300), status: 'succeeded', alipayRefundId: 'AR1' },
      { id: 'R2', paymentId: 'P1', key: 'b', amount: usd(200), status: 'failed', alipayRefundId: null },
    ],
    ledger: [{ ...listed, refunds: [{ id: 'R1', alipayRefundId: 'AR1', amount: usd(300), status: 'SUCCESS' }] }],
    told: [...books.told, { type: 'order.refunded', ...told }, { type: 'order.refund-failed', ...told, refundKey: 'b', amount: usd(200) }],
    expectations: [...books.expectations, { type: 'REFUND', paymentId: 'P1', requestId: 'R1', amount: usd(-300) }],
  };
}

/** The refund of 300 bounced: Alipay's ledger knows nothing of that. */
export function bounced(): OrderBooks {
  const books = refunded();
  return {
    ...books,
    order: { ...books.order!, status: 'paid', refunded: usd(0), hasAttention: true },
    orderRefunds: books.orderRefunds.map((refund) => (refund.key === 'a' ? { ...refund, status: 'reversed' } : refund)),
    payments: [{ ...payment, hasAttention: true }],
    refunds: books.refunds.map((refund) => (refund.key === 'a' ? { ...refund, status: 'reversed' } : refund)),
    told: [...books.told, { type: 'order.refund-reversed', refundKey: 'a', times: 1, contents: 1, amount: usd(300) }],
    expectations: [...books.expectations, { type: 'REFUND_REVERSAL', paymentId: 'P1', requestId: 'R1', amount: usd(300) }],
  };
}

/** The order expired; then somebody paid, and got the money back by a refund that nobody asked for. */
export function lateAndGivenBack(): OrderBooks {
  const books = sold();
  return {
    ...books,
    order: { ...books.order!, status: 'expired' },
    payments: [{ ...payment, status: 'expired' }],
    refunds: [giveBack],
    ledger: [{ ...listed, refunds: [{ id: 'G1', alipayRefundId: 'AG1', amount: usd(1_000), status: 'SUCCESS' }] }],
    told: [{ type: 'order.expired', refundKey: null, times: 1, contents: 1, amount: null }],
    expectations: [...books.expectations, { type: 'REFUND', paymentId: 'P1', requestId: 'G1', amount: usd(-1_000) }],
  };
}

/** The same, and a person has to decide. */
export function lateAndWaiting(): OrderBooks {
  const books = lateAndGivenBack();
  return { ...books, payments: [{ ...payment, status: 'expired', hasAttention: true }], refunds: [], ledger: [listed], expectations: sold().expectations };
}
