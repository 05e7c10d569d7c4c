import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FixedClock, TestChain } from '@scantill/testing';
import { alipayPaymentIdOf, failure, FakeAlipay, notice, type AlipayCall } from './fake-alipay.js';
import { TestGateway } from './start-gateway.js';
import { Outside } from './told.js';

const DECLINED = { result: { resultStatus: 'F', resultCode: 'USER_BALANCE_NOT_ENOUGH', resultMessage: 'no' } };

describe('money that comes after the end', () => {
  const clock = new FixedClock();
  const operator = new TestChain('demo').key(['operate']);
  let outside: Outside;
  let alipay: FakeAlipay;
  let gateway: TestGateway;

  beforeAll(async () => {
    outside = await Outside.open(clock);
    alipay = await new FakeAlipay().start();
    gateway = await new TestGateway(alipay.url, clock).start();
    await gateway.admit(operator);
  });
  beforeEach(() => { alipay.script = () => undefined; });

  afterAll(async () => {
    await gateway.stop();
    await alipay.stop();
    await outside.close();
  });

  const answers = (by: Readonly<Record<string, string>>) => ({ operation }: AlipayCall) => (by[operation] === undefined ? undefined : failure(by[operation]));

  /** The customer is declined, and pays after all. */
  async function paidLate(orderId: string): Promise<string> {
    const id = await outside.withCode(gateway, orderId);
    for (const changes of [DECLINED, {}]) {
      const { body, headers } = await notice(id, changes);
      await gateway.notify(body, headers);
    }
    return id;
  }

  const isQuiet = (orderId: string) => outside.meanwhile(`nothing of ${orderId} is due any more`, async () => (await outside.database.count('due_work where key = $1', [(await outside.paymentOf(orderId))?.id])) === 0);

  it('goes back by a cancel while that is allowed, is announced once, and needs nobody', async () => {
    const id = await paidLate('window');
    const again = await notice(id);
    await gateway.notify(again.body, again.headers);
    await isQuiet('window');
    expect((await outside.events('window')).slice(1)).toMatchObject([
      { type: 'payment.failed', data: { byCustomer: true } },
      { type: 'payment.late-success', data: { alipayPaymentId: alipayPaymentIdOf(id), amount: { currency: 'USD', minor: '1099' } } },
      { type: 'payment.cancelled', data: { paidBefore: true } },
    ]);
    expect(alipay.callsOf('cancel', id).map(({ body }) => body['paymentId'])).toEqual([alipayPaymentIdOf(id)]);
    expect(await outside.paymentOf('window')).toMatchObject({ status: 'failed', attention: null });
    expect(await outside.refunds('window')).toEqual([]);
  });

  it('goes back as a refund of the whole amount when the window for cancels is over', async () => {
    const id = await paidLate('over');
    alipay.script = answers({ cancel: 'CANCEL_WINDOW_EXCEED' });
    await isQuiet('over');
    expect(await outside.refunds('over')).toMatchObject([{ refund_key: null, status: 'succeeded', amount_minor: 1_099n }]);
    expect((await outside.events('over')).at(-1)).toMatchObject({ type: 'payment.refund-succeeded', data: { refundKey: null, alipayPaymentId: alipayPaymentIdOf(id) } });
    // It belongs to no order: what was paid for the order, if anything, is not touched by it.
    expect(await outside.paymentOf('over')).toMatchObject({ refunded_minor: 0n, refunding_minor: 0n, attention: null });
  });

  it('waits for a person where neither way is open, and goes back when that person says so', async () => {
    const id = await paidLate('person');
    alipay.script = answers({ cancel: 'CANCEL_WINDOW_EXCEED', refund: 'REFUND_WINDOW_EXCEED' });
    await isQuiet('person');
    expect(await outside.paymentOf('person')).toMatchObject({ attention: 'late money could not be given back' });
    expect((await outside.types('person')).slice(2)).toEqual(['payment.late-success', 'payment.refund-failed', 'payment.attention-needed']);

    alipay.script = answers({ cancel: 'CANCEL_WINDOW_EXCEED' });
    expect(await gateway.operate(id, 'give-back', operator)).toMatchObject({ status: 202 });
    await isQuiet('person');
    const refunds = await outside.refunds('person');
    expect(refunds.map(({ status }) => status)).toEqual(['failed', 'succeeded']);
    expect(new Set(refunds.map((refund) => refund.id)).size).toBe(2);
    expect(await outside.paymentOf('person')).toMatchObject({ attention: null });
  });

  it('goes to a person at once when Alipay does not know what it reported', async () => {
    const id = await paidLate('lost');
    alipay.script = answers({ cancel: 'ORDER_NOT_EXIST' });
    await isQuiet('lost');
    expect((await outside.types('lost')).slice(2)).toEqual(['payment.late-success', 'payment.attention-needed']);
    expect(alipay.callsOf('refund').some(({ body }) => body['paymentId'] === alipayPaymentIdOf(id))).toBe(false);
  });

  it('cannot be given back twice, whoever writes', async () => {
    const id = await paidLate('once');
    alipay.script = answers({ cancel: 'CANCEL_WINDOW_EXCEED' });
    await isQuiet('once');
    const twice = outside.database.query(`insert into refunds (id, payment_id, order_key, refund_key, amount_minor, currency, status, asks, state, requested_at) values ($1, $2, 'demo:once', null, 1, 'USD', 'requested', 0, '{}', now())`, ['3'.repeat(32), id]);
    await expect(twice).rejects.toThrow(/refunds_give_back/);
  });
});
