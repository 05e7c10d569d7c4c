import { assert, sameMoney, type Money } from '@scantill/kernel';
import { amountAtRisk, type BreakKind, type Sides } from './break-kind.js';

/**
 * Why two sides do not meet, or what else is strange about them. `repeated`: the same transaction is listed before. `maybe-listed`: a line
 * that cannot be told apart, or is of an unknown type, may be what is missing. `refund-of-ours`: of a payment of ours, and nobody here
 * asked for it.
 */
export type Circumstance =
  | 'amounts' | 'repeated' | 'line-alone' | 'expectation-alone' | 'ambiguous' | 'maybe-listed' | 'other-store' | 'other-day' | 'unknown-type'
  | 'cancelled-here' | 'paid-after-cancel' | 'order-paid-twice' | 'refund-of-ours' | 'refund-exceeds-paid' | 'reversal';

export interface Verdict {
  readonly kind: BreakKind;
  /** Never negative. */
  readonly amountAtRisk: Money;
}

const KINDS: Readonly<Record<Exclude<Circumstance, 'amounts'>, BreakKind>> = {
  'repeated': 'duplicate-line', 'line-alone': 'missing-with-us', 'expectation-alone': 'missing-at-alipay', 'ambiguous': 'ambiguous', 'maybe-listed': 'missing-at-alipay',
  'other-store': 'wrong-store', 'other-day': 'wrong-day', 'unknown-type': 'unknown-type', 'cancelled-here': 'cancelled-here-paid-there', 'paid-after-cancel': 'paid-after-cancel',
  'order-paid-twice': 'two-payments-one-order', 'refund-of-ours': 'refund-not-ours', 'refund-exceeds-paid': 'refund-exceeds-paid', 'reversal': 'refund-reversed',
};

/** What a difference means. */
export function judge(circumstance: Circumstance, sides: Sides): Verdict {
  return verdict(circumstance === 'amounts' ? ofAmounts(sides) : KINDS[circumstance], sides);
}

function ofAmounts({ ours, theirs }: Sides): BreakKind {
  assert(ours !== null && theirs !== null && !sameMoney(ours, theirs), 'two amounts differ');
  return ours.currency === theirs.currency ? 'amount-differs' : 'currency-differs';
}

export function verdict(kind: BreakKind, sides: Sides): Verdict {
  const risk = amountAtRisk(kind, sides);
  assert(risk !== undefined, `${kind} needs an amount of one side`);
  return { kind, amountAtRisk: risk };
}
