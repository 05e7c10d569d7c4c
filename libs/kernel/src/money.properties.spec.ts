import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allocate, money } from './money.js';

describe('shares of an amount', () => {
  it('add up to the amount and differ from the exact share by less than one unit', () => {
    const weights = fc.array(fc.bigInt({ min: 0n, max: 1_000n }), { minLength: 1, maxLength: 20 }).filter((w) => w.some((x) => x > 0n));
    fc.assert(fc.property(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), weights, (minor, list) => {
      const shares = allocate(money('USD', minor), list);
      const total = list.reduce((sum, weight) => sum + weight, 0n);
      expect(shares.reduce((sum, share) => sum + share.minor, 0n)).toBe(minor);
      shares.forEach((share, i) => {
        const error = share.minor * total - minor * list[i]!;
        expect(error < total && error > -total).toBe(true);
      });
    }));
  });
});
