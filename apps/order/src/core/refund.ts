import { add, subtract, zero, type Money } from '@scantill/kernel';

export const REFUNDS_MAX = 100;

interface AskedRefund {
  /** The caller's own number of it, unique within the order. */
  readonly key: string;
  readonly amount: Money;
  /** What the caller named; null where it wanted all that was left. */
  readonly asked: Money | null;
  readonly reason: string | null;
  readonly requestedAt: Date;
}

/** Money on its way back. Until the gateway says how it ended, its amount is reserved. */
export type Refund = AskedRefund & (
  | { readonly status: 'requested' }
  | { readonly status: 'succeeded'; readonly alipayRefundId: string; readonly refundedAt: Date }
  | { readonly status: 'failed'; readonly problem: string; readonly resultCode: string | null; readonly failedAt: Date }
  | { readonly status: 'reversed'; readonly alipayRefundId: string; readonly refundedAt: Date; readonly reversedAt: Date }
);

export type RefundEvent =
  | { readonly kind: 'RefundRequested'; readonly refund: Refund }
  | { readonly kind: 'RefundSucceeded'; readonly refundKey: string; readonly alipayRefundId: string; readonly refundedAt: Date }
  | { readonly kind: 'RefundFailed'; readonly refundKey: string; readonly problem: string; readonly resultCode: string | null }
  | { readonly kind: 'RefundReversed'; readonly refundKey: string; readonly reversedAt: Date };

/** The refunds after an event about one of them. */
export function evolveRefunds(refunds: readonly Refund[], event: RefundEvent, at: Date): readonly Refund[] {
  if (event.kind === 'RefundRequested') return [...refunds, event.refund];
  return refunds.map((refund) => (refund.key === event.refundKey ? evolveRefund(refund, event, at) : refund));
}

function evolveRefund(refund: Refund, event: Exclude<RefundEvent, { kind: 'RefundRequested' }>, at: Date): Refund {
  const { key, amount, asked, reason, requestedAt } = refund;
  const request = { key, amount, asked, reason, requestedAt };
  switch (event.kind) {
    case 'RefundSucceeded': return { ...request, status: 'succeeded', alipayRefundId: event.alipayRefundId, refundedAt: event.refundedAt };
    case 'RefundFailed': return { ...request, status: 'failed', problem: event.problem, resultCode: event.resultCode, failedAt: at };
    case 'RefundReversed': return refund.status === 'succeeded' ? { ...refund, status: 'reversed', reversedAt: event.reversedAt } : refund;
  }
}

export interface RefundSums {
  readonly refunded: Money;
  /** Reserved: asked for, and not known how it ended. */
  readonly refunding: Money;
  /** What can still be asked for. */
  readonly left: Money;
}

export function refundSums({ amount, refunds }: { readonly amount: Money; readonly refunds: readonly Refund[] }): RefundSums {
  const sum = (status: Refund['status']) => refunds.filter((refund) => refund.status === status).reduce((total, refund) => add(total, refund.amount), zero(amount.currency));
  const refunded = sum('succeeded');
  const refunding = sum('requested');
  return { refunded, refunding, left: subtract(subtract(amount, refunded), refunding) };
}
