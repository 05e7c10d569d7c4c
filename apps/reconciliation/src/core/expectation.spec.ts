import { describe, expect, it } from '@jest/globals';
import { money, orderKey, type PaymentId, type RefundId } from '@scantill/kernel';
import { expectationOf, fold, type Expectation, type PaymentFact } from './expectation.js';

const common = {
  paymentId: 'a'.repeat(32) as PaymentId, orderKey: orderKey('demo', 'A-1'), chainId: 'demo', storeId: 'S001', accountId: 'demo-usd', eventId: 'e1', at: new Date('2026-11-25T17:00:00Z'),
};
const amount = money('USD', 1099n);
const paid: PaymentFact = { ...common, kind: 'paid', isLate: false, amount, alipayPaymentId: '2896', paidAt: new Date('2026-11-25T15:59:59Z') };
const reported: PaymentFact = { ...common, kind: 'attention-needed', reported: money('USD', 1n), eventId: 'e0' };

describe('a payment that succeeded', () => {
  it("is expected on the day of Alipay's time of payment, in UTC+8", () => {
    expect(expectationOf(paid)).toMatchObject({ type: 'PAYMENT', basis: 'success', requestId: common.paymentId, amount, businessDate: '2026-11-25', alipayId: '2896' });
  });

  it('is expected just as well when the money came late', () => {
    expect(expectationOf({ ...paid, isLate: true })).toMatchObject({ type: 'PAYMENT', basis: 'late-success', amount });
  });
});

describe('a payment that was closed', () => {
  it('is expected not at all or to come to nothing, unless Alipay never heard of it', () => {
    expect(expectationOf({ ...common, kind: 'closed', wasSent: true, gaveBack: false })).toMatchObject({ type: 'CANCELLED', basis: 'closed', amount: null, businessDate: '2026-11-26' });
    expect(expectationOf({ ...common, kind: 'closed', wasSent: false, gaveBack: false })).toBeUndefined();
  });

  it('is known to have been given back from the cancel that says so, whatever closed it before', () => {
    const [closed, givenBack] = [false, true].map((gaveBack) => expectationOf({ ...common, kind: 'closed', wasSent: true, gaveBack })!) as [Expectation, Expectation];
    expect(givenBack).toMatchObject({ type: 'CANCELLED', basis: 'give-back', amount: null });
    expect([fold([closed, givenBack]), fold([givenBack, closed])]).toEqual([[givenBack], [givenBack]]);
  });
});

describe('a refund', () => {
  const refunds = (['b', 'c'] as const).map((digit) => digit.repeat(32) as RefundId);
  const [one, two] = refunds.map((refundId): PaymentFact => ({
    ...common, kind: 'refunded', refundId, wasAsked: true, amount: money('USD', 500n), alipayRefundId: `R-${refundId[0]}`, refundedAt: new Date('2026-11-25T15:59:59Z'),
  })) as [PaymentFact, PaymentFact];

  it("is expected as what leaves us, under the refund's own ids, on the day of Alipay's time of it", () => {
    expect(expectationOf(one)).toMatchObject({
      type: 'REFUND', basis: 'refund', requestId: refunds[0], paymentId: common.paymentId, alipayId: 'R-b', amount: money('USD', -500n), businessDate: '2026-11-25',
    });
    expect(expectationOf({ ...one, wasAsked: false } as PaymentFact)).toMatchObject({ type: 'REFUND', basis: 'give-back' });
  });

  it('stands beside other refunds of the payment, and once however often it is said', () => {
    const expected = [one, two, one].map((fact) => expectationOf(fact)!);
    expect(fold(expected).map(({ requestId }) => requestId)).toEqual(refunds);
  });

  it('that bounced is expected to come back; under which id, only Alipay knows', () => {
    expect(expectationOf({ ...common, kind: 'refund-reversed', refundId: refunds[0]!, amount: money('USD', 500n), reversedAt: new Date('2026-11-27T01:00:00Z') })).toMatchObject({
      type: 'REFUND_REVERSAL', basis: 'reversal', requestId: refunds[0], alipayId: null, amount: money('USD', 500n), businessDate: '2026-11-27',
    });
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
