import { fromMoney, type TimelineEntry } from '@scantill/contracts';
import { attemptsOf, type Attempt } from '../core/attempt.js';
import { isPaid, type Order } from '../core/order.js';
import type { Refund } from '../core/refund.js';

type Entry = readonly [at: Date, kind: string, detail: Record<string, unknown>];

/** Our part of an order's time line, oldest first: what its row still knows. */
export function toOwnTimeline(order: Order): TimelineEntry[] {
  const { placedAt, storeId, tillId, amount, description } = order;
  const entries: Entry[] = [
    [placedAt, 'order.placed', { storeId, tillId, amount: fromMoney(amount), description }],
    ...attemptsOf(order).map((attempt) => ofAttempt(order, attempt)),
    ...ofAcknowledgement(order),
    ...order.refunds.flatMap(ofRefund),
    ...end(order),
  ];
  return entries.sort(([a], [b]) => a.getTime() - b.getTime()).map(([at, kind, detail]) => ({ at: at.toISOString(), service: 'order', kind, detail }));
}

function ofAttempt(order: Order, { paymentId, status, resultCode, at }: Attempt): Entry {
  if (isPaid(order) && status === 'paid') return [at, 'order.paid', { paymentId, alipayPaymentId: order.paid.alipayPaymentId, wallet: order.paid.wallet }];
  if (status === 'code-issued') return [at, 'order.code-ready', { paymentId }];
  return [at, 'order.code-closed', { paymentId, reason: status, resultCode }];
}

function ofAcknowledgement({ acknowledged }: Order): Entry[] {
  return acknowledged === null ? [] : [[acknowledged.at, 'order.acknowledged', { by: acknowledged.by }]];
}

function ofRefund(refund: Refund): Entry[] {
  const { key: refundKey, amount, reason, requestedAt } = refund;
  const about = { refundKey, amount: fromMoney(amount) };
  const requested: Entry = [requestedAt, 'order.refund-requested', { ...about, reason }];
  switch (refund.status) {
    case 'requested': return [requested];
    case 'failed': return [requested, [refund.failedAt, 'order.refund-failed', { ...about, problem: refund.problem, resultCode: refund.resultCode }]];
    case 'succeeded': return [requested, refunded(refund, about)];
    case 'reversed': return [requested, refunded(refund, about), [refund.reversedAt, 'order.refund-reversed', about]];
  }
}

function refunded({ alipayRefundId, refundedAt }: Extract<Refund, { refundedAt: Date }>, about: Record<string, unknown>): Entry {
  return [refundedAt, 'order.refunded', { ...about, alipayRefundId }];
}

function end(order: Order): Entry[] {
  switch (order.status) {
    case 'cancelling': return [[order.since, 'order.cancel-requested', { reason: order.reason, deadline: order.byDeadline }]];
    case 'cancelled':
    case 'expired': return [[order.since, `order.${order.status}`, { reason: order.reason }]];
    case 'failed': return [[order.since, 'order.failed', { resultCode: order.resultCode }]];
    default: return [];
  }
}
