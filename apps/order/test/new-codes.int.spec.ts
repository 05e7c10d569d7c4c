import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestChain, until } from '@scantill/testing';
import { GatewayReports } from './gateway-reports.js';
import { TestOrder } from './start-order.js';

const FIRST = 'a'.repeat(32);
const SECOND = 'c'.repeat(32);

describe('an order whose code is closed', () => {
  const mine = new TestChain('mine');
  const till = mine.key(['orders']);
  let order: TestOrder;
  let gateway: GatewayReports;

  beforeAll(async () => {
    order = await TestOrder.start({ chains: [mine], keys: [till] });
    gateway = new GatewayReports(order, mine);
  });

  afterAll(() => order.stop());

  const place = (orderId: string, query = '') => order.ask('POST', `/v1/orders${query}`, till, mine.order(orderId));
  const renew = (orderId: string, query = '', body: unknown = {}) => order.ask('POST', `/v1/orders/${orderId}/codes${query}`, till, body);
  const view = async (orderId: string) => (await order.ask('GET', `/v1/orders/${orderId}`, till)).body;
  const hears = (orderId: string, type: string) => until(`${type} is told`, async () => (await order.toldTypes(`mine:${orderId}`)).includes(type));

  async function closed(orderId: string): Promise<void> {
    await place(orderId);
    await gateway.codeIssued(orderId, FIRST);
    await gateway.expired(orderId, FIRST);
  }

  it('gets a new one, and still shows the old', async () => {
    await closed('again');
    const asked = renew('again', '?wait=code&waitSeconds=10', { codeSeconds: 120 });
    await hears('again', 'order.new-code-requested');
    expect((await order.told('mine:again')).at(-1)).toMatchObject({ type: 'order.new-code-requested', data: { codeSeconds: 120, nextAction: 'wait' } });
    await gateway.codeIssued('again', SECOND);
    expect(await asked).toMatchObject({
      status: 201, body: { codeStatus: 'ready', code: { text: `https://pay.example/${SECOND}` }, payments: [{ paymentId: FIRST, status: 'expired' }, { paymentId: SECOND, status: 'code-issued' }] },
    });
    await gateway.succeeded('again', SECOND);
    expect(await view('again')).toMatchObject({ status: 'paid', payments: [{ paymentId: FIRST, status: 'expired' }, { paymentId: SECOND, status: 'paid' }] });
  });

  it('is not answered with the closed one, however long it takes to write that down', async () => {
    await closed('slowly');
    await order.outside.query('create function slow_new_code() returns trigger language plpgsql as $$ begin perform pg_sleep(1); return null; end $$');
    await order.outside.query(`create constraint trigger slow_new_code after update on orders deferrable initially deferred for each row when (new.order_id = 'slowly' and new.status = 'awaiting-code') execute function slow_new_code()`);
    try {
      const asked = renew('slowly', '?wait=code&waitSeconds=10');
      await hears('slowly', 'order.new-code-requested');
      await gateway.codeIssued('slowly', SECOND);
      expect(await asked).toMatchObject({ status: 201, body: { codeStatus: 'ready', code: { text: `https://pay.example/${SECOND}` } } });
    } finally {
      await order.outside.query('drop trigger slow_new_code on orders');
      await order.outside.query('drop function slow_new_code()');
    }
  });

  it('asks once while the code is on its way', async () => {
    await closed('once');
    for (const _ of [1, 2, 3]) expect(await renew('once')).toMatchObject({ status: 202, body: { status: 'awaiting-code', codeStatus: 'pending' } });
    expect((await order.toldTypes('mine:once')).filter((type) => type === 'order.new-code-requested')).toHaveLength(1);
  });

  it('is not disturbed by what is reported late of the old payment', async () => {
    await closed('late');
    await renew('late');
    await gateway.expired('late', FIRST);
    await gateway.codeIssued('late', FIRST);
    await gateway.delayed('late', FIRST);
    await gateway.lateSuccess('late', FIRST);
    expect(await view('late')).toMatchObject({ status: 'awaiting-code', codeStatus: 'pending', nextAction: 'wait', problem: null });
    await gateway.codeIssued('late', SECOND);
    await gateway.expired('late', FIRST);
    expect(await view('late')).toMatchObject({ codeStatus: 'ready', nextAction: 'show-code' });
    expect(await order.toldTypes('mine:late')).toEqual(['order.placed', 'order.code-ready', 'order.code-closed', 'order.new-code-requested', 'order.code-ready']);
  });

  it('is refused one while it has one, or has ended', async () => {
    await place('live');
    await gateway.codeIssued('live', FIRST);
    expect(await renew('live')).toMatchObject({ status: 409, body: { code: 'order.code-live' } });
    await gateway.succeeded('live', FIRST);
    expect(await renew('live')).toMatchObject({ status: 409, body: { code: 'order.already-paid' } });
    await closed('ended');
    await order.ask('POST', '/v1/orders/ended/cancel', till);
    expect(await renew('ended')).toMatchObject({ status: 409, body: { code: 'order.already-ended' } });
    expect(await renew('never')).toMatchObject({ status: 404, body: { code: 'order.not-found' } });
    expect(await renew('live', '', { codeSeconds: 5 })).toMatchObject({ status: 400, body: { code: 'request.malformed' } });
  });

  it('is refused one after its deadline', async () => {
    await closed('deadline');
    order.clock.forward(1_800_001);
    expect(await renew('deadline')).toMatchObject({ status: 409, body: { code: 'order.already-ended' } });
  });

  it('tells the till at once that Alipay does not answer, unless it wants to wait for the code', async () => {
    const hasty = place('down', '?wait=code');
    const patient = place('down', '?wait=code&waitSeconds=10');
    await hears('down', 'order.placed');
    await gateway.delayed('down', FIRST);
    expect(await hasty).toMatchObject({ status: 202, body: { codeStatus: 'delayed', problem: 'alipay.unavailable', nextAction: 'wait' } });
    await gateway.codeIssued('down', FIRST);
    expect(await patient).toMatchObject({ status: 201, body: { codeStatus: 'ready', problem: null } });
  });
});
