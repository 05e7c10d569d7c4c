import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { NOT_ACKNOWLEDGED } from '@scantill/alipay';
import { payRequest, TestMerchant, TestSimulator, until } from '../../test/start-simulator.js';

/** Two minutes pass in a tenth of a second. */
const RETRY_SCALE = 1_200;
const simulator = new TestSimulator();
const shop = new TestMerchant();
let ids = 0;
const nextId = () => `PR_${(ids += 1)}`;

beforeAll(async () => {
  await shop.start();
  await simulator.start({ SIMULATOR_RETRY_SCALE: String(RETRY_SCALE) });
});
afterEach(() => simulator.control('faults', undefined, 'DELETE'));
afterAll(async () => {
  await simulator.remove();
  await shop.stop();
});

async function paid(id = nextId()): Promise<string> {
  const { code } = await simulator.issue(payRequest({ id, notifyUrl: shop.url }));
  await simulator.control('confirm', { code });
  return id;
}

type Entry = { paymentRequestId: string; notification: string };
const notificationOf = async (id: string) => ((await simulator.control('ledger?limit=5000')).body['payments'] as Entry[]).find((entry) => entry.paymentRequestId === id)?.notification;
const isAcknowledged = async (id: string) => (await notificationOf(id)) === 'acknowledged';
/** What came to the shop about these payments, in order. */
const told = (...wanted: string[]) => shop.received.flatMap((reading) => {
  if (reading.kind !== 'verified') return [];
  const { paymentRequestId } = reading.notification;
  return wanted.includes(paymentRequestId) ? [paymentRequestId] : [];
});
const notify = (fault: unknown, particulars: Record<string, unknown> = { nth: 1 }) => simulator.plan({ operation: 'notifyPayment', ...particulars, fault });

describe('a notification', () => {
  it('that is dropped comes by the retry clock', async () => {
    await notify('dropped');
    const startedAt = Date.now();
    const id = await paid();
    expect(await notificationOf(id)).toBe('pending');
    await until(() => told(id).length === 1);
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(120_000 / RETRY_SCALE - 5);
    await until(() => isAcknowledged(id));
  });

  it('that is dropped for good never comes', async () => {
    await notify({ kind: 'dropped', attempts: 'all' });
    const id = await paid();
    expect(await notificationOf(id)).toBe('given-up');
    const next = await paid();
    await until(() => isAcknowledged(next));
    expect(told(id)).toEqual([]);
  });

  it('may be dropped for one payment alone', async () => {
    const id = nextId();
    await notify({ kind: 'dropped', attempts: 'all' }, { paymentRequestId: id });
    const other = await paid();
    await paid(id);
    await until(() => isAcknowledged(other));
    expect(told(id, other)).toEqual([other]);
  });

  it('may be delayed', async () => {
    await notify({ kind: 'delayed', ms: 200 });
    const startedAt = Date.now();
    const id = await paid();
    expect((await simulator.control('stats')).body['notificationsPending']).toBe(1);
    await until(() => isAcknowledged(id));
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(195);
    expect(told(id)).toEqual([id]);
  });

  it('may come several times at once', async () => {
    await notify({ kind: 'duplicated', times: 3 });
    const id = await paid();
    await until(() => isAcknowledged(id));
    expect(told(id)).toEqual([id, id, id]);
  });

  it('may come behind that of a later payment', async () => {
    await notify('reordered');
    const first = await paid();
    const second = await paid();
    await until(() => isAcknowledged(first));
    expect(told(first, second)).toEqual([second, first]);
  });

  it('may come before the code that it is about', async () => {
    await notify('before-pay-answer');
    const id = nextId();
    shop.replyAfterMs = 150;
    expect(await simulator.client.pay(payRequest({ id, notifyUrl: shop.url }))).toMatchObject({ status: 'S', body: { paymentRequestId: id } });
    expect([told(id), await notificationOf(id)]).toEqual([[id], 'acknowledged']);
    shop.replyAfterMs = 0;
    expect(await simulator.client.pay(payRequest({ id, notifyUrl: shop.url }))).toMatchObject({ status: 'S' });
    const other = nextId();
    await simulator.client.pay(payRequest({ id: other, notifyUrl: shop.url }));
    expect([told(id, other), await notificationOf(other)]).toEqual([[id], 'none']);
    expect((await simulator.control('faults')).body).toMatchObject({ rules: [{ seen: 2, struck: 1 }] });
    expect((await simulator.control('exchanges')).body).toMatchObject({ notifyPayment: { faults: { 'before-pay-answer': 1 } } });
  });

  it.each([
    ['wrong-amount', { currency: 'USD', value: '1100' }],
    [{ kind: 'wrong-amount', value: '1' }, { currency: 'USD', value: '1' }],
    ['wrong-currency', { currency: 'EUR', value: '1099' }],
    [{ kind: 'wrong-currency', currency: 'JPY' }, { currency: 'JPY', value: '1099' }],
  ])('may be signed and wrong: %j', async (fault, paymentAmount) => {
    await notify(fault);
    const id = await paid();
    await until(() => isAcknowledged(id));
    expect(shop.received.at(-1)).toMatchObject({ kind: 'verified', notification: { paymentRequestId: id, paymentAmount } });
    expect(await simulator.client.inquiryPayment({ paymentRequestId: id })).toMatchObject({ body: { paymentAmount: { currency: 'USD', value: '1099' } } });
  });

  it('whose signature is bad comes again with a good one', async () => {
    await notify('bad-signature');
    const before = shop.received.length;
    shop.reply = { status: 200, body: NOT_ACKNOWLEDGED };
    const id = await paid();
    await until(() => shop.received.length === before + 1);
    expect(shop.received.at(-1)).toMatchObject({ kind: 'refused', reason: 'bad-signature' });
    shop.reply = new TestMerchant().reply;
    await until(() => isAcknowledged(id));
    expect(told(id)).toEqual([id]);
  });

  it('comes again after 2, 10 and 10 minutes of business time while nobody acknowledges it', async () => {
    shop.reply = { status: 200, body: NOT_ACKNOWLEDGED };
    const startedAt = Date.now();
    const id = await paid();
    for (const [index, minutes] of [0, 2, 12, 22].entries()) {
      await until(() => told(id).length > index);
      const arrivedMs = Date.now() - startedAt;
      expect(arrivedMs).toBeGreaterThanOrEqual((minutes * 60_000) / RETRY_SCALE - 5);
      // The next gap of Alipay's, an hour, is three seconds here.
      expect(arrivedMs).toBeLessThan((minutes * 60_000) / RETRY_SCALE + 2_500);
    }
    shop.reply = new TestMerchant().reply;
  });
});
