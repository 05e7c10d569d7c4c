import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { orderDayClosedV1, orderDayRefusedV1, storeDayClosedV1, topics } from '@scantill/contracts';
import { storeMessage, TestChain, webhookSecret, type OutgoingMessage, type StoreMessageChanges } from '@scantill/testing';
import { TestOrder } from './start-order.js';

const HOUR_MS = 3_600_000;
const ofOtherStore = { keyId: 'mine-S002', secret: webhookSecret() };

class ChainWithStoreKey extends TestChain {
  override get chainEntry() {
    const entry = super.chainEntry;
    return { ...entry, orderKeys: [...entry.orderKeys, { ...ofOtherStore, storeId: 'S002' }] };
  }
}

describe('a trading day that a store closes', () => {
  const mine = new ChainWithStoreKey('mine');
  const theirs = new TestChain('theirs');
  let order: TestOrder;
  let until: Date;

  beforeAll(async () => {
    order = await TestOrder.start({ chains: [mine, theirs], keys: [] });
    until = order.clock.now();
  });

  afterAll(() => order.stop());

  const at = (hours: number) => new Date(until.getTime() + hours * HOUR_MS).toISOString();
  const day = (changes: Readonly<Record<string, unknown>> = {}) => ({
    chainId: 'mine', storeId: 'S001', date: until.toISOString().slice(0, 10), from: at(-24), until: at(0),
    totals: [{ currency: 'USD', sales: { count: 3, minor: '3297' }, refunds: { count: 0, minor: '0' } }], ...changes,
  });
  const closing = (data: Readonly<Record<string, unknown>> = {}, changes: StoreMessageChanges & { by?: TestChain['signer'] } = {}): OutgoingMessage =>
    storeMessage(changes.by ?? mine.signer, storeDayClosedV1, day(data), changes);
  const receive = (...messages: readonly (OutgoingMessage & { readonly timestampMs?: number })[]) => order.receive(topics.storeOrders, messages);
  const told = (storeId = 'S001') => order.told(`mine:${storeId}`);
  const problems = async (key: string) => (await order.outside.query<{ problem: string }>('select problem from dead_letters where key = $1 order by id', [key])).map(({ problem }) => problem);
  const forget = async () => {
    await order.outside.query('delete from outbox');
    await order.outside.query('delete from dead_letters');
  };

  it('is passed on with the accounts of the store and with who said so, once', async () => {
    const message = closing({}, { time: at(-0.5) });
    await receive({ ...message, timestampMs: Date.parse(at(0.05)) });
    await receive(message, message);
    const [event, ...more] = await told();
    expect(more).toEqual([]);
    expect(event?.type).toBe('order.day-closed');
    expect(orderDayClosedV1.data.parse(event?.data)).toEqual({
      ...day(), accounts: { USD: 'mine-usd' }, closedAt: at(0.05), sentBy: { keyId: mine.signer.keyId, source: 'till' },
    });
    await forget();
  });

  it('is passed on each time that it is closed anew, in the order in which it came, whatever its clocks say', async () => {
    const came = (message: OutgoingMessage, hours: number) => ({ ...message, timestampMs: Date.parse(at(hours)) });
    await receive(came(closing({}, { time: at(48) }), 0.05), came(closing({ totals: [] }, { time: at(-3) }), 0.1));
    expect((await told()).map(({ data }) => data)).toMatchObject([{ totals: [{ currency: 'USD' }], closedAt: at(0.05) }, { totals: [], closedAt: at(0.1) }]);
    await forget();
  });

  it('is passed on where it has a currency in which the store does not sell any more', async () => {
    await receive(closing({ totals: [{ currency: 'JPY', sales: { count: 1, minor: '5' }, refunds: { count: 0, minor: '0' } }] }));
    expect(await told()).toMatchObject([{ type: 'order.day-closed', data: { totals: [{ currency: 'JPY' }], accounts: { USD: 'mine-usd' } } }]);
    await forget();
  });

  it.each<[string, () => Readonly<Record<string, unknown>>, string]>([
    ['of a store that is not registered', () => ({ storeId: 'S999' }), 'order.unknown-store'],
    ['that is not over', () => ({ from: at(0), until: at(24) }), 'day.not-over'],
    ['that is long past', () => ({ from: at(-1_150), until: at(-1_126), date: at(-1_138).slice(0, 10) }), 'day.too-old'],
  ])('is refused by an event where it is one %s', async (_what, changes, problem) => {
    const { date, storeId } = day(changes());
    await receive(closing(changes()));
    const [event, ...more] = await told(storeId);
    expect([event?.type, more]).toEqual(['order.day-refused', []]);
    expect(orderDayRefusedV1.data.parse(event?.data)).toMatchObject({ problem, date, storeId, nextAction: 'call-operator' });
    await forget();
  });

  it.each<[string, () => OutgoingMessage, string]>([
    ['by another secret', () => closing({}, { by: { keyId: mine.signer.keyId, secret: webhookSecret() } }), 'message.unsigned'],
    ['by the key of another store', () => closing({}, { by: ofOtherStore }), 'message.headers-disagree'],
    ["by another chain's key", () => closing({}, { by: theirs.signer }), 'message.headers-disagree'],
    ['under the key of another store', () => closing({}, { key: 'mine:S002' }), 'message.headers-disagree'],
    ['for an order', () => closing({ orderId: 'A-1' }), 'message.headers-disagree'],
    ['whose window ends before it begins', () => closing({ from: at(0), until: at(-1) }), 'message.malformed'],
    ['whose window is of a week', () => closing({ from: at(-7 * 24) }), 'message.malformed'],
    ['with a field that nobody knows', () => closing({ cash: '5' }), 'message.malformed'],
    ['with more than can be added up', () => closing({ totals: [{ currency: 'USD', sales: { count: 1, minor: `1${'0'.repeat(15)}` }, refunds: { count: 0, minor: '0' } }] }), 'message.malformed'],
  ])('is answered to nobody %s', async (_what, make, problem) => {
    const message = make();
    await receive(message);
    expect([await problems(message.key), await told()]).toEqual([[problem], []]);
    await forget();
  });
});
