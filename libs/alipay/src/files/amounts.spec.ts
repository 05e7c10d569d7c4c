import { describe, expect, it } from '@jest/globals';
import { currencies, money } from '@scantill/kernel';
import fc from 'fast-check';
import { amountUnits, contradictsUnit, readAmount, writeAmount } from './amounts.js';

describe('an amount in a file', () => {
  it.each([
    ['1099', 'USD', 'minor', 1_099n], ['-725', 'USD', 'minor', -725n], ['0', 'JPY', 'minor', 0n], ['9999999999999999', 'USD', 'minor', 9_999_999_999_999_999n],
    ['10.99', 'USD', 'major', 1_099n], ['-0.05', 'USD', 'major', -5n], ['10.5', 'USD', 'major', 1_050n], ['10', 'USD', 'major', 1_000n],
    ['18000', 'KRW', 'major', 18_000n], ['1.234', 'KWD', 'major', 1_234n],
  ] as const)('%s %s in the %s unit is %s', (text, currency, unit, minor) => {
    expect(readAmount(text, currency, unit)).toEqual({ ok: true, value: money(currency, minor) });
  });

  it.each([
    ['', 'USD', 'minor', 'is empty'], ['10.99', 'USD', 'minor', 'has a decimal point; whole smallest units are expected'],
    ['10.999', 'USD', 'major', 'has 3 decimals, and USD has 2'], ['18000.00', 'KRW', 'major', 'has 2 decimals, and KRW has 0'],
    ...['1,000', '1e3', '+5', '12a', ' 5', '--5', '.5', '5.', '０', '12345678901234567'].map((text) => [text, 'USD', 'major', 'is not a number of at most 16 digits'] as const),
    ['9999999999999999', 'USD', 'major', 'is not a number of at most 16 digits'],
  ] as const)('%s %s in the %s unit is refused: %s', (text, currency, unit, reason) => {
    expect(readAmount(text, currency, unit)).toEqual({ ok: false, error: reason });
  });

  it('comes back as it was written', () => {
    fc.assert(fc.property(fc.constantFrom(...currencies), fc.bigInt({ min: -999_999_999_999n, max: 999_999_999_999n }), fc.constantFrom(...amountUnits), (currency, minor, unit) => {
      const amount = money(currency, minor);
      expect(readAmount(writeAmount(amount, unit), currency, unit)).toEqual({ ok: true, value: amount });
    }));
  });
});

describe('the unit that an account is set to', () => {
  it('is contradicted by a decimal point, or by none in many amounts', () => {
    expect(contradictsUnit('minor', { withPoint: 1, withoutPoint: 1_000 })).toBe(true);
    expect(contradictsUnit('minor', { withPoint: 0, withoutPoint: 1_000 })).toBe(false);
    expect(contradictsUnit('major', { withPoint: 0, withoutPoint: 51 })).toBe(true);
    expect(contradictsUnit('major', { withPoint: 0, withoutPoint: 50 })).toBe(false);
    expect(contradictsUnit('major', { withPoint: 1, withoutPoint: 1_000 })).toBe(false);
  });
});
