import { isPaid, type Order, type PaidOrder } from './order.js';

export type NextAction = 'show-code' | 'wait' | 'hand-over-goods' | 'do-not-hand-over' | 'call-operator';

/** What the person at the till does now. Where a person has to look, goods stay until somebody has, unless they are paid for. */
export function nextAction(order: Order): NextAction {
  if (isPaid(order)) return nextActionOfPaid(order);
  if (order.attention !== null) return 'call-operator';
  switch (order.status) {
    case 'awaiting-code':
    case 'cancelling': return 'wait';
    case 'awaiting-payment': return order.collection.kind === 'live' ? 'show-code' : 'do-not-hand-over';
    case 'cancelled':
    case 'expired':
    case 'failed': return 'do-not-hand-over';
  }
}

/** A refund that bounced leaves the chain owing money that the customer believes to be on its way. */
function nextActionOfPaid(order: PaidOrder): NextAction {
  if (order.status === 'refunded') return 'do-not-hand-over';
  return order.refunds.some(({ status }) => status === 'reversed') ? 'call-operator' : 'hand-over-goods';
}
