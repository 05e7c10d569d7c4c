import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestChain } from '@scantill/testing';
import { GatewayReports, usd } from './gateway-reports.js';
import { TestOrder, type Answer } from './start-order.js';

describe('the HTTP door for refunds', () => {
  const mine = new TestChain('mine');
  const theirs = new TestChain('theirs');
  const till = mine.key(['orders']);
  const desk = mine.key(['orders', 'refunds', 'refund-any-store']);
  const storeDesk = mine.key(['refunds'], 'S001');
  const otherStoreDesk = mine.key(['refunds', 'refund-any-store'], 'S002');
  const chainWithoutAnyStore = mine.key(['refunds']);
  const theirDesk = theirs.key(['refunds', 'refund-any-store']);
  let order: TestOrder;
  let gateway: GatewayReports;

  beforeAll(async () => {
    order = await TestOrder.start({ chains: [mine, theirs], keys: [till, desk, storeDesk, otherStoreDesk, chainWithoutAnyStore, theirDesk] });
    gateway = new GatewayReports(order, mine);
  });

  afterAll(() => order.stop());

  const refund = (orderId: string, key: string, body: unknown = {}, by = desk, query = ''): Promise<Answer> =>
    order.ask('POST', `/v1/orders/${orderId}/refunds${query}`, by, body, { 'idempotency-key': key });
  const part = (minor: string) => ({ amount: usd(minor) });
  const view = async (orderId: string) => (await order.ask('GET', `/v1/orders/${orderId}`, desk)).body;

  it('reserves a part and answers 202 with what is left', async () => {
    await gateway.paidOrder('part', desk);
    expect(await refund('part', 'r1', { ...part('400'), reason: 'Milk was sour' })).toMatchObject({
      status: 202, body: { status: 'paid', nextAction: 'hand-over-goods', refunded: usd('0'), left: usd('699'), refunds: [{ refundKey: 'r1', status: 'requested', amount: usd('400'), reason: 'Milk was sour' }] },
    });
    expect((await order.told('mine:part')).at(-1)).toMatchObject({ type: 'order.refund-requested', data: { refundKey: 'r1', amount: usd('400'), paymentId: 'a'.repeat(32), reason: 'Milk was sour' } });
  });

  it('follows a refund through success, another one, and a bounce', async () => {
    await gateway.paidOrder('life', desk);
    await refund('life', 'r1', part('400'));
    await gateway.refundSucceeded('life', 'r1', '400');
    expect(await view('life')).toMatchObject({ status: 'partly-refunded', nextAction: 'hand-over-goods', refunded: usd('400'), left: usd('699'), payments: [{ paymentId: 'a'.repeat(32), status: 'paid' }] });
    expect((await order.told('mine:life')).at(-1)).toMatchObject({ type: 'order.refunded', data: { refunded: usd('400'), left: usd('699'), alipayRefundId: 'R2026', wallet: 'ALIPAY_CN' } });
    await refund('life', 'r2');
    await gateway.refundSucceeded('life', 'r2', '699');
    expect(await view('life')).toMatchObject({ status: 'refunded', nextAction: 'do-not-hand-over', refunded: usd('1099'), left: usd('0') });
    await gateway.refundReversed('life', 'r1', '400');
    await gateway.refundReversed('life', 'r1', '400');
    expect(await view('life')).toMatchObject({ status: 'partly-refunded', nextAction: 'call-operator', refunded: usd('699'), left: usd('400'), refunds: [{ status: 'reversed' }, { status: 'succeeded' }] });
    expect((await order.toldTypes('mine:life')).slice(-2)).toEqual(['order.refund-reversed', 'order.attention-needed']);
    const [row] = await order.outside.query(`select refunded_minor, refunding_minor, refund_count from orders where key = 'mine:life'`);
    expect(row).toEqual({ refunded_minor: 699n, refunding_minor: 0n, refund_count: 2 });
  });

  it('answers 201 as soon as Alipay has given the money back', async () => {
    await gateway.paidOrder('quick', desk);
    const asked = refund('quick', 'r1', {}, desk, '?wait=result&waitSeconds=10');
    await gatewayHears('quick');
    await gateway.refundSucceeded('quick', 'r1', '1099');
    expect(await asked).toMatchObject({ status: 201, body: { status: 'refunded', refunds: [{ status: 'succeeded', alipayRefundId: 'R2026' }] } });
    expect(await refund('quick', 'r1')).toMatchObject({ status: 201 });
  });

  it('answers with the reason when Alipay refuses, and gives the reserve up', async () => {
    await gateway.paidOrder('refused', desk);
    const asked = refund('refused', 'r1', {}, desk, '?wait=result&waitSeconds=10');
    await gatewayHears('refused');
    await gateway.refundFailed('refused', 'r1', '1099');
    expect(await asked).toMatchObject({ status: 409, body: { code: 'refund.not-supported', detail: 'Alipay answered REFUND_NOT_SUPPORTED' } });
    expect(await view('refused')).toMatchObject({ status: 'paid', left: usd('1099'), refunds: [{ status: 'failed', problem: 'refund.not-supported' }] });
    await refund('refused', 'r2');
    await gateway.refundFailed('refused', 'r2', '1099', 'refund.reason-of-the-future');
    expect(await refund('refused', 'r2')).toMatchObject({ status: 409, body: { code: 'refund.refused' } });
  });

  it('hears of an end that another instance has written', async () => {
    await gateway.paidOrder('elsewhere', desk);
    const asked = refund('elsewhere', 'r1', {}, desk, '?wait=result&waitSeconds=10');
    await gatewayHears('elsewhere');
    await order.outside.query(`with refunded as (update order_refunds set status = 'succeeded', alipay_refund_id = 'R2026', refunded_at = now() where order_key = 'mine:elsewhere')
      update orders set status = 'refunded', refunded_minor = 1099, refunding_minor = 0 where key = 'mine:elsewhere'`);
    expect(await asked).toMatchObject({ status: 201, body: { status: 'refunded', refunded: usd('1099'), refunds: [{ status: 'succeeded' }] } });
  });

  it('answers 202 after 0.8 s when Alipay does not', async () => {
    await gateway.paidOrder('slow', desk);
    const startedAtMs = Date.now();
    expect(await refund('slow', 'r1', {}, desk, '?wait=result')).toMatchObject({ status: 202 });
    expect(Date.now() - startedAtMs).toBeGreaterThanOrEqual(790);
  });

  it('is the same refund under the same key, and a conflict with other content', async () => {
    await gateway.paidOrder('same', desk);
    for (const _ of [1, 2, 3]) expect(await refund('same', 'r1', part('400'))).toMatchObject({ status: 202, body: { left: usd('699') } });
    for (const other of [part('401'), {}, { ...part('400'), reason: 'other' }]) expect(await refund('same', 'r1', other)).toMatchObject({ status: 409, body: { code: 'idempotency.conflict' } });
    expect((await order.toldTypes('mine:same')).filter((type) => type === 'order.refund-requested')).toHaveLength(1);
  });

  it('refuses what cannot be given back', async () => {
    await gateway.paidOrder('limits', desk);
    await order.ask('POST', '/v1/orders', desk, mine.order('unpaid'));
    expect(await refund('unpaid', 'r1')).toMatchObject({ status: 409, body: { code: 'order.not-paid' } });
    expect(await refund('never', 'r1')).toMatchObject({ status: 404, body: { code: 'order.not-found' } });
    expect(await refund('limits', 'r1', part('1100'))).toMatchObject({ status: 409, body: { code: 'refund.exceeds-paid' } });
    expect(await refund('limits', 'r1', { amount: { currency: 'SGD', minor: '1' } })).toMatchObject({ status: 422, body: { code: 'refund.currency-differs' } });
    expect(await refund('limits', 'r1', part('0'))).toMatchObject({ status: 400, body: { code: 'request.malformed', errors: [{ path: 'amount.minor' }] } });
    expect(await order.ask('POST', '/v1/orders/limits/cancel', desk)).toMatchObject({ status: 409, body: { code: 'order.already-paid' } });
    expect(await order.outside.count(`order_refunds where order_key = 'mine:limits'`)).toBe(0);
  });

  it('wants a key of the refund in its form', async () => {
    await gateway.paidOrder('keyless', desk);
    expect(await order.ask('POST', '/v1/orders/keyless/refunds', desk, {})).toMatchObject({ status: 400, body: { code: 'idempotency.missing' } });
    expect(await refund('keyless', 'with blank')).toMatchObject({ status: 400, body: { code: 'request.malformed', errors: [{ path: 'Idempotency-Key' }] } });
    expect(await refund('keyless', 'x'.repeat(65))).toMatchObject({ status: 400, body: { code: 'request.malformed' } });
  });

  it("lets a store's key refund in its own store, and a chain's key only where it may in any", async () => {
    await gateway.paidOrder('whose', desk);
    expect(await refund('whose', 'r1', part('1'), till)).toMatchObject({ status: 403, body: { code: 'auth.forbidden' } });
    expect(await refund('whose', 'r1', part('1'), chainWithoutAnyStore)).toMatchObject({ status: 403, body: { code: 'auth.forbidden' } });
    for (const stranger of [theirDesk, otherStoreDesk]) expect(await refund('whose', 'r1', part('1'), stranger)).toMatchObject({ status: 404, body: { code: 'order.not-found' } });
    expect(await refund('whose', 'r1', part('1'), storeDesk)).toMatchObject({ status: 202 });
    expect(await refund('whose', 'r2', part('1'), desk)).toMatchObject({ status: 202 });
    expect(await order.ask('GET', '/v1/orders/whose/refunds/r1', storeDesk)).toMatchObject({ status: 200, body: { refundKey: 'r1', status: 'requested', amount: usd('1') } });
    expect(await order.ask('GET', '/v1/orders/whose/refunds/r9', till)).toMatchObject({ status: 404, body: { code: 'refund.not-found' } });
    expect(await order.ask('GET', '/v1/orders/whose/refunds/r1', theirDesk)).toMatchObject({ status: 404, body: { code: 'order.not-found' } });
  });

  it('gives back exactly what was paid when a hundred ask for more at once', async () => {
    await gateway.paidOrder('rush', desk);
    const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => refund('rush', `r${n}`, part('100'))));
    const statuses = answers.map(({ status, body }) => (status === 202 ? '202' : `${status} ${String(body['code'])}`));
    expect(statuses.filter((status) => status === '202')).toHaveLength(10);
    expect(statuses.filter((status) => status === '409 refund.exceeds-paid')).toHaveLength(90);
    const [row] = await order.outside.query(`select refunding_minor, (select sum(amount_minor)::bigint from order_refunds where order_key = key) as reserved from orders where key = 'mine:rush'`);
    expect(row).toEqual({ refunding_minor: 1_000n, reserved: 1_000n });
    expect((await order.toldTypes('mine:rush')).filter((type) => type === 'order.refund-requested')).toHaveLength(10);
  });

  it('the database holds the same rules, whoever writes', async () => {
    await gateway.paidOrder('rules', desk);
    await refund('rules', 'r1', part('400'));
    const set = (what: string) => order.outside.query(`update orders set ${what} where key = 'mine:rules'`);
    for (const wrong of ['refunding_minor = 1100', 'refunded_minor = 700', 'refunding_minor = -1', `status = 'refunded'`, `status = 'partly-refunded'`, 'refund_count = 101', 'refund_count = 0', `refunded_minor = 1099, refunding_minor = 0, status = 'paid'`]) {
      await expect(set(wrong)).rejects.toMatchObject({ code: '23514' });
    }
    await expect(order.outside.query(`update order_refunds set amount_minor = 0 where order_key = 'mine:rules'`)).rejects.toMatchObject({ code: '23514' });
    await expect(order.outside.query(`update order_refunds set status = 'succeeded' where order_key = 'mine:rules'`)).rejects.toMatchObject({ code: '23514' });
    await expect(order.outside.query(`delete from orders where key = 'mine:rules'`)).rejects.toMatchObject({ code: '23001' });
  });

  it('ignores what the gateway gives back by itself', async () => {
    await gateway.paidOrder('own', desk);
    const told = await order.toldTypes('mine:own');
    await gateway.refundSucceeded('own', null, '1099');
    await gateway.lateSuccess('own', 'c'.repeat(32));
    expect(await view('own')).toMatchObject({ status: 'paid', refunds: [], nextAction: 'hand-over-goods' });
    expect(await order.toldTypes('mine:own')).toEqual(told);
  });

  async function gatewayHears(orderId: string): Promise<void> {
    while (!(await order.toldTypes(`mine:${orderId}`)).includes('order.refund-requested')) await new Promise((resolve) => setTimeout(resolve, 10));
  }
});
