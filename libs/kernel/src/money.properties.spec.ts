import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { currencies, minorDigits } from './currency.js';
import { absolute, add, allocate, compare, money, negate, subtract, toMajorText, zero } from './money.js';

/** Taken from SEED, so that a failure can be repeated; it is printed with every failure. */
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000_000);
fc.configureGlobal({ seed });

const minors = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n });
const currency = fc.constantFrom(...currencies);
const weights = fc.array(fc.bigInt({ min: 0n, max: 1_000n }), { minLength: 1, maxLength: 20 }).filter((list) => list.some((weight) => weight > 0n));

describe(`shares of an amount (SEED=${seed})`, () => {
  it('add up to the amount and differ from the exact share by less than one unit', () => {
    fc.assert(fc.property(minors, weights, (minor, list) => {
      const shares = allocate(money('USD', minor), list);
      const total = list.reduce((sum, weight) => sum + weight, 0n);
      expect(shares.reduce(add, zero('USD'))).toEqual(money('USD', minor));
      shares.forEach((share, i) => {
        const error = share.minor * total - minor * list[i]!;
        expect(error < total && error > -total).toBe(true);
      });
    }));
  });

  it('of a debt are those of the same amount owed, and never change sides', () => {
    fc.assert(fc.property(minors, weights, (minor, list) => {
      const shares = allocate(money('USD', minor), list);
      expect(allocate(money('USD', -minor), list).map(negate)).toEqual(shares);
      expect(shares.every((share) => share.minor === 0n || share.minor > 0n === minor > 0n)).toBe(true);
    }));
  });
});

describe(`an amount in any currency (SEED=${seed})`, () => {
  it('is written so that it can be read back to the unit', () => {
    fc.assert(fc.property(currency, minors, (name, minor) => {
      const text = toMajorText(money(name, minor));
      const [whole, fraction = ''] = text.split('.');
      expect(fraction).toHaveLength(minorDigits(name));
      expect(BigInt(`${whole}${fraction}`)).toBe(minor);
    }));
  });

  it('is ordered, subtracted and made absolute like its units', () => {
    fc.assert(fc.property(currency, minors, minors, (name, a, b) => {
      expect(Math.sign(compare(money(name, a), money(name, b)))).toBe(a < b ? -1 : a > b ? 1 : 0);
      expect(add(subtract(money(name, a), money(name, b)), money(name, b))).toEqual(money(name, a));
      expect(absolute(money(name, a)).minor).toBe(a < 0n ? -a : a);
    }));
  });
});
