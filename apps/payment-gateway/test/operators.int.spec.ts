import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FixedClock, TestChain, until } from '@scantill/testing';
import { FakeAlipay, notice } from './fake-alipay.js';
import { TestGateway, type Answer } from './start-gateway.js';
import { Outside } from './told.js';

describe('what people may do and see', () => {
  const clock = new FixedClock();
  const [demo, theirs] = [new TestChain('demo'), new TestChain('theirs')];
  const operator = demo.key(['operate']);
  const till = demo.key(['orders']);
  const storeTill = demo.key(['orders'], 'S001');
  const otherStore = demo.key(['orders'], 'S002');
  const stranger = theirs.key(['orders']);
  let outside: Outside;
  let alipay: FakeAlipay;
  let gateway: TestGateway;

  beforeAll(async () => {
    outside = await Outside.open(clock);
    alipay = await new FakeAlipay().start();
    gateway = await new TestGateway(alipay.url, clock).start();
    await gateway.admit(operator, till, storeTill, otherStore, stranger);
  });

  afterAll(async () => {
    await gateway.stop();
    await alipay.stop();
    await outside.close();
  });

  const recorded = (paymentId: string) => outside.database.query<Record<string, unknown>>('select action, reason, operator, refused from operator_actions where payment_id = $1 order by id', [paymentId]);

  it.each(['inquire', 'close', 'give-back'])('refuses to %s without a key that may operate, without a reason, and without a payment', async (action) => {
    const id = await outside.withCode(gateway, `refused-${action}`);
    const refusals: readonly [Promise<Answer>, number, string][] = [
      [gateway.operate(id, action, null), 401, 'auth.missing'],
      [gateway.operate(id, action, till), 403, 'auth.forbidden'],
      [gateway.operate(id, action, demo.key(['operate'])), 401, 'auth.unknown-key'],
      [gateway.operate(id, action, operator, {}), 400, 'request.malformed'],
      [gateway.operate(id, action, operator, { reason: 'no' }), 400, 'request.malformed'],
      [gateway.operate(id, action, operator, { reason: 'x'.repeat(501) }), 400, 'request.malformed'],
      [gateway.operate('not-an-id', action, operator), 400, 'request.malformed'],
    ];
    for (const [answer, status, code] of refusals) expect(await answer).toMatchObject({ status, body: { code } });
    expect(await recorded(id)).toEqual([]);
    expect(await outside.paymentOf(`refused-${action}`)).toMatchObject({ status: 'code-issued' });

    const unknownId = `${action.length}`.repeat(32);
    expect(await gateway.operate(unknownId, action, operator)).toMatchObject({ status: 404, body: { code: 'payment.not-found' } });
    expect(await recorded(unknownId)).toEqual([{ action, reason: 'The customer complained', operator: 'Tess Ting', refused: 'PaymentNotFound' }]);
  });

  it('asks Alipay at once, whatever the schedule says, also after the end', async () => {
    const id = await outside.paid(gateway, 'asked');
    const before = alipay.callsOf('inquiryPayment', id).length;
    expect(await gateway.operate(id, 'inquire', operator)).toMatchObject({ status: 202, body: { paymentId: id, chainId: 'demo', orderId: 'asked', status: 'succeeded', attention: null } });
    await until('Alipay is asked', async () => alipay.callsOf('inquiryPayment', id).length === before + 1);
    expect(await recorded(id)).toEqual([{ action: 'inquire', reason: 'The customer complained', operator: 'Tess Ting', refused: null }]);
  });

  it('closes at Alipay what is open, and says no to what has ended', async () => {
    const id = await outside.withCode(gateway, 'closed');
    expect(await gateway.operate(id, 'close', operator)).toMatchObject({ status: 202, body: { status: 'cancelling' } });
    await outside.status('closed', 'cancelled');
    expect(alipay.callsOf('cancel', id)).toHaveLength(1);
    expect(await gateway.operate(id, 'close', operator)).toMatchObject({ status: 409, body: { code: 'payment.already-ended' } });
    expect((await recorded(id)).map(({ refused }) => refused)).toEqual([null, 'PaymentAlreadyEnded']);
  });

  it('gives nothing back that an order is owed', async () => {
    const id = await outside.paid(gateway, 'owed');
    expect(await gateway.operate(id, 'give-back', operator)).toMatchObject({ status: 409, body: { code: 'payment.nothing-to-give-back' } });
    expect(alipay.callsOf('cancel', id)).toEqual([]);
  });

  it('gives back what Alipay reports otherwise than it was asked for, once a person has decided', async () => {
    const id = await outside.withCode(gateway, 'disputed');
    const wrong = { paymentStatus: 'SUCCESS', paymentAmount: { currency: 'USD', value: '1' }, paymentTime: new Date().toISOString() };
    alipay.found.set(id, wrong);
    const { body, headers } = await notice(id, { paymentAmount: wrong.paymentAmount });
    await gateway.notify(body, headers);
    await outside.meanwhile('a person is called', async () => (await outside.paymentOf('disputed'))?.attention === 'the reported amount differs from ours');
    expect(alipay.callsOf('cancel', id)).toEqual([]);
    expect(await outside.types('disputed')).toEqual(['payment.code-issued', 'payment.attention-needed']);
    expect((await outside.events('disputed')).at(-1)?.data).toMatchObject({ reported: { currency: 'USD', minor: '1' } });
    expect(await gateway.operate(id, 'give-back', operator)).toMatchObject({ status: 202 });
    await outside.meanwhile('it is cancelled at Alipay', async () => (await outside.paymentOf('disputed'))?.status === 'cancelled');
    expect(alipay.callsOf('cancel', id)).toHaveLength(1);
  });

  it('tells the story of an order to its chain, and to the store that sold it', async () => {
    const id = await outside.paid(gateway, 'story');
    await gateway.operate(id, 'inquire', operator, { reason: 'Asked by the shop' });
    await until('Alipay is asked', async () => alipay.callsOf('inquiryPayment', id).length > 0);
    const kinds = async () => ((await gateway.ask('/v1/orders/story/timeline', till)).body['entries'] as { kind: string }[]).map(({ kind }) => kind);
    await until('it is all written', async () => (await kinds()).includes('inquiryPayment'));
    expect((await kinds()).sort()).toEqual(['inquiryPayment', 'notifyPayment', 'operator.inquire', 'pay', 'payment.requested', 'payment.succeeded']);
    const { body } = await gateway.ask('/v1/orders/story/timeline', storeTill);
    expect(body).toMatchObject({ chainId: 'demo', orderId: 'story' });
    expect(body['entries']).toContainEqual(expect.objectContaining({ service: 'payment-gateway', kind: 'operator.inquire', detail: { paymentId: id, reason: 'Asked by the shop', operator: 'Tess Ting', refused: null } }));
    expect(JSON.stringify(body)).not.toContain('2088secret');

    expect(await gateway.ask('/v1/orders/story/timeline', otherStore)).toMatchObject({ status: 404, body: { code: 'order.not-found' } });
    expect(await gateway.ask('/v1/orders/story/timeline', stranger)).toMatchObject({ status: 404, body: { code: 'order.not-found' } });
    expect(await gateway.ask('/v1/orders/story/timeline', operator)).toMatchObject({ status: 403, body: { code: 'auth.forbidden' } });
    expect(await gateway.ask('/v1/orders/story/timeline', null)).toMatchObject({ status: 401, body: { code: 'auth.missing' } });
    expect(await gateway.ask('/v1/orders/never/timeline', till)).toMatchObject({ status: 404, body: { code: 'order.not-found' } });
  });
});
