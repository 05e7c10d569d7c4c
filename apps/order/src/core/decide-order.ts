import { err, ok, sameMoney, type Money, type PaymentId, type Result } from '@scantill/kernel';
import { isOver } from './attempt.js';
import { decideRefund, type RefundInput, type RefundRejected } from './decide-refund.js';
import { needAttention } from './need-attention.js';
import type { Code, ClosedReason, Order, OrderEvent, Paid, PlacedOrder } from './order.js';

/** What may be asked of an order, and what the gateway reports about its payment. */
export type OrderInput =
  | { readonly kind: 'place'; readonly order: PlacedOrder; readonly now: Date }
  /** `storeId`: which store says so, where that is not known to be the order's own. */
  | { readonly kind: 'cancel'; readonly reason: string | null; readonly storeId?: string }
  | { readonly kind: 'deadline'; readonly now: Date }
  /** Without seconds the new code lives as long as the order's first. */
  | { readonly kind: 'request-code'; readonly codeSeconds: number | null; readonly now: Date }
  | { readonly kind: 'code-issued'; readonly paymentId: PaymentId; readonly code: Code }
  | { readonly kind: 'payment-delayed'; readonly paymentId: PaymentId }
  | { readonly kind: 'payment-succeeded'; readonly amount: Money; readonly paid: Paid }
  | { readonly kind: 'payment-failed'; readonly paymentId: PaymentId; readonly resultCode: string; readonly byCustomer: boolean }
  | { readonly kind: 'payment-expired'; readonly paymentId: PaymentId; readonly beforePay: boolean }
  | { readonly kind: 'payment-cancelled'; readonly paymentId: PaymentId }
  | { readonly kind: 'late-success'; readonly paymentId: PaymentId }
  | { readonly kind: 'payment-needs-attention'; readonly reason: string }
  | RefundInput;

export type OrderRejected =
  | { readonly kind: 'OrderNotFound' }
  | { readonly kind: 'OrderConflict' }
  | { readonly kind: 'OrderAlreadyPaid' }
  | { readonly kind: 'OrderAlreadyEnded' }
  | { readonly kind: 'CodeLive' }
  | RefundRejected;

type Decision = Result<readonly OrderEvent[], OrderRejected>;
const nothing: Decision = ok([]);

/** The whole of what may happen to an order. A terminal state absorbs; what contradicts it goes to a person. */
export function decide(order: Order | undefined, input: OrderInput): Decision {
  if (input.kind === 'place') return place(order, input.order, input.now);
  if (order === undefined) return err({ kind: 'OrderNotFound' });
  switch (input.kind) {
    case 'cancel': return input.storeId === undefined || input.storeId === order.storeId ? cancel(order, input.reason) : err({ kind: 'OrderNotFound' });
    case 'deadline': return meetDeadline(order, input.now);
    case 'request-code': return requestCode(order, input.codeSeconds, input.now);
    case 'code-issued': return isAwaiting(order, input.paymentId) ? ok([{ kind: 'CodeReady', paymentId: input.paymentId, code: input.code }]) : nothing;
    case 'payment-delayed': return isAwaiting(order, input.paymentId) && !order.isDelayed ? ok([{ kind: 'PaymentDelayed' }]) : nothing;
    case 'payment-succeeded': return succeed(order, input.amount, input.paid);
    case 'payment-failed': return close(order, input.paymentId, input.byCustomer ? 'declined' : 'failed', input.resultCode);
    case 'payment-expired': return input.beforePay ? expireBeforePay(order, input.paymentId) : close(order, input.paymentId, 'expired', null);
    case 'payment-cancelled': return close(order, input.paymentId, 'failed', null);
    // The gateway gives it back by itself; where it cannot, it says that a person has to look.
    case 'late-success': return nothing;
    case 'payment-needs-attention': return needAttention(order, input.reason);
    case 'request-refund':
    case 'refund-succeeded':
    case 'refund-failed':
    case 'refund-reversed': return decideRefund(order, input);
  }
}

/** Whether this payment's code is the one that is waited for: an earlier payment's late report is not about it. */
function isAwaiting(order: Order, paymentId: PaymentId): order is Extract<Order, { status: 'awaiting-code' }> {
  return order.status === 'awaiting-code' && !isOver(order, paymentId);
}

function place(existing: Order | undefined, order: PlacedOrder, now: Date): Decision {
  if (existing !== undefined) return existing.contentHash === order.contentHash ? nothing : err({ kind: 'OrderConflict' });
  // Met later than this, the customer has gone: no code is made that somebody else could find on the screen.
  return ok([{ kind: now > order.validUntil ? 'OrderMetTooLate' : 'OrderPlaced', order }]);
}

function cancel(order: Order, reason: string | null): Decision {
  switch (order.status) {
    case 'awaiting-code': return ok([{ kind: 'CancelRequested', reason, byDeadline: false }]);
    case 'awaiting-payment': {
      if (order.collection.kind === 'closed') return ok([{ kind: 'OrderCancelled', reason }]);
      return ok([{ kind: 'CancelRequested', reason, byDeadline: false }]);
    }
    case 'cancelling':
    case 'cancelled': return nothing;
    case 'paid':
    case 'partly-refunded':
    case 'refunded': return err({ kind: 'OrderAlreadyPaid' });
    case 'expired':
    case 'failed': return err({ kind: 'OrderAlreadyEnded' });
  }
}

/** One live payment per order: only once the last one is closed at Alipay can another be made. */
function requestCode(order: Order, codeSeconds: number | null, now: Date): Decision {
  switch (order.status) {
    case 'awaiting-code': return nothing;
    case 'awaiting-payment': {
      if (order.collection.kind === 'live') return err({ kind: 'CodeLive' });
      if (now >= order.deadlineAt) return err({ kind: 'OrderAlreadyEnded' });
      return ok([{ kind: 'NewCodeRequested', codeSeconds: codeSeconds ?? order.codeSeconds }]);
    }
    case 'paid':
    case 'partly-refunded':
    case 'refunded': return err({ kind: 'OrderAlreadyPaid' });
    case 'cancelling':
    case 'cancelled':
    case 'expired':
    case 'failed': return err({ kind: 'OrderAlreadyEnded' });
  }
}

function meetDeadline(order: Order, now: Date): Decision {
  if (now < order.deadlineAt) return nothing;
  if (order.status === 'awaiting-code') return ok([{ kind: 'CancelRequested', reason: null, byDeadline: true }]);
  if (order.status !== 'awaiting-payment') return nothing;
  const { collection } = order;
  if (collection.kind === 'live') return ok([{ kind: 'CancelRequested', reason: null, byDeadline: true }]);
  return ok([collection.reason === 'failed' ? { kind: 'OrderFailed', resultCode: collection.resultCode ?? 'CANCELLED' } : { kind: 'OrderExpired', reason: 'deadline' }]);
}

function succeed(order: Order, amount: Money, paid: Paid): Decision {
  if (!sameMoney(amount, order.amount)) return needAttention(order, `payment ${paid.paymentId} reports another amount`);
  // Taken as ours, an earlier payment's money would leave the newer one to be paid as well.
  if (isOver(order, paid.paymentId) && (order.status === 'awaiting-code' || order.status === 'cancelling')) return needAttention(order, `payment ${paid.paymentId} succeeded after its code was closed`);
  switch (order.status) {
    case 'awaiting-code': return ok([{ kind: 'OrderPaid', paid }]);
    case 'awaiting-payment': {
      // Another payment's money, while a code can still be paid: taken as ours, it would invite the customer to pay twice.
      const isAnother = order.collection.kind === 'live' && order.collection.paymentId !== paid.paymentId;
      return isAnother ? needAttention(order, `payment ${paid.paymentId} succeeded, but another one's code is shown`) : ok([{ kind: 'OrderPaid', paid }]);
    }
    case 'cancelling': {
      // The gateway saw the money before it sent a cancel; the till learns that its cancel did not happen.
      const refused: OrderEvent[] = order.byDeadline ? [] : [{ kind: 'CancelRefused', problem: 'order.already-paid' }];
      return ok([{ kind: 'OrderPaid', paid }, ...refused]);
    }
    case 'paid':
    case 'partly-refunded':
    case 'refunded': return order.paid.paymentId === paid.paymentId ? nothing : needAttention(order, `a second payment ${paid.paymentId} succeeded`);
    case 'cancelled':
    case 'expired':
    case 'failed': return needAttention(order, `payment ${paid.paymentId} succeeded after the order ended`);
  }
}

function close(order: Order, paymentId: PaymentId, reason: ClosedReason, resultCode: string | null): Decision {
  switch (order.status) {
    case 'awaiting-code': return isOver(order, paymentId) ? nothing : ok([{ kind: 'CodeClosed', paymentId, reason, resultCode }]);
    case 'awaiting-payment': {
      const isCurrent = order.collection.kind === 'live' && order.collection.paymentId === paymentId;
      return isCurrent ? ok([{ kind: 'CodeClosed', paymentId, reason, resultCode }]) : nothing;
    }
    case 'cancelling': return endCancelling(order, paymentId);
    case 'paid':
    case 'partly-refunded':
    case 'refunded':
    case 'cancelled':
    case 'expired':
    case 'failed': return nothing;
  }
}

function expireBeforePay(order: Order, paymentId: PaymentId): Decision {
  if (isAwaiting(order, paymentId)) return ok([{ kind: 'OrderExpired', reason: 'not-valid-any-more' }]);
  return order.status === 'cancelling' ? endCancelling(order, paymentId) : nothing;
}

function endCancelling(order: Extract<Order, { status: 'cancelling' }>, paymentId: PaymentId): Decision {
  if (isOver(order, paymentId)) return nothing;
  return ok([order.byDeadline ? { kind: 'OrderExpired', reason: 'deadline' } : { kind: 'OrderCancelled', reason: order.reason }]);
}
