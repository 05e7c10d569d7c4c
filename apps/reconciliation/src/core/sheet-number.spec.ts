import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { shownNumber } from './sheet-number.js';

describe('a number in a spreadsheet', () => {
  it.each([
    ['8.0500000000000007', '8.05'], ['-20.059999999999999', '-20.06'], ['1099', '1099'], ['-0.0', '0'], ['0', '0'], ['10.50', '10.5'], ['1.0000000000000001E-2', '0.01'],
    ['6.0099999999999997E-6', '0.00000601'], ['1.5E3', '1500'], ['9.999999999999999999', '10'], ['123456789012345', '123456789012345'], ['1200', '1200'],
  ])('%s is seen as %s', (text, shown) => {
    expect(shownNumber(text)).toEqual({ ok: true, value: shown });
  });

  it.each(['2018122611021040123', '2.0181225190741E+27', '1E40'])('%s has lost digits', (text) => {
    expect(shownNumber(text)).toEqual({ ok: false, error: 'is a number of more than the 15 digits that a spreadsheet keeps; ids must be texts' });
  });

  it.each(['', '1,5', 'x', '1e99', '.5', 'Infinity'])('%s is none', (text) => {
    expect(shownNumber(text)).toEqual({ ok: false, error: 'is not a number' });
  });

  it('is the amount that was typed, however many digits its double has', () => {
    fc.assert(fc.property(fc.bigInt({ min: -99_999_999_999n, max: 99_999_999_999n }), (cents) => {
      const size = String(cents < 0n ? -cents : cents).padStart(3, '0');
      const typed = `${cents < 0n ? '-' : ''}${size.slice(0, -2)}.${size.slice(-2)}`;
      // As spreadsheet programs write a double: with seventeen digits.
      expect(shownNumber(Number(typed).toPrecision(17).replace('e', 'E'))).toEqual({ ok: true, value: typed.replace(/0$/, '').replace(/\.0?$/, '').replace(/^-0$/, '0') });
    }), { numRuns: 1_000 });
  });
});
