import { describe, expect, it } from '@jest/globals';
import { money, sameMoney, type Currency } from '@scantill/kernel';
import fc from 'fast-check';
import { judge, type Verdict } from './break.js';
import type { Sides } from './break-kind.js';

const amount = fc.record({ currency: fc.constantFrom<Currency>('USD', 'JPY'), minor: fc.bigInt(-1_000n, 1_000n) }).map(({ currency, minor }) => money(currency, minor));
interface Pair extends Sides { readonly isRepeated: boolean }
const pair: fc.Arbitrary<Pair> = fc.record({ ours: fc.option(amount), theirs: fc.option(amount), isRepeated: fc.boolean() })
  .filter(({ ours, theirs }) => ours !== null || theirs !== null)
  // A repeated line stands alone: the first of its kind holds the expectation.
  .map(({ ours, theirs, isRepeated }) => (isRepeated && theirs !== null ? { ours: null, theirs, isRepeated } : { ours, theirs, isRepeated: false }));

/** Undefined for two sides that agree, of which nobody asks. */
function judged({ ours, theirs, isRepeated }: Pair): Verdict | undefined {
  if (isRepeated) return judge('repeated', { ours, theirs });
  if (ours === null || theirs === null) return judge(ours === null ? 'line-alone' : 'expectation-alone', { ours, theirs });
  return sameMoney(ours, theirs) ? undefined : judge('amounts', { ours, theirs });
}

/** What a break says that Alipay has more (or less) than we, in one currency. */
function explained(each: Pair, currency: Currency): bigint {
  const minor = (side: Pair['ours']) => (side?.currency === currency ? side.minor : 0n);
  return judged(each) === undefined ? 0n : minor(each.theirs) - minor(each.ours);
}

describe('the breaks of a day', () => {
  it('explain the whole difference between the two sides, in each currency', () => {
    fc.assert(fc.property(fc.array(pair), (pairs) => {
      for (const currency of ['USD', 'JPY'] as const) {
        const sum = (side: 'ours' | 'theirs') => pairs.reduce((total, each) => total + (each[side]?.currency === currency ? each[side].minor : 0n), 0n);
        expect(pairs.reduce((total, each) => total + explained(each, currency), 0n)).toBe(sum('theirs') - sum('ours'));
      }
    }));
  });

  it('never put a negative amount at risk, nor nothing where something differs', () => {
    fc.assert(fc.property(pair, (each) => {
      const verdict = judged(each);
      if (verdict === undefined) return;
      expect(verdict.amountAtRisk.minor).toBeGreaterThanOrEqual(0n);
      if (verdict.kind === 'amount-differs') expect(verdict.amountAtRisk.minor).toBeGreaterThan(0n);
    }));
  });
});
