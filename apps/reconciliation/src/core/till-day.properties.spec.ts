import { describe, expect, it } from '@jest/globals';
import type { Currency } from '@scantill/kernel';
import fc from 'fast-check';
import { verdict } from './break.js';
import { compareTills, tillSides, tillTotal, type TillTotal } from './till-day.js';

const currencies = ['USD', 'JPY', 'KWD'] as const satisfies readonly Currency[];
const slots = tillSides.flatMap((side) => currencies.map((currency) => ({ side, currency })));
const slot = (total: TillTotal) => `${total.side} ${total.amount.currency}`;
/** Some of all totals that there can be, in any order; small, so that they often agree. */
const totals = fc.shuffledSubarray(slots).chain((some) => fc.tuple(...some.map(({ side, currency }) => fc.record({ count: fc.nat(2), minor: fc.bigInt(0n, 3n) }).map(({ count, minor }) => tillTotal(side, count, currency, minor)))));
const sum = (all: readonly TillTotal[], { side, currency }: (typeof slots)[number]) => all.filter((each) => each.side === side && each.amount.currency === currency).reduce((total, { amount }) => total + amount.minor, 0n);

describe('the tills of a store and what we know', () => {
  it('differ in nothing from themselves, in whatever order they are told', () => {
    fc.assert(fc.property(totals, (all) => expect(compareTills(all, all.toReversed())).toEqual([])));
  });

  it('differ at most once for each side and currency, by all that they differ', () => {
    fc.assert(fc.property(totals, totals, (ours, theirs) => {
      const differs = compareTills(ours, theirs);
      expect(new Set(differs.map(({ side, ours: { currency } }) => `${side} ${currency}`)).size).toBe(differs.length);
      for (const each of slots) {
        const found = differs.find(({ side, ours: { currency } }) => side === each.side && currency === each.currency);
        expect((found?.theirs.minor ?? 0n) - (found?.ours.minor ?? 0n)).toBe(sum(theirs, each) - sum(ours, each));
      }
    }));
  });

  it('are told apart by their numbers where the sums agree, at no risk', () => {
    fc.assert(fc.property(totals, totals, (ours, theirs) => {
      for (const differs of compareTills(ours, theirs)) {
        const [here, there] = [ours, theirs].map((all) => all.find((total) => slot(total) === `${differs.side} ${differs.ours.currency}`)?.count ?? 0);
        expect(differs.note.endsWith(`${there} ${differs.side} at the till, ${here} here`)).toBe(true);
        const { amountAtRisk: { minor } } = verdict('till-differs', differs);
        expect(differs.note.startsWith('only the number differs')).toBe(minor === 0n);
        if (minor === 0n) expect(there).not.toBe(here);
      }
    }));
  });

  it('say the same whichever of them is asked first', () => {
    fc.assert(fc.property(totals, totals, (ours, theirs) => {
      const mirrored = compareTills(theirs, ours).map(({ side, ours: a, theirs: b }) => ({ side, ours: b, theirs: a }));
      expect(mirrored).toEqual(compareTills(ours, theirs).map(({ note: _, ...differs }) => differs));
    }));
  });
});
