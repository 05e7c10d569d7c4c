import { absolute, assert, sameMoney, subtract, type Money } from '@scantill/kernel';

export type BreakKind = 'missing-at-alipay' | 'missing-with-us' | 'amount-differs' | 'currency-differs' | 'duplicate-line';

/** What we expected, and what Alipay lists under the same id. One of them may be missing. */
export interface Pair {
  readonly ours: Money | null;
  /** Signed, as in the file: refunds and cancels are negative. */
  readonly theirs: Money | null;
  /** The same transaction is listed before. */
  readonly isRepeated: boolean;
}

export interface Verdict {
  readonly kind: BreakKind;
  /** Never negative. */
  readonly amountAtRisk: Money;
}

/** What a pair means; undefined when both sides agree. */
export function judge({ ours, theirs, isRepeated }: Pair): Verdict | undefined {
  if (theirs === null) {
    assert(ours !== null, 'a pair has at least one side');
    return { kind: 'missing-at-alipay', amountAtRisk: absolute(ours) };
  }
  if (isRepeated) return { kind: 'duplicate-line', amountAtRisk: absolute(theirs) };
  if (ours === null) return { kind: 'missing-with-us', amountAtRisk: absolute(theirs) };
  if (sameMoney(ours, theirs)) return undefined;
  // Amounts of two currencies cannot be compared: nothing of what we expected is there.
  if (ours.currency !== theirs.currency) return { kind: 'currency-differs', amountAtRisk: absolute(ours) };
  return { kind: 'amount-differs', amountAtRisk: absolute(subtract(theirs, ours)) };
}
