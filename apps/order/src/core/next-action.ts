import type { Order } from './order.js';

export type NextAction = 'show-code' | 'wait' | 'hand-over-goods' | 'do-not-hand-over' | 'call-operator';

/** What the person at the till does now. Where a person has to look, goods stay until somebody has, unless they are paid for. */
export function nextAction(order: Order): NextAction {
  if (order.status === 'paid') return 'hand-over-goods';
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
