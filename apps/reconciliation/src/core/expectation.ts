import { businessDate, negate, type Money, type OrderKey, type PaymentId, type RefundId } from '@scantill/kernel';

/**
 * PAYMENT, REFUND: Alipay lists it once. CANCELLED: it lists nothing, or PAYMENT and CANCEL that come to nothing, because
 * whether somebody had paid before the cancel is known for certain only to Alipay. REFUND_REVERSAL: a refund bounced; transaction
 * files need not list that.
 */
export type ExpectationType = 'PAYMENT' | 'CANCELLED' | 'REFUND' | 'REFUND_REVERSAL';

/**
 * What we know it from. `reported`: Alipay names an amount that is not ours, and a person has to decide. `give-back`: money that
 * nobody had asked for, or no longer, went back by a cancel or by a refund of ours.
 */
export type Basis = 'success' | 'late-success' | 'reported' | 'closed' | 'give-back' | 'refund' | 'reversal';

interface Payment {
  readonly paymentId: PaymentId;
  readonly orderKey: OrderKey;
  readonly chainId: string;
  readonly storeId: string;
  readonly accountId: string;
  /** The event that says so. */
  readonly eventId: string;
}

/** What we believe Alipay will list, recorded the moment a payment, a refund or a cancel is known. */
export interface Expectation extends Payment {
  readonly type: ExpectationType;
  /** Our request: the payment itself, or the refund. */
  readonly requestId: PaymentId | RefundId;
  /** Signed as in the file: a refund is negative. Null only for CANCELLED. */
  readonly amount: Money | null;
  /** Alipay's id of the payment, or of the refund. */
  readonly alipayId: string | null;
  /** When the money moved, by Alipay's clock. */
  readonly paidAt: Date | null;
  /** In UTC+8, by the time at which the money moved where it is known. */
  readonly businessDate: string;
  readonly basis: Basis;
}

/** What happened to a payment, as far as it tells what Alipay will list. */
export type PaymentFact = Payment & { readonly at: Date } & (
  | { readonly kind: 'paid'; readonly isLate: boolean; readonly amount: Money; readonly alipayPaymentId: string; readonly paidAt: Date }
  /** `wasSent`: Alipay was asked for a code, so that somebody may have paid it. `gaveBack`: somebody had, and the cancel undid it. */
  | { readonly kind: 'closed'; readonly wasSent: boolean; readonly gaveBack: boolean }
  | { readonly kind: 'attention-needed'; readonly reported: Money | null }
  /** `wasAsked`: by a caller; otherwise it was money that nobody expected. */
  | { readonly kind: 'refunded'; readonly refundId: RefundId; readonly wasAsked: boolean; readonly amount: Money; readonly alipayRefundId: string; readonly refundedAt: Date }
  | { readonly kind: 'refund-reversed'; readonly refundId: RefundId; readonly amount: Money; readonly reversedAt: Date }
);

/** Undefined where nothing can be said of what Alipay will list. */
export function expectationOf(fact: PaymentFact): Expectation | undefined {
  const { paymentId, orderKey, chainId, storeId, accountId, eventId } = fact;
  const unpaid = { paymentId, orderKey, chainId, storeId, accountId, eventId, requestId: paymentId, alipayId: null, paidAt: null, businessDate: businessDate(fact.at) };
  switch (fact.kind) {
    // Late money is at Alipay like any other, until it is given back.
    case 'paid': return {
      ...unpaid, type: 'PAYMENT', basis: fact.isLate ? 'late-success' : 'success', amount: fact.amount,
      alipayId: fact.alipayPaymentId, paidAt: fact.paidAt, businessDate: businessDate(fact.paidAt),
    };
    case 'closed': return fact.wasSent ? { ...unpaid, type: 'CANCELLED', basis: fact.gaveBack ? 'give-back' : 'closed', amount: null } : undefined;
    case 'attention-needed': return fact.reported === null ? undefined : { ...unpaid, type: 'PAYMENT', basis: 'reported', amount: fact.reported };
    case 'refunded': return {
      ...unpaid, type: 'REFUND', basis: fact.wasAsked ? 'refund' : 'give-back', requestId: fact.refundId, amount: negate(fact.amount),
      alipayId: fact.alipayRefundId, paidAt: fact.refundedAt, businessDate: businessDate(fact.refundedAt),
    };
    // Alipay lists it under an id of its own, which nobody tells us.
    case 'refund-reversed': return {
      ...unpaid, type: 'REFUND_REVERSAL', basis: 'reversal', requestId: fact.refundId, amount: fact.amount, paidAt: fact.reversedAt, businessDate: businessDate(fact.reversedAt),
    };
  }
}

/** Whether `next` stands instead of `before`, of the same request and type: what was reported or closed gives way to what is known better. */
function replaces(before: Expectation, next: Expectation): boolean {
  return (before.basis === 'reported' && next.basis !== 'reported') || (before.basis === 'closed' && next.basis === 'give-back');
}

/** One expectation per request and type; the first stands, as in the table. */
export function fold(expectations: readonly Expectation[]): Expectation[] {
  const folded = new Map<string, Expectation>();
  for (const next of expectations) {
    const key = `${next.requestId} ${next.type}`;
    const before = folded.get(key);
    if (before === undefined || replaces(before, next)) folded.set(key, next);
  }
  return [...folded.values()];
}
