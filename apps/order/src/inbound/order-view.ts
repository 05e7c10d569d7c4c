import { fromMoney, type OrderView, type RefundView } from '@scantill/contracts';
import { attemptsOf } from '../core/attempt.js';
import { nextAction } from '../core/next-action.js';
import { isPaid, type Order } from '../core/order.js';
import { refundSums, type Refund } from '../core/refund.js';

/** How a till sees its order. */
export function toOrderView(order: Order): OrderView {
  const collection = order.status === 'awaiting-payment' ? order.collection : undefined;
  const code = collection?.kind === 'live' ? { text: collection.code.text, expiresAt: collection.code.expiresAt.toISOString() } : null;
  const paid = isPaid(order) ? order.paid : undefined;
  const sums = isPaid(order) ? refundSums(order) : undefined;
  return {
    chainId: order.chainId,
    orderId: order.orderId,
    storeId: order.storeId,
    tillId: order.tillId,
    status: order.status,
    nextAction: nextAction(order),
    amount: fromMoney(order.amount),
    description: order.description,
    code,
    codeStatus: codeStatus(order),
    payment: paid === undefined ? null : { alipayPaymentId: paid.alipayPaymentId, wallet: paid.wallet, paidAt: paid.paidAt.toISOString() },
    payments: attemptsOf(order).map(({ paymentId, status, resultCode }) => ({ paymentId, status, resultCode })),
    refunds: order.refunds.map(toRefundView),
    refunded: sums === undefined ? null : fromMoney(sums.refunded),
    left: sums === undefined ? null : fromMoney(sums.left),
    problem: order.status === 'awaiting-code' && order.isDelayed ? 'alipay.unavailable' : null,
    placedAt: order.placedAt.toISOString(),
    deadlineAt: order.deadlineAt.toISOString(),
    endReason: endReason(order),
  };
}

export function toRefundView(refund: Refund): RefundView {
  const { key: refundKey, status, amount, reason, requestedAt } = refund;
  const gaveBack = refund.status === 'succeeded' || refund.status === 'reversed' ? refund : undefined;
  const failed = refund.status === 'failed' ? refund : undefined;
  return {
    refundKey, status, reason,
    amount: fromMoney(amount),
    problem: failed?.problem ?? null,
    resultCode: failed?.resultCode ?? null,
    alipayRefundId: gaveBack?.alipayRefundId ?? null,
    requestedAt: requestedAt.toISOString(),
    refundedAt: gaveBack?.refundedAt.toISOString() ?? null,
  };
}

function codeStatus(order: Order): OrderView['codeStatus'] {
  if (order.status === 'awaiting-code') return order.isDelayed ? 'delayed' : 'pending';
  return order.status === 'awaiting-payment' && order.collection.kind === 'live' ? 'ready' : 'closed';
}

function endReason(order: Order): string | null {
  switch (order.status) {
    case 'cancelled':
    case 'expired': return order.reason;
    case 'failed': return order.resultCode;
    case 'awaiting-payment': return order.collection.kind === 'closed' ? order.collection.reason : null;
    default: return null;
  }
}
