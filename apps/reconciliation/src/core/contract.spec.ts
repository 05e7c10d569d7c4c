import { describe, expect, it } from '@jest/globals';
import { money, type Currency } from '@scantill/kernel';
import { cancelFee, contractOn, convert, inMinor, lateOn, overlaps, paymentFee, payoutOn, refundFee, type ContractTerms, type Quote } from './contract.js';

const terms: ContractTerms = {
  settlementCurrency: 'USD', feeRate: '0.0125', feeFixed: '0', feeBase: 'after-fx', feeOnRefund: 'proportional', feeOnCancel: 'returned', minimumSettlement: '0', rateMode: 'locked',
  period: { every: 'day', workingDays: 1 }, holidays: [], tolerance: { amount: '0.02', workingDays: 1 },
};
const usd = (minor: bigint) => money('USD', minor);
/** As in Alipay's own sample: 1200 won for a dollar. */
const won: Quote = { base: 'USD', quoted: 'KRW', price: '1200' };

describe('the fee of a payment', () => {
  // 10.99 × 1.25 % = 0.137375 → 0.14
  // 10.00 × 1.25 % = 0.125 → a half goes to the even 0.12; 10.80 × 1.25 % = 0.135 → 0.14
  it.each([[1099n, 14n], [1000n, 12n], [1080n, 14n], [1n, 0n]])('of %s cents at 1.25 %% is %s, rounded half-even', (paid, fee) => {
    expect(paymentFee(terms, usd(paid), null)).toEqual(usd(-fee));
  });

  it('has the fixed part beside the rate', () => {
    // 10.99 × 2.9 % = 0.31871 → 0.32, and 0.30: 0.62
    expect(paymentFee({ ...terms, feeRate: '0.029', feeFixed: '0.30' }, usd(1099n), null)).toEqual(usd(-62n));
  });

  it("is Alipay's of its sample: 600 of 18000 won, half a dollar", () => {
    const sample = { ...terms, feeRate: '0.033333333' };
    // Before FX: 18000 × 0.033333333 = 599.999994 → 600 won → 600 / 1200 = 0.50
    expect(paymentFee({ ...sample, feeBase: 'before-fx' }, money('KRW', 18_000n), won)).toEqual(usd(-50n));
    // After FX: 18000 / 1200 = 15.00, × 0.033333333 = 0.499999995 → 0.50
    expect(paymentFee(sample, money('KRW', 18_000n), won)).toEqual(usd(-50n));
  });

  it('depends on where the rate is applied: each step is rounded', () => {
    // 999 × 1.25 % = 12.4875 → 12 won → 12 / 1200 = 0.01
    expect(paymentFee({ ...terms, feeBase: 'before-fx' }, money('KRW', 999n), won)).toEqual(usd(-1n));
    // 40199 won = 33.499… → 33.50, × 1.25 % = 0.41875 → 0.42; before: 502.4875 → 502 won = 0.418… → 0.42
    expect(paymentFee(terms, money('KRW', 40_199n), won)).toEqual(usd(-42n));
    // 48000 × 1.3 % = 624 won = 0.52; 48600 × 1.3 % = 631.8 → 632 won = 0.526… → 0.53, and 40.50 × 1.3 % = 0.5265 → 0.53
    expect(paymentFee({ ...terms, feeRate: '0.013', feeBase: 'before-fx' }, money('KRW', 48_600n), won)).toEqual(usd(-53n));
  });

  it('is not known before the rate is', () => {
    expect(paymentFee(terms, money('KRW', 18_000n), null)).toBeUndefined();
    expect(paymentFee(terms, money('KRW', 18_000n), { ...won, quoted: 'JPY' })).toBeUndefined();
  });
});

describe('the fee of money that goes back', () => {
  const both = { ...terms, feeRate: '0.029', feeFixed: '0.30' };

  it.each<[ContractTerms['feeOnRefund'], bigint]>([
    // All of 0.62 × 5.50 / 10.99 = 0.310… → 0.31
    ['returned', 31n],
    // 5.50 × 2.9 % = 0.1595 → 0.16
    ['proportional', 16n],
    ['kept', 0n],
  ])('of a part, where it is %s, is %s', (feeOnRefund, fee) => {
    expect(refundFee({ ...both, feeOnRefund }, usd(1099n), usd(-550n), null)).toEqual(usd(fee));
  });

  it("is Alipay's of its sample: 0.25 for half of it", () => {
    // 9000 won of 18000 whose fee was 0.50
    expect(refundFee({ ...terms, feeRate: '0.033333333', feeOnRefund: 'returned' }, money('KRW', 18_000n), money('KRW', -9_000n), won)).toEqual(usd(25n));
  });

  it('comes back with a cancel, or is kept', () => {
    expect([cancelFee(both, usd(1099n), null), cancelFee({ ...both, feeOnCancel: 'kept' }, usd(1099n), null)]).toEqual([usd(62n), usd(0n)]);
  });
});

describe('a conversion', () => {
  it.each<[bigint, Currency, Currency, Quote, bigint]>([
    // Left in the pair: × price. 10.99 × 1.3456 = 14.788144 → 14.79
    [1099n, 'USD', 'SGD', { base: 'USD', quoted: 'SGD', price: '1.3456' }, 1479n],
    // Right in the pair: ÷ price. 14.79 / 1.3456 = 10.9913… → 10.99
    [1479n, 'SGD', 'USD', { base: 'USD', quoted: 'SGD', price: '1.3456' }, 1099n],
    // Yen have no digits: 10.99 × 151.237 = 1662.09… → 1662
    [1099n, 'USD', 'JPY', { base: 'USD', quoted: 'JPY', price: '151.237' }, 1662n],
    // Dinars have three: 10.99 × 0.3071 = 3.375029 → 3.375
    [1099n, 'USD', 'KWD', { base: 'USD', quoted: 'KWD', price: '0.3071' }, 3375n],
    // Refunds are negative: −7.50
    [-9000n, 'KRW', 'USD', won, -750n],
  ])('of %s %s to %s', (minor, from, to, quote, result) => {
    expect(convert(money(from, minor), to, quote)).toEqual(money(to, result));
  });
});

describe('the day of the pay-out', () => {
  const dayOf = (every: 'day' | 'week' | 'month', workingDays: number, date: string, holidays: readonly string[] = []) => payoutOn({ ...terms, period: { every, workingDays }, holidays }, date);

  // 2026-11-27 is a Friday.
  it.each([
    ['day', 1, '2026-11-25', '2026-11-26'], ['day', 1, '2026-11-27', '2026-11-30'], ['day', 1, '2026-11-28', '2026-11-30'], ['day', 3, '2026-11-26', '2026-12-01'],
    // The window of the week ends on Sunday the 29th.
    ['week', 2, '2026-11-25', '2026-12-01'], ['week', 2, '2026-11-29', '2026-12-01'], ['week', 2, '2026-11-30', '2026-12-08'],
    // The window of November ends on Monday the 30th; February has 29 days in 2028.
    ['month', 2, '2026-11-01', '2026-12-02'], ['month', 2, '2028-02-10', '2028-03-02'],
  ] as const)('%s + %s of %s is %s', (every, workingDays, date, day) => {
    expect(dayOf(every, workingDays, date)).toBe(day);
  });

  it('is never a holiday', () => {
    expect(dayOf('day', 1, '2026-12-31', ['2027-01-01'])).toBe('2027-01-04');
    expect(dayOf('day', 2, '2026-12-30', ['2026-12-31', '2027-01-01'])).toBe('2027-01-05');
  });

  it('is followed by the days that it may be late', () => {
    // Friday's money is paid on Monday the 30th; with one working day of tolerance it is late on Wednesday.
    expect(lateOn(terms, '2026-11-27')).toBe('2026-12-02');
    expect(lateOn({ ...terms, tolerance: { ...terms.tolerance, workingDays: 0 } }, '2026-11-27')).toBe('2026-12-01');
  });
});

describe('the contract of a day', () => {
  it('is the one in force, its first and last day included', () => {
    const contracts = [{ accountId: 'a', validFrom: '2026-01-01', validUntil: '2026-06-30' }, { accountId: 'a', validFrom: '2026-07-01', validUntil: null }];
    expect(['2025-12-31', '2026-01-01', '2026-06-30', '2026-07-01', '2030-01-01'].map((date) => contractOn(contracts, 'a', date)?.validFrom)).toEqual([undefined, '2026-01-01', '2026-01-01', '2026-07-01', '2026-07-01']);
    expect(contractOn(contracts, 'b', '2026-06-30')).toBeUndefined();
  });

  it('is one: two that share a day overlap', () => {
    const half = { validFrom: '2026-01-01', validUntil: '2026-06-30' };
    const next = (validFrom: string, validUntil: string | null = null) => [overlaps(half, { validFrom, validUntil }), overlaps({ validFrom, validUntil }, half)];
    expect([next('2026-06-30'), next('2026-07-01'), next('2025-01-01'), next('2025-01-01', '2025-12-31'), next('2026-02-01', '2026-02-01')]).toEqual([[true, true], [false, false], [true, true], [false, false], [true, true]]);
  });

  it('has prices in the digits of its currency', () => {
    expect([inMinor('0.30', 'USD'), inMinor('30', 'JPY'), inMinor('0.305', 'USD'), inMinor('0.315', 'USD'), inMinor('1.2345', 'KWD')]).toEqual([30n, 30n, 30n, 32n, 1234n]);
  });
});
