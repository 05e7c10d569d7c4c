import { describe, expect, it } from '@jest/globals';
import { money, orderKey, type PaymentId } from '@scantill/kernel';
import { expectationOf, fold, type PaymentFact } from './expectation.js';

const common = {
  paymentId: 'a'.repeat(32) as PaymentId, orderKey: orderKey('demo', 'A-1'), chainId: 'demo', storeId: 'S001', accountId: 'demo-usd', eventId: 'e1', at: new Date('2026-11-25T17:00:00Z'),
};
const amount = money('USD', 1099n);
const paid: PaymentFact = { ...common, kind: 'paid', isLate: false, amount, alipayPaymentId: '2896', paidAt: new Date('2026-11-25T15:59:59Z') };
const reported: PaymentFact = { ...common, kind: 'attention-needed', reported: money('USD', 1n), eventId: 'e0' };

describe('a payment that succeeded', () => {
  it("is expected on the day of Alipay's time of payment, in UTC+8", () => {
    expect(expectationOf(paid)).toMatchObject({ type: 'PAYMENT', basis: 'success', amount, businessDate: '2026-11-25', alipayPaymentId: '2896' });
  });

  it('is expected just as well when the money came late', () => {
    expect(expectationOf({ ...paid, isLate: true })).toMatchObject({ type: 'PAYMENT', basis: 'late-success', amount });
  });
});

describe('a payment that was closed', () => {
  it('is expected not at all or to come to nothing, unless Alipay never heard of it', () => {
    expect(expectationOf({ ...common, kind: 'closed', wasSent: true })).toMatchObject({ type: 'CANCELLED', amount: null, businessDate: '2026-11-26' });
    expect(expectationOf({ ...common, kind: 'closed', wasSent: false })).toBeUndefined();
  });
});

describe('a payment that needs attention', () => {
  it('is expected with the amount that Alipay reports, if it reports one', () => {
    expect(expectationOf(reported)).toMatchObject({ type: 'PAYMENT', basis: 'reported', amount: money('USD', 1n) });
    expect(expectationOf({ ...common, kind: 'attention-needed', reported: null })).toBeUndefined();
  });

  it('gives way to a success, and to nothing else', () => {
    const [first, second] = [expectationOf(reported)!, expectationOf(paid)!];
    expect(fold([first, second])).toEqual([second]);
    expect(fold([second, first])).toEqual([second]);
    expect(fold([first, { ...first, eventId: 'e9' }])).toEqual([first]);
  });
});
