import { describe, expect, it } from '@jest/globals';
import { money } from '@scantill/kernel';
import type { ContractTerms } from './contract.js';
import { foresee } from './foreseen.js';

const terms: ContractTerms = {
  settlementCurrency: 'USD', feeRate: '0.02', feeFixed: '0.10', feeBase: 'after-fx', feeOnRefund: 'returned', feeOnCancel: 'returned', minimumSettlement: '0', rateMode: 'locked',
  period: { every: 'day', workingDays: 1 }, holidays: [], tolerance: { amount: '0.02', workingDays: 1 },
};
// A Tuesday: paid out on Wednesday, late on Friday.
const businessDate = '2026-11-24';
const paid = money('USD', 1000n);
const nothing = { fee: null, payoutOn: null, lateOn: null };

describe('what is foreseen when an expectation opens', () => {
  it('is the fee and the day of the pay-out', () => {
    // 10.00 × 2 % + 0.10 = 0.30
    expect(foresee({ type: 'PAYMENT', amount: paid, businessDate }, terms, null)).toEqual({ fee: money('USD', -30n), payoutOn: '2026-11-25', lateOn: '2026-11-27' });
  });

  it('is for a refund what comes back, if the payment is known', () => {
    const half = { type: 'REFUND' as const, amount: money('USD', -500n), businessDate };
    // 0.30 × 5 / 10 = 0.15
    expect(foresee(half, terms, paid).fee).toEqual(money('USD', 15n));
    expect(foresee(half, terms, null)).toEqual({ fee: null, payoutOn: '2026-11-25', lateOn: '2026-11-27' });
    // 5.00 × 2 % = 0.10, for which the payment does not matter
    expect(foresee(half, { ...terms, feeOnRefund: 'proportional' }, null).fee).toEqual(money('USD', 10n));
  });

  it('leaves the fee open between two currencies, and everything without a contract or an amount', () => {
    expect(foresee({ type: 'PAYMENT', amount: money('JPY', 1600n), businessDate }, terms, null)).toMatchObject({ fee: null, payoutOn: '2026-11-25' });
    expect(foresee({ type: 'PAYMENT', amount: paid, businessDate }, undefined, null)).toEqual(nothing);
    expect(foresee({ type: 'CANCELLED', amount: null, businessDate }, terms, null)).toEqual(nothing);
  });
});
