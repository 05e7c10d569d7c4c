import { err, ok, sameMoney, type Money, type PaymentId, type Result } from '@scantill/kernel';
import type { Code, ClosedReason, Order, OrderEvent, Paid, PlacedOrder } from './order.js';

/** What may be asked of an order, and what the gateway reports about its payment. */
export type OrderInput =
  | { readonly kind: 'place'; readonly order: PlacedOrder; readonly now: Date }
  | { readonly kind: 'cancel'; readonly reason: string | null }
  | { readonly kind: 'deadline'; readonly now: Date }
  | { readonly kind: 'code-issued'; readonly paymentId: PaymentId; readonly code: Code }
  | { readonly kind: 'payment-delayed' }
  | { readonly kind: 'payment-succeeded'; readonly amount: Money; readonly paid: Paid }
  | { readonly kind: 'payment-failed'; readonly paymentId: PaymentId; readonly resultCode: string; readonly byCustomer: boolean }
  | { readonly kind: 'payment-expired'; readonly paymentId: PaymentId; readonly beforePay: boolean }
  | { readonly kind: 'payment-cancelled'; readonly paymentId: PaymentId }
  | { readonly kind: 'late-success'; readonly paymentId: PaymentId }
  | { readonly kind: 'payment-needs-attention'; readonly reason: string };

export type OrderRejected =
  | { readonly kind: 'OrderNotFound' }
  | { readonly kind: 'OrderConflict' }
  | { readonly kind: 'OrderAlreadyPaid' }
  | { readonly kind: 'OrderAlreadyEnded' };

type Decision = Result<readonly OrderEvent[], OrderRejected>;
const nothing: Decision = ok([]);

/** The whole of what may happen to an order. A terminal state absorbs; what contradicts it goes to a person. */
export function decide(order: Order | undefined, input: OrderInput): Decision {
  if (input.kind === 'place') return place(order, input.order, input.now);
  if (order === undefined) return err({ kind: 'OrderNotFound' });
  switch (input.kind) {
    case 'cancel': return cancel(order, input.reason);
    case 'deadline': return meetDeadline(order, input.now);
    case 'code-issued': return order.status === 'awaiting-code' ? ok([{ kind: 'CodeReady', paymentId: input.paymentId, code: input.code }]) : nothing;
    case 'payment-delayed': return order.status === 'awaiting-code' && !order.isDelayed ? ok([{ kind: 'PaymentDelayed' }]) : nothing;
    case 'payment-succeeded': return succeed(order, input.amount, input.paid);
    case 'payment-failed': return close(order, input.paymentId, input.byCustomer ? 'declined' : 'failed', input.resultCode);
    case 'payment-expired': return input.beforePay ? expireBeforePay(order) : close(order, input.paymentId, 'expired', null);
    case 'payment-cancelled': return close(order, input.paymentId, 'failed', null);
    case 'late-success': return needAttention(order, `late success of payment ${input.paymentId}`);
    case 'payment-needs-attention': return needAttention(order, input.reason);
  }
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
    case 'paid': return err({ kind: 'OrderAlreadyPaid' });
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
    case 'paid': return order.paid.paymentId === paid.paymentId ? nothing : needAttention(order, `a second payment ${paid.paymentId} succeeded`);
    case 'cancelled':
    case 'expired':
    case 'failed': return needAttention(order, `payment ${paid.paymentId} succeeded after the order ended`);
  }
}

function close(order: Order, paymentId: PaymentId, reason: ClosedReason, resultCode: string | null): Decision {
  switch (order.status) {
    case 'awaiting-code': return ok([{ kind: 'CodeClosed', paymentId, reason, resultCode }]);
    case 'awaiting-payment': {
      const isCurrent = order.collection.kind === 'live' && order.collection.paymentId === paymentId;
      return isCurrent ? ok([{ kind: 'CodeClosed', paymentId, reason, resultCode }]) : nothing;
    }
    case 'cancelling': return ok([order.byDeadline ? { kind: 'OrderExpired', reason: 'deadline' } : { kind: 'OrderCancelled', reason: order.reason }]);
    case 'paid':
    case 'cancelled':
    case 'expired':
    case 'failed': return nothing;
  }
}

function expireBeforePay(order: Order): Decision {
  if (order.status === 'awaiting-code') return ok([{ kind: 'OrderExpired', reason: 'not-valid-any-more' }]);
  if (order.status === 'cancelling') return ok([order.byDeadline ? { kind: 'OrderExpired', reason: 'deadline' } : { kind: 'OrderCancelled', reason: order.reason }]);
  return nothing;
}

function needAttention(order: Order, reason: string): Decision {
  return order.attention === reason ? nothing : ok([{ kind: 'AttentionNeeded', reason }]);
}
