import { fromMoney, type OrderView } from '@scantill/contracts';
import { nextAction } from '../core/next-action.js';
import type { Order } from '../core/order.js';

/** How a till sees its order. */
export function toOrderView(order: Order): OrderView {
  const collection = order.status === 'awaiting-payment' ? order.collection : undefined;
  const code = collection?.kind === 'live' ? { text: collection.code.text, expiresAt: collection.code.expiresAt.toISOString() } : null;
  const paid = order.status === 'paid' ? order.paid : undefined;
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
    placedAt: order.placedAt.toISOString(),
    deadlineAt: order.deadlineAt.toISOString(),
    endReason: endReason(order),
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
