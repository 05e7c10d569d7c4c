import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { paymentCodeIssuedV1, storeCancelRequestedV1, storeOrderRequestedV1, storeRefundRequestedV1, topics } from '@scantill/contracts';
import { eventMessage, storeMessage, TestChain, TestKafka, until, webhookSecret, type OutgoingMessage, type StoreMessageChanges } from '@scantill/testing';
import { GatewayReports, usd } from './gateway-reports.js';
import { TestOrder } from './start-order.js';

const MINUTE_MS = 60_000;

interface Letter { readonly problem: string; readonly status: string; readonly value: Buffer }

describe('the door of store.orders', () => {
  const mine = new TestChain('mine');
  const theirs = new TestChain('theirs');
  let order: TestOrder;
  let gateway: GatewayReports;

  beforeAll(async () => {
    order = await TestOrder.start({ chains: [mine, theirs], keys: [] });
    gateway = new GatewayReports(order, mine);
  });

  afterAll(() => order.stop());

  const request = (orderId: string, changes: StoreMessageChanges & { data?: Record<string, unknown>; by?: TestChain['signer'] } = {}): OutgoingMessage =>
    storeMessage(changes.by ?? mine.signer, storeOrderRequestedV1, { chainId: 'mine', ...mine.order(orderId), ...changes.data }, changes);
  const cancel = (orderId: string) => storeMessage(mine.signer, storeCancelRequestedV1, { chainId: 'mine', storeId: 'S001', orderId });
  const refund = (orderId: string, refundKey: string, changes: Record<string, unknown> = {}) =>
    storeMessage(mine.signer, storeRefundRequestedV1, { chainId: 'mine', storeId: 'S001', orderId, refundKey, ...changes });
  const receive = (...messages: readonly (OutgoingMessage & { timestampMs?: number })[]) => order.receive(topics.storeOrders, messages);
  const letters = (key: string) => order.outside.query<Letter>('select problem, status, value from dead_letters where key = $1 order by id', [key]);

  it('takes a signed order', async () => {
    await receive(request('signed'));
    expect(await order.toldTypes('mine:signed')).toEqual(['order.placed']);
  });

  it.each<[string, string, (orderId: string) => OutgoingMessage, string]>([
    ['without a signature', 'unsigned', (id) => ({ ...request(id), headers: { 'key-id': mine.signer.keyId } }), 'message.unsigned'],
    ['by a key that nobody knows', 'no-key', (id) => request(id, { by: { keyId: 'unknown', secret: webhookSecret() } }), 'message.unsigned'],
    ['by another secret', 'wrong-secret', (id) => request(id, { by: { keyId: mine.signer.keyId, secret: webhookSecret() } }), 'message.unsigned'],
    ['with one byte changed', 'changed', (id) => ({ ...request(id), value: Buffer.from(request(id).value.toString().replace('1099', '1098')) }), 'message.unsigned'],
    ["by another chain's key", 'foreign', (id) => request(id, { by: theirs.signer }), 'message.headers-disagree'],
    ['under a key of another order', 'other-key', (id) => ({ ...request(id, { data: { orderId: 'another' } }), key: `mine:${id}` }), 'message.headers-disagree'],
    ['whose type header says otherwise', 'other-type', (id) => request(id, { headers: { type: 'store.cancel-requested' } }), 'message.headers-disagree'],
    ['whose id header says otherwise', 'other-id', (id) => request(id, { headers: { id: 'another' } }), 'message.headers-disagree'],
    ['with a time stamp that is no number', 'no-stamp', (id) => request(id, { headers: { 'webhook-timestamp': 'soon' } }), 'message.unsigned'],
    ['with an amount of zero', 'zero', (id) => request(id, { data: { amount: { currency: 'USD', minor: '0' } } }), 'message.malformed'],
    ['with half a character', 'half', (id) => request(id, { data: { description: '\ud800' } }), 'message.malformed'],
    ['with a field whose name cannot be kept', 'nul-field', (id) => request(id, { data: { 'a\0b': 1 } }), 'message.malformed'],
    ['with more than 64 KB', 'large', (id) => request(id, { data: { description: 'x'.repeat(66_000) } }), 'message.too-large'],
  ])('refuses an order %s, and holds nothing back for it', async (_what, id, make, problem) => {
    const message = make(id);
    await receive(message);
    const [letter] = await letters(`mine:${id}`);
    expect(letter).toMatchObject({ problem, status: 'kept' });
    expect(letter?.value.equals(message.value)).toBe(true);
    expect(await order.statusOf(`mine:${id}`)).toBeUndefined();
    await receive(request(id));
    expect(await order.toldTypes(`mine:${id}`)).toEqual(['order.placed']);
  });

  it('refuses an unknown type and an unknown version to the sender', async () => {
    await receive(storeMessage(mine.signer, { ...storeOrderRequestedV1, version: 2 }, { chainId: 'mine', ...mine.order('v2') }));
    await receive(storeMessage(mine.signer, { ...storeOrderRequestedV1, type: 'store.dance-requested' }, { chainId: 'mine', ...mine.order('dance') }));
    expect(await letters('mine:v2')).toMatchObject([{ problem: 'message.unknown-version', status: 'kept' }]);
    expect(await letters('mine:dance')).toMatchObject([{ problem: 'message.unknown-type', status: 'kept' }]);
  });

  it("judges the age of a signature by the broker's time of arrival", async () => {
    // The topic stamps what arrives, so a sender cannot make an old message look new by dating its record.
    const kafka = await new TestKafka().open();
    const topic = await kafka.topic('append-time', { settings: { 'message.timestamp.type': 'LogAppendTime' } });
    const signedAt = new Date(Date.now() - 11 * MINUTE_MS);
    await kafka.send(topic, [{ ...request('old', { signedAt }), timestamp: String(signedAt.getTime()) }]);
    const reading = await kafka.read(topic);
    const arrived = await until('it arrives', () => reading.messages[0]);
    expect(Math.abs(Number(arrived.timestamp) - Date.now())).toBeLessThan(MINUTE_MS);
    await receive({ ...request('old', { signedAt }), timestampMs: Number(arrived.timestamp) });
    expect(await letters('mine:old')).toMatchObject([{ problem: 'message.stale' }]);

    // In time when it arrived, however long it has been waiting since.
    const hourAgo = Date.now() - 60 * MINUTE_MS;
    await receive({ ...request('backlog', { signedAt: new Date(hourAgo) }), timestampMs: hourAgo });
    expect(await letters('mine:backlog')).toEqual([]);
    expect(await order.toldTypes('mine:backlog')).toEqual(['order.expired']);
    await kafka.close();
  });

  it('applies a cancel that overtook its order when the order comes', async () => {
    await receive(cancel('overtaken'));
    expect(await order.toldTypes('mine:overtaken')).toEqual([]);
    await receive(request('overtaken'));
    expect(await order.toldTypes('mine:overtaken')).toEqual(['order.placed', 'order.cancel-requested']);
    expect(await order.statusOf('mine:overtaken')).toBe('cancelling');
  });

  it('does not let one store give up the order of another', async () => {
    await receive(request('elsewhere'));
    await receive(storeMessage(mine.signer, storeCancelRequestedV1, { chainId: 'mine', storeId: 'S999', orderId: 'elsewhere' }));
    expect(await order.statusOf('mine:elsewhere')).toBe('awaiting-code');
    expect((await order.told('mine:elsewhere')).at(-1)).toMatchObject({ type: 'order.request-refused', data: { request: 'cancel', problem: 'order.not-found' } });
  });

  it('answers order.not-found to a cancel whose order does not come within a minute', async () => {
    await receive(cancel('never-came'));
    order.clock.forward(59_000);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await order.told('mine:never-came')).toEqual([]);
    order.clock.forward(1_001);
    const refused = await until('the cancel is refused', async () => (await order.told('mine:never-came'))[0]);
    expect(refused).toMatchObject({ type: 'order.request-refused', data: { request: 'cancel', problem: 'order.not-found' } });
  });

  it('gives money back, once for each key, and answers what it refuses', async () => {
    await receive(request('refunds'));
    await gateway.succeeded('refunds');
    await receive(refund('refunds', 'r1', { amount: usd('400') }), refund('refunds', 'r1', { amount: usd('400') }), refund('refunds', 'r2', { reason: 'all of it' }));
    await receive(refund('refunds', 'r1', { amount: usd('401') }), refund('refunds', 'r3'), refund('refunds', 'r4', { storeId: 'S002' }));
    expect((await order.told('mine:refunds')).slice(2)).toMatchObject([
      { type: 'order.refund-requested', data: { refundKey: 'r1', amount: usd('400'), reason: null } },
      { type: 'order.refund-requested', data: { refundKey: 'r2', amount: usd('699'), reason: 'all of it' } },
      { type: 'order.request-refused', data: { request: 'refund', problem: 'idempotency.conflict', nextAction: 'hand-over-goods' } },
      { type: 'order.request-refused', data: { request: 'refund', problem: 'refund.exceeds-paid', nextAction: 'hand-over-goods' } },
      { type: 'order.request-refused', data: { request: 'refund', problem: 'order.not-found', storeId: 'S002', nextAction: 'do-not-hand-over' } },
    ]);
  });

  it('lets a refund wait for its order like a cancel, and answers what becomes of it', async () => {
    await receive(refund('early', 'r1'), refund('early', 'r2'), refund('early', 'r1'));
    expect(await order.toldTypes('mine:early')).toEqual([]);
    await receive(request('early'));
    expect(await order.told('mine:early')).toMatchObject([
      { type: 'order.placed' }, { type: 'order.request-refused', data: { request: 'refund', problem: 'order.not-paid' } }, { type: 'order.request-refused', data: { request: 'refund', problem: 'order.not-paid' } },
    ]);
    await receive(refund('no-order', 'r1'), cancel('no-order'));
    order.clock.forward(60_001);
    await until('both are refused', async () => (await order.told('mine:no-order')).length === 2);
    expect((await order.told('mine:no-order')).map(({ data }) => [data['request'], data['problem']]).sort()).toEqual([['cancel', 'order.not-found'], ['refund', 'order.not-found']]);
    expect(await order.outside.count('waiting_requests')).toBe(0);
  });

  it('applies a request that missed its order by a moment when its time is over', async () => {
    await receive(request('missed'));
    await order.outside.query(`insert into waiting_requests (key, order_key, request, correlation_id, asked_at) values ('mine:missed cancel', 'mine:missed', '{"kind": "cancel", "storeId": "S001", "reason": null}', 'c', now())`);
    await order.outside.query(`insert into due_work (kind, key, due_at) values ('waiting-request', 'mine:missed cancel', '2020-01-01')`);
    await until('it is applied', async () => (await order.statusOf('mine:missed')) === 'cancelling');
    expect(await order.toldTypes('mine:missed')).toEqual(['order.placed', 'order.cancel-requested']);
  });

  it('ends an order that is met after validUntil without asking for a payment', async () => {
    await receive(request('too-late', { data: { validUntil: new Date(order.clock.now().getTime() - 1).toISOString() } }));
    expect(await order.statusOf('mine:too-late')).toBe('expired');
    expect(await order.told('mine:too-late')).toMatchObject([{ type: 'order.expired', data: { reason: 'not-valid-any-more', nextAction: 'do-not-hand-over' } }]);
  });

  it('refuses other content under the same id', async () => {
    await receive(request('twice'), request('twice'));
    await receive(request('twice', { data: { amount: { currency: 'USD', minor: '1' } } }));
    expect(await order.told('mine:twice')).toMatchObject([{ type: 'order.placed' }, { type: 'order.request-refused', data: { problem: 'order.conflict' } }]);
  });

  it('gives an order up at its deadline', async () => {
    const codeIssued = { chainId: 'mine', orderId: 'deadline', storeId: 'S001', paymentId: 'a'.repeat(32), accountId: mine.accountId, alipayPaymentId: '2026', code: { text: 'https://pay.example/1', expiresAt: new Date().toISOString() } };
    await receive(request('deadline', { data: { deadlineSeconds: 60 } }));
    await order.receive(topics.payment, [eventMessage(paymentCodeIssuedV1, 'mine:deadline', codeIssued)]);
    expect(await order.statusOf('mine:deadline')).toBe('awaiting-payment');
    order.clock.forward(60_001);
    await until('it is given up', async () => (await order.statusOf('mine:deadline')) === 'cancelling');
    expect((await order.told('mine:deadline')).at(-1)).toMatchObject({ type: 'order.cancel-requested', data: { deadline: true } });
  });
});
