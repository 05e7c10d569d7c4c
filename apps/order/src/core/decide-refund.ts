import { compare, err, ok, sameMoney, type Money, type Result } from '@scantill/kernel';
import { needAttention } from './need-attention.js';
import { isPaid, type Order, type OrderEvent } from './order.js';
import { REFUNDS_MAX, refundSums, type Refund } from './refund.js';

interface RefundReport {
  /** Null for money that nobody asked for: the gateway gives it back by itself, and it was never part of the order. */
  readonly refundKey: string | null;
  readonly amount: Money;
}

/** What may be asked of an order's money, and what the gateway reports about it. */
export type RefundInput =
  | {
    readonly kind: 'request-refund'; readonly refundKey: string; readonly reason: string | null; readonly now: Date;
    /** Null: all that is left. */
    readonly amount: Money | null;
    /** Whose orders the caller may refund; null: any store's. */
    readonly storeId: string | null;
  }
  | RefundReport & { readonly kind: 'refund-succeeded'; readonly alipayRefundId: string; readonly refundedAt: Date }
  | RefundReport & { readonly kind: 'refund-failed'; readonly problem: string; readonly resultCode: string | null }
  | RefundReport & { readonly kind: 'refund-reversed'; readonly reversedAt: Date };

export type RefundRejected =
  | { readonly kind: 'OrderNotFound' }
  | { readonly kind: 'OrderNotPaid' }
  | { readonly kind: 'RefundExceedsPaid' }
  | { readonly kind: 'RefundCurrencyDiffers' }
  | { readonly kind: 'TooManyRefunds' }
  | { readonly kind: 'IdempotencyConflict' };

type RefundAsked = Extract<RefundInput, { kind: 'request-refund' }>;
type Decision = Result<readonly OrderEvent[], RefundRejected>;
const nothing: Decision = ok([]);

/** Money goes back only once per key, and never more of it than was paid: what is under way counts as gone. */
export function decideRefund(order: Order, input: RefundInput): Decision {
  if (input.kind === 'request-refund') return request(order, input);
  if (input.refundKey === null) return nothing;
  const refund = order.refunds.find(({ key }) => key === input.refundKey);
  if (refund === undefined) return contradicted(order, input, 'nobody asked for it');
  if (!sameMoney(input.amount, refund.amount)) return contradicted(order, input, 'it has another amount');
  switch (input.kind) {
    case 'refund-succeeded': return succeed(order, refund, input);
    case 'refund-failed': return fail(order, refund, input);
    case 'refund-reversed': return reverse(order, refund, input);
  }
}

function request(order: Order, { refundKey, amount, reason, now, storeId }: RefundAsked): Decision {
  if (storeId !== null && storeId !== order.storeId) return err({ kind: 'OrderNotFound' });
  const known = order.refunds.find(({ key }) => key === refundKey);
  if (known !== undefined) return isSame(known, amount, reason) ? nothing : err({ kind: 'IdempotencyConflict' });
  if (!isPaid(order)) return err({ kind: 'OrderNotPaid' });
  if (amount !== null && amount.currency !== order.amount.currency) return err({ kind: 'RefundCurrencyDiffers' });
  if (order.refunds.length >= REFUNDS_MAX) return err({ kind: 'TooManyRefunds' });
  const { left } = refundSums(order);
  const wanted = amount ?? left;
  if (wanted.minor === 0n || compare(wanted, left) > 0) return err({ kind: 'RefundExceedsPaid' });
  return ok([{ kind: 'RefundRequested', refund: { key: refundKey, amount: wanted, asked: amount, reason, requestedAt: now, status: 'requested' } }]);
}

/** As it was asked: "all that is left" is the same request however much is left by now. */
function isSame({ asked, reason }: Refund, amount: Money | null, otherReason: string | null): boolean {
  const isSameAmount = asked === null || amount === null ? asked === amount : sameMoney(asked, amount);
  return isSameAmount && reason === otherReason;
}

function succeed(order: Order, refund: Refund, input: Extract<RefundInput, { kind: 'refund-succeeded' }>): Decision {
  const { alipayRefundId, refundedAt } = input;
  const succeeded: OrderEvent = { kind: 'RefundSucceeded', refundKey: refund.key, alipayRefundId, refundedAt };
  switch (refund.status) {
    case 'requested': return ok([succeeded]);
    case 'failed': {
      // Its reserve was given up, and another refund may have taken it: more than was paid is never counted.
      if (compare(refund.amount, refundSums(order).left) > 0) return contradicted(order, input, 'it had failed, and there is not as much left');
      return ok([succeeded, { kind: 'AttentionNeeded', reason: contradiction(input, 'it had failed') }]);
    }
    case 'succeeded':
    case 'reversed': return nothing;
  }
}

function fail(order: Order, refund: Refund, input: Extract<RefundInput, { kind: 'refund-failed' }>): Decision {
  switch (refund.status) {
    case 'requested': return ok([{ kind: 'RefundFailed', refundKey: refund.key, problem: input.problem, resultCode: input.resultCode }]);
    case 'failed': return nothing;
    case 'succeeded':
    case 'reversed': return contradicted(order, input, 'it had succeeded');
  }
}

function reverse(order: Order, refund: Refund, input: Extract<RefundInput, { kind: 'refund-reversed' }>): Decision {
  switch (refund.status) {
    case 'succeeded': return ok([
      { kind: 'RefundReversed', refundKey: refund.key, reversedAt: input.reversedAt },
      { kind: 'AttentionNeeded', reason: `refund ${refund.key} bounced: the customer did not get the money` },
    ]);
    case 'reversed': return nothing;
    case 'requested':
    case 'failed': return contradicted(order, input, 'it had not succeeded');
  }
}

type Report = Exclude<RefundInput, RefundAsked>;

function contradicted(order: Order, report: Report, why: string): Decision {
  return needAttention(order, contradiction(report, why));
}

function contradiction({ kind, refundKey }: Report, why: string): string {
  return `${kind} was reported of refund ${refundKey}, but ${why}`;
}
