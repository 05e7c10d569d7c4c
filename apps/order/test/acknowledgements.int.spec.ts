import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { storeAcknowledgedV1, storeCancelRequestedV1, storeOrderRequestedV1, topics } from '@scantill/contracts';
import type { OrderKey } from '@scantill/kernel';
import { storeMessage, TestChain, until, type TestKey } from '@scantill/testing';
import { AcknowledgeReads, UNDER_WAY_MAX } from '../src/flows/acknowledge-reads.js';
import { FindOrder } from '../src/flows/find-order.js';
import { GatewayReports } from './gateway-reports.js';
import { TestOrder } from './start-order.js';

/** As long as a write takes that nobody waits for; where there must be none, that it had time to be there. */
const A_MOMENT_MS = 300;
const aMoment = () => new Promise((resolve) => setTimeout(resolve, A_MOMENT_MS));

/** A message that comes again says when it was first sent. */
const SAID_AT = new Date().toISOString();
const bySystem = { owner: { kind: 'system', name: 'Tills' } } as const;

function ofSystem(key: TestKey): TestKey {
  return { ...key, entry: { ...key.entry, ...bySystem } };
}

describe('a chain that acknowledges', () => {
  const mine = new TestChain('mine', 'T_111222333', { withinMinutes: 30 });
  const silent = new TestChain('silent', 'T_444555666');
  const key = ofSystem(mine.key(['orders']));
  const personsKey = mine.key(['orders']);
  const silentKey = ofSystem(silent.key(['orders']));
  let order: TestOrder;
  let gateway: GatewayReports;
  let silentGateway: GatewayReports;

  beforeAll(async () => {
    order = await TestOrder.start({ chains: [mine, silent], keys: [key, personsKey, silentKey] });
    [gateway, silentGateway] = [new GatewayReports(order, mine), new GatewayReports(order, silent)];
  });

  afterAll(() => order.stop());

  const says = (orderId: string, { by = mine, storeId = 'S001', id }: { by?: TestChain; storeId?: string; id?: string } = {}) =>
    storeMessage(by.signer, storeAcknowledgedV1, { chainId: by.id, storeId, orderId }, id === undefined ? {} : { id, time: SAID_AT });
  const acknowledge = (...args: Parameters<typeof says>) => order.receive(topics.storeOrders, [says(...args)]);
  const read = (orderId: string, by = key) => order.ask('GET', `/v1/orders/${orderId}`, by);
  const acknowledged = async (orderId: string, chain = mine) => (await order.told(`${chain.id}:${orderId}`)).filter(({ type }) => type === 'order.acknowledged');
  const refused = async (orderId: string) => (await order.told(`mine:${orderId}`)).filter(({ type }) => type === 'order.request-refused');
  const markOf = async (orderId: string) => (await order.outside.query<{ at: Date | null }>('select acknowledged_at as at from orders where key = $1', [`mine:${orderId}`]))[0]?.at;

  it('by a message: it is told once, however often it says so', async () => {
    await gateway.paidOrder('said', key);
    const message = says('said', { id: 'ack-1' });
    await order.receive(topics.storeOrders, [message, says('said')]);
    await order.receive(topics.storeOrders, [message]);
    await acknowledge('said');
    expect(await acknowledged('said')).toEqual([expect.objectContaining({
      subject: 'mine:said/acknowledgement', sequence: 1, causationId: expect.stringMatching(/./),
      data: { chainId: 'mine', orderId: 'said', storeId: 'S001', tillId: 'T1', paymentId: 'a'.repeat(32), by: 'message', acknowledgedAt: order.clock.now().toISOString() },
    })]);
    expect(await markOf('said')).toEqual(order.clock.now());
    expect(await refused('said')).toEqual([]);
  });

  it('by reading the paid order: it is told once, and a read before the payment does not count', async () => {
    await order.ask('POST', '/v1/orders', key, mine.order('read'));
    await gateway.codeIssued('read');
    await read('read');
    await aMoment();
    expect(await markOf('read')).toBeNull();
    await gateway.succeeded('read');
    await Promise.all(Array.from({ length: 10 }, () => read('read')));
    await until('it is told', async () => (await acknowledged('read')).length > 0);
    await Promise.all(Array.from({ length: 3 }, () => read('read')));
    await acknowledge('read');
    await aMoment();
    expect(await acknowledged('read')).toMatchObject([{ data: { by: 'read', storeId: 'S001', paymentId: 'a'.repeat(32) } }]);
    const timeline = await order.ask('GET', '/v1/orders/read/timeline', key);
    expect(timeline.body['entries']).toContainEqual(expect.objectContaining({ service: 'order', kind: 'order.acknowledged', detail: { by: 'read' } }));
  });

  it('has acknowledged an order once and for all, whatever happens to it afterwards', async () => {
    await gateway.paidOrder('changed', key);
    await acknowledge('changed');
    await gateway.refundReversed('changed', 'unasked', '1');
    expect(await order.toldTypes('mine:changed')).toContain('order.attention-needed');
    expect(await markOf('changed')).toEqual(order.clock.now());
    await read('changed');
    await aMoment();
    expect(await acknowledged('changed')).toHaveLength(1);
  });

  it('is told of once when it says so and reads at the same time', async () => {
    await gateway.paidOrder('both', key);
    await order.outside.query('begin');
    await order.outside.query(`select from orders where key = 'mine:both' for update`);
    await read('both');
    const saying = acknowledge('both');
    await until('both want to write it down', async () => (await order.outside.waitingFor('transactionid', 'tuple')) === 2);
    await order.outside.query('rollback');
    await saying;
    await until('it is told', async () => (await acknowledged('both')).length > 0);
    await aMoment();
    expect(await acknowledged('both')).toHaveLength(1);
  });

  it('is refused, with what the till does, what is not paid; and what it says then does not count later', async () => {
    await order.receive(topics.storeOrders, [storeMessage(mine.signer, storeOrderRequestedV1, { chainId: 'mine', ...mine.order('unpaid') }), says('unpaid')]);
    expect(await refused('unpaid')).toMatchObject([{ data: { request: 'acknowledge', problem: 'order.nothing-to-acknowledge', detail: 'The order is not paid: there is nothing to acknowledge', nextAction: 'wait' } }]);
    await gateway.succeeded('unpaid');
    expect([await acknowledged('unpaid'), await markOf('unpaid')]).toEqual([[], null]);
  });

  it("is refused another store's order and one that is not there", async () => {
    await gateway.paidOrder('elsewhere', key);
    await acknowledge('elsewhere', { storeId: 'S002' });
    await acknowledge('nowhere');
    for (const id of ['elsewhere', 'nowhere']) expect(await refused(id)).toMatchObject([{ data: { request: 'acknowledge', problem: 'order.not-found', nextAction: 'do-not-hand-over' } }]);
    expect(await acknowledged('elsewhere')).toEqual([]);
  });

  it('by placing a paid order again, as a till does that asks that way', async () => {
    await gateway.paidOrder('again', key);
    expect((await order.ask('POST', '/v1/orders', key, mine.order('again'))).body['status']).toBe('paid');
    await until('it is told', async () => (await acknowledged('again')).length > 0);
    expect(await acknowledged('again')).toMatchObject([{ data: { by: 'read' } }]);
  });

  it('is not known to have heard by a person who looks the order up, or places it again', async () => {
    await gateway.paidOrder('looked-up', key);
    expect((await read('looked-up', personsKey)).body['status']).toBe('paid');
    expect((await order.ask('POST', '/v1/orders', personsKey, mine.order('looked-up'))).body['status']).toBe('paid');
    await aMoment();
    expect([await acknowledged('looked-up'), await markOf('looked-up')]).toEqual([[], null]);
  });

  it.each([
    ['acknowledged', 'one-a', 'one-z'],
    ['cancelled', 'two-z', 'two-a'],
  ])('that says so together with a request of another order holds neither while it waits for the first of them, which is %s', async (_which, paid, unpaid) => {
    const [first, last] = [paid, unpaid].sort();
    await gateway.paidOrder(paid, key);
    await order.ask('POST', '/v1/orders', key, mine.order(unpaid));
    await order.outside.query('begin');
    await order.outside.query('select from orders where key = $1 for update', [`mine:${first}`]);
    const saying = order.receive(topics.storeOrders, [says(paid), storeMessage(mine.signer, storeCancelRequestedV1, { chainId: 'mine', storeId: 'S001', orderId: unpaid })]);
    await until('it waits for the one that is held', async () => (await order.outside.waitingFor('transactionid')) === 1);
    await order.outside.query('select from orders where key = $1 for update nowait', [`mine:${last}`]);
    await order.outside.query('rollback');
    await saying;
    expect([(await acknowledged(paid)).length, await order.statusOf(`mine:${unpaid}`)]).toEqual([1, 'cancelling']);
  });

  it('that does not ask for it costs no write: no mark, no event, not even the identity of the message', async () => {
    await silentGateway.paidOrder('quiet', silentKey);
    const before = await order.outside.count('inbox');
    await acknowledge('quiet', { by: silent });
    expect((await read('quiet', silentKey)).body['status']).toBe('paid');
    await aMoment();
    expect(await acknowledged('quiet', silent)).toEqual([]);
    expect(await order.outside.count(`orders where acknowledged_at is not null and chain_id = 'silent'`)).toBe(0);
    expect([await order.outside.count('inbox') - before, await order.outside.count('dead_letters')]).toEqual([0, 0]);
  });

  it('reads its orders as ever while the database takes no writes, or somebody holds the order; the next read counts', async () => {
    await gateway.paidOrder('held', key);
    await order.outside.query('begin');
    await order.outside.query(`select from orders where key = 'mine:held' for update`);
    expect((await read('held')).body['status']).toBe('paid');
    await order.outside.query('rollback');
    await until('it is told', async () => (await acknowledged('held')).length === 1);

    await gateway.paidOrder('read-only', key);
    await order.outside.query(`create or replace function refuse_write() returns trigger language plpgsql as $$ begin raise exception 'cannot execute UPDATE in a read-only transaction' using errcode = '25006'; end $$`);
    await order.outside.query('create trigger read_only before update on orders for each statement execute function refuse_write()');
    expect(await read('read-only')).toMatchObject({ status: 200, body: { status: 'paid', nextAction: 'hand-over-goods' } });
    // Until it was tried, in vain.
    await order.get(AcknowledgeReads).part.stop();
    await order.outside.query('drop trigger read_only on orders');
    expect(await acknowledged('read-only')).toEqual([]);
    await read('read-only');
    await until('it is told', async () => (await acknowledged('read-only')).length === 1);
  });

  it('does not count a read while too many are being written down; the next one counts', async () => {
    await gateway.paidOrder('crowd', key);
    const reads = order.get(AcknowledgeReads);
    const paid = (await order.get(FindOrder).run('mine:crowd'))!;
    await order.outside.query('begin');
    await order.outside.query('lock table orders in exclusive mode');
    for (let nth = 0; nth < UNDER_WAY_MAX; nth += 1) reads.note({ ...paid, key: `mine:not-there-${nth}` as OrderKey }, bySystem);
    reads.note(paid, bySystem);
    await order.outside.query('rollback');
    await reads.part.stop();
    expect(await acknowledged('crowd')).toEqual([]);
    reads.note(paid, bySystem);
    await reads.part.stop();
    expect(await acknowledged('crowd')).toHaveLength(1);
  });
});
