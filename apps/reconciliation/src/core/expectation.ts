import { businessDate, type Money, type OrderKey, type PaymentId } from '@scantill/kernel';

/**
 * PAYMENT: Alipay lists the payment once. CANCELLED: it lists nothing, or PAYMENT and CANCEL that come to nothing, because
 * whether somebody had paid before the cancel is known for certain only to Alipay.
 */
export type ExpectationType = 'PAYMENT' | 'CANCELLED';

/** What we know it from. `reported`: Alipay names an amount that is not ours, and a person has to decide. */
export type Basis = 'success' | 'late-success' | 'reported' | 'closed';

interface Payment {
  readonly paymentId: PaymentId;
  readonly orderKey: OrderKey;
  readonly chainId: string;
  readonly storeId: string;
  readonly accountId: string;
  /** The event that says so. */
  readonly eventId: string;
}

/** What we believe Alipay will list, recorded the moment a payment or a cancel is known. */
export interface Expectation extends Payment {
  readonly type: ExpectationType;
  /** Null only for CANCELLED. */
  readonly amount: Money | null;
  readonly alipayPaymentId: string | null;
  readonly paidAt: Date | null;
  /** In UTC+8, by the time of payment where it is known. */
  readonly businessDate: string;
  readonly basis: Basis;
}

/** What happened to a payment, as far as it tells what Alipay will list. */
export type PaymentFact = Payment & { readonly at: Date } & (
  | { readonly kind: 'paid'; readonly isLate: boolean; readonly amount: Money; readonly alipayPaymentId: string; readonly paidAt: Date }
  /** `wasSent`: Alipay was asked for a code, so that somebody may have paid it. */
  | { readonly kind: 'closed'; readonly wasSent: boolean }
  | { readonly kind: 'attention-needed'; readonly reported: Money | null }
);

/** Undefined where nothing can be said of what Alipay will list. */
export function expectationOf(fact: PaymentFact): Expectation | undefined {
  const { paymentId, orderKey, chainId, storeId, accountId, eventId } = fact;
  const unpaid = { paymentId, orderKey, chainId, storeId, accountId, eventId, alipayPaymentId: null, paidAt: null, businessDate: businessDate(fact.at) };
  switch (fact.kind) {
    // Late money is at Alipay like any other, until it is given back.
    case 'paid': return {
      ...unpaid, type: 'PAYMENT', basis: fact.isLate ? 'late-success' : 'success', amount: fact.amount,
      alipayPaymentId: fact.alipayPaymentId, paidAt: fact.paidAt, businessDate: businessDate(fact.paidAt),
    };
    case 'closed': return fact.wasSent ? { ...unpaid, type: 'CANCELLED', basis: 'closed', amount: null } : undefined;
    case 'attention-needed': return fact.reported === null ? undefined : { ...unpaid, type: 'PAYMENT', basis: 'reported', amount: fact.reported };
  }
}

/** Whether `next` stands instead of `before`, of the same payment and type. Only what was merely reported gives way. */
function replaces(before: Expectation, next: Expectation): boolean {
  return before.basis === 'reported' && next.basis !== 'reported';
}

/** One expectation per payment and type; the first stands, as in the table. */
export function fold(expectations: readonly Expectation[]): Expectation[] {
  const folded = new Map<string, Expectation>();
  for (const next of expectations) {
    const key = `${next.paymentId} ${next.type}`;
    const before = folded.get(key);
    if (before === undefined || replaces(before, next)) folded.set(key, next);
  }
  return [...folded.values()];
}
