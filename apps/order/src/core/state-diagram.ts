import type { OrderStatus } from './order.js';

/** Every way from one state to another; the specification walks the decisions and finds exactly these. */
export const transitions: readonly (readonly [from: OrderStatus | '(none)', to: OrderStatus, by: string])[] = [
  ['(none)', 'awaiting-code', 'place'],
  ['(none)', 'expired', 'place'],
  ['awaiting-code', 'awaiting-payment', 'code-issued'],
  ['awaiting-code', 'awaiting-payment', 'payment-failed'],
  ['awaiting-code', 'awaiting-payment', 'payment-expired'],
  ['awaiting-code', 'awaiting-payment', 'payment-cancelled'],
  ['awaiting-code', 'paid', 'payment-succeeded'],
  ['awaiting-code', 'cancelling', 'cancel'],
  ['awaiting-code', 'cancelling', 'deadline'],
  ['awaiting-code', 'expired', 'payment-expired'],
  ['awaiting-payment', 'awaiting-code', 'request-code'],
  ['awaiting-payment', 'paid', 'payment-succeeded'],
  ['awaiting-payment', 'cancelling', 'cancel'],
  ['awaiting-payment', 'cancelling', 'deadline'],
  ['awaiting-payment', 'cancelled', 'cancel'],
  ['awaiting-payment', 'expired', 'deadline'],
  ['awaiting-payment', 'failed', 'deadline'],
  ['cancelling', 'paid', 'payment-succeeded'],
  ['cancelling', 'cancelled', 'payment-failed'],
  ['cancelling', 'cancelled', 'payment-expired'],
  ['cancelling', 'cancelled', 'payment-cancelled'],
  ['cancelling', 'expired', 'payment-failed'],
  ['cancelling', 'expired', 'payment-expired'],
  ['cancelling', 'expired', 'payment-cancelled'],
  ['paid', 'partly-refunded', 'refund-succeeded'],
  ['paid', 'refunded', 'refund-succeeded'],
  ['partly-refunded', 'refunded', 'refund-succeeded'],
  ['partly-refunded', 'paid', 'refund-reversed'],
  ['refunded', 'partly-refunded', 'refund-reversed'],
  ['refunded', 'paid', 'refund-reversed'],
];

/** Mermaid source, as the README shows it. */
export function stateDiagram(): string {
  const arrows = new Map<string, string[]>();
  for (const [from, to, by] of transitions) {
    const arrow = `${from === '(none)' ? '[*]' : name(from)} --> ${name(to)}`;
    arrows.set(arrow, [...(arrows.get(arrow) ?? []), by]);
  }
  return ['stateDiagram-v2', ...[...arrows].map(([arrow, by]) => `    ${arrow}: ${by.join(', ')}`)].join('\n');
}

function name(status: OrderStatus): string {
  return status.replaceAll('-', '_');
}
