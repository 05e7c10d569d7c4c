import { describe, expect, it } from '@jest/globals';
import { money, type Currency } from '@scantill/kernel';
import fc from 'fast-check';
import { addDays, isWorkingDay } from './calendar.js';
import { convert, lateOn, paymentFee, payoutOn, refundFee, type ContractTerms } from './contract.js';
import { decimal, divideHalfEven, powerOfTen } from './decimal.js';

const currency = fc.constantFrom<Currency>('USD', 'JPY', 'KWD', 'EUR');
const price = fc.tuple(fc.integer({ min: 0, max: 9_999 }), fc.integer({ min: 1, max: 999_999 })).map(([whole, part]) => `${whole}.${String(part).padStart(6, '0')}`);
const date = fc.integer({ min: 0, max: 3_000 }).map((days) => addDays('2026-01-01', days));
const terms: fc.Arbitrary<ContractTerms> = fc.record({
  settlementCurrency: fc.constant<Currency>('USD'), feeRate: fc.integer({ min: 0, max: 9_999 }).map((digits) => `0.${String(digits).padStart(5, '0')}`), feeFixed: fc.constantFrom('0', '0.30'),
  feeBase: fc.constantFrom<ContractTerms['feeBase']>('before-fx', 'after-fx'), feeOnRefund: fc.constantFrom<ContractTerms['feeOnRefund']>('returned', 'proportional', 'kept'),
  feeOnCancel: fc.constantFrom<ContractTerms['feeOnCancel']>('returned', 'kept'), minimumSettlement: fc.constant('0'), rateMode: fc.constant<ContractTerms['rateMode']>('locked'),
  period: fc.record({ every: fc.constantFrom<ContractTerms['period']['every']>('day', 'week', 'month'), workingDays: fc.integer({ min: 1, max: 30 }) }),
  holidays: fc.array(date, { maxLength: 20 }), tolerance: fc.record({ amount: fc.constant('0.02'), workingDays: fc.integer({ min: 0, max: 5 }) }),
});

describe('a rounded quotient', () => {
  it('is never more than half a unit away, and even where it is exactly half', () => {
    fc.assert(fc.property(fc.bigInt(-(10n ** 24n), 10n ** 24n), fc.bigInt(1n, 10n ** 12n), (n, d) => {
      const rounded = divideHalfEven(n, d);
      const twice = (n - rounded * d) * 2n;
      expect(twice <= d && twice >= -d).toBe(true);
      if (twice === d || twice === -d) expect(rounded % 2n).toBe(0n);
      expect([divideHalfEven(-n, d), divideHalfEven(n, -d)]).toEqual([-rounded, -rounded]);
    }));
  });

  it('reads a decimal as it is written', () => {
    fc.assert(fc.property(price, (text) => {
      const { digits, scale } = decimal(text);
      const padded = digits.toString().padStart(scale + 1, '0');
      expect(`${padded.slice(0, -scale)}.${padded.slice(-scale)}`).toBe(text);
    }));
  });
});

describe('a conversion', () => {
  it('there and back is off by no more than the rounding of both ways', () => {
    fc.assert(fc.property(fc.bigInt(-(10n ** 12n), 10n ** 12n), currency, currency, price, (minor, from, to, text) => {
      fc.pre(from !== to);
      const quote = { base: from, quoted: to, price: text };
      const there = convert(money(from, minor), to, quote)!;
      const back = convert(there, from, quote)!;
      // Half a unit of `to` in units of `from`, and half a unit of `from`.
      const unit = convert(money(to, powerOfTen(6)), from, quote)!.minor;
      const off = (back.minor - minor) * 2n * powerOfTen(6);
      expect((off < 0n ? -off : off) <= unit + 2n * powerOfTen(6)).toBe(true);
    }));
  });
});

describe('a fee', () => {
  it('never comes back for more than it was, whatever part goes back', () => {
    fc.assert(fc.property(terms, fc.bigInt(1n, 10n ** 9n), fc.bigInt(1n, 100n), (contract, paid, hundredths) => {
      const refunded = (paid * hundredths) / 100n;
      const fee = paymentFee(contract, money('USD', paid), null)!;
      const back = refundFee(contract, money('USD', paid), money('USD', -refunded), null)!;
      expect([fee.minor <= 0n, back.minor >= 0n, back.minor <= -fee.minor]).toEqual([true, true, true]);
      if (contract.feeOnRefund === 'returned' && refunded === paid) expect(back.minor).toBe(-fee.minor);
    }));
  });
});

describe('a pay-out', () => {
  it('is on a working day after the business day, later days are not paid earlier, and late comes after it', () => {
    fc.assert(fc.property(terms, date, fc.integer({ min: 0, max: 40 }), (contract, day, more) => {
      const holidays = new Set(contract.holidays);
      const [paid, later] = [payoutOn(contract, day), payoutOn(contract, addDays(day, more))];
      expect([isWorkingDay(paid, holidays), paid > day, later >= paid, lateOn(contract, day) > paid]).toEqual([true, true, true, true]);
    }));
  });
});
