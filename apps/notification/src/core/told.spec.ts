import { describe, expect, it } from '@jest/globals';
import { isOfOrder, tell, webhookBody, type OrderFact } from './told.js';

const paid: OrderFact = {
  eventId: 'e1', correlationId: 'c1', type: 'order.paid', time: new Date('2026-11-25T10:00:00Z'),
  chainId: 'demo', storeId: 'S001', tillId: 'T1', orderId: 'A-1', nextAction: 'hand-over-goods',
  details: { amount: { currency: 'USD', minor: '1099' }, alipayPaymentId: '2026', wallet: 'ALIPAY_CN', paidAt: '2026-11-25T09:59:59Z', paymentId: 'f'.repeat(32) },
};

describe('a fact that is told', () => {
  it('says what the receipt needs and what to do now', () => {
    expect(JSON.parse(tell(paid).payload)).toEqual({
      type: 'order.paid', time: '2026-11-25T10:00:00.000Z', chainId: 'demo', orderId: 'A-1', storeId: 'S001', tillId: 'T1', nextAction: 'hand-over-goods',
      amount: { currency: 'USD', minor: '1099' }, alipayPaymentId: '2026', wallet: 'ALIPAY_CN', paidAt: '2026-11-25T09:59:59Z',
    });
  });

  it('does not carry the id that only order and gateway share', () => {
    expect(tell(paid).payload).not.toContain('f'.repeat(32));
  });

  it('is the same bytes on the stream and in the webhook', () => {
    const told = tell(paid);
    expect(webhookBody(told)).toContain(told.payload);
    expect(JSON.parse(webhookBody(told))).toEqual({ type: 'order.paid', timestamp: '2026-11-25T10:00:00.000Z', data: JSON.parse(told.payload) });
  });

  it('may be about a trading day and no order, and is no webhook then', () => {
    const refused = tell({ ...paid, type: 'order.day-refused', tillId: null, orderId: null, nextAction: 'call-operator', details: { date: '2026-11-25', problem: 'day.not-over', detail: 'Too early' } });
    expect(JSON.parse(refused.payload)).toEqual({
      type: 'order.day-refused', time: '2026-11-25T10:00:00.000Z', chainId: 'demo', storeId: 'S001', tillId: null, nextAction: 'call-operator', date: '2026-11-25', problem: 'day.not-over', detail: 'Too early',
    });
    expect([refused, tell(paid)].map(isOfOrder)).toEqual([false, true]);
  });
});
