import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CLIENT_ID, payRequest, TestSimulator } from '../../test/start-simulator.js';

const simulator = new TestSimulator();
let ids = 0;
const nextId = () => `PR_${(ids += 1)}`;

beforeAll(() => simulator.start({ CLOCK_START: '2026-10-10T12:00:00+08:00' }));
beforeEach(() => terms({ multipleRefunds: true, partialRefunds: true, hasBalance: true, refundWindowDays: 365 }));
afterAll(() => simulator.remove());

const terms = (change: Record<string, unknown>) => simulator.control(`accounts/${CLIENT_ID}`, change);

async function paid(): Promise<string> {
  const { paymentId, code } = await simulator.issue(payRequest({ id: nextId(), value: '1000' }));
  await simulator.control('confirm', { code });
  return paymentId;
}

const refund = (paymentId: string, value: string, refundRequestId = nextId()) => simulator.client.refund({ refundRequestId, paymentId, refundAmount: { currency: 'USD', value } });

describe('an account', () => {
  it('may allow a single refund only', async () => {
    await terms({ multipleRefunds: false });
    const paymentId = await paid();
    expect(await refund(paymentId, '400')).toMatchObject({ status: 'S' });
    expect(await refund(paymentId, '400')).toMatchObject({ status: 'F', code: 'MULTIPLE_REFUNDS_NOT_SUPPORTED' });
  });

  it('may allow whole refunds only', async () => {
    await terms({ partialRefunds: false });
    const paymentId = await paid();
    expect(await refund(paymentId, '999')).toMatchObject({ status: 'F', code: 'PARTIAL_REFUND_NOT_SUPPORTED' });
    expect(await refund(paymentId, '1000')).toMatchObject({ status: 'S' });
  });

  it('may be short of money for a while; then the same request succeeds', async () => {
    await terms({ hasBalance: false });
    const [paymentId, id] = [await paid(), nextId()];
    expect(await refund(paymentId, '1', id)).toMatchObject({ status: 'F', code: 'MERCHANT_BALANCE_NOT_ENOUGH' });
    await terms({ hasBalance: true });
    expect(await refund(paymentId, '1', id)).toMatchObject({ status: 'S' });
  });

  it('may have a shorter window', async () => {
    await terms({ refundWindowDays: 0 });
    expect(await refund(await paid(), '1')).toMatchObject({ status: 'F', code: 'REFUND_WINDOW_EXCEED' });
  });

  it('may be changed in what it says alone', async () => {
    expect(await terms({ refundWindowDays: 10 })).toMatchObject({ status: 200, body: { clientId: CLIENT_ID, terms: { refundWindowDays: 10, hasBalance: true } } });
    expect(await terms({ refundWindowDays: -1 })).toMatchObject({ status: 400, body: { problems: [{ path: 'refundWindowDays' }] } });
    expect(await terms({ window: 1 })).toMatchObject({ status: 400 });
    expect(await simulator.control('accounts/T_0', {})).toMatchObject({ status: 404, body: { error: 'unknown-account' } });
    expect((await simulator.control('accounts')).body).toMatchObject({ accounts: [{ clientId: CLIENT_ID, needsAgentToken: false }] });
  });
});

describe('a refund that was refused', () => {
  it('stays refused under its id, also when it would be accepted now, and after a restart', async () => {
    await terms({ partialRefunds: false });
    const [paymentId, id] = [await paid(), nextId()];
    expect(await refund(paymentId, '10', id)).toMatchObject({ code: 'PARTIAL_REFUND_NOT_SUPPORTED' });
    await terms({ partialRefunds: true });
    expect(await refund(paymentId, '10', id)).toMatchObject({ code: 'PARTIAL_REFUND_NOT_SUPPORTED' });
    expect(await refund(paymentId, '11', id)).toMatchObject({ code: 'REPEAT_REQ_INCONSISTENT' });
    await simulator.stop();
    await simulator.start({ CLOCK_START: '2026-10-10T12:00:00+08:00' });
    expect(await refund(paymentId, '10', id)).toMatchObject({ code: 'PARTIAL_REFUND_NOT_SUPPORTED' });
    expect(await refund(paymentId, '10')).toMatchObject({ status: 'S' });
  });
});

describe('a payment that is refunded', () => {
  it('stands in the ledger with every refund, and its rows in the file of the day', async () => {
    await simulator.control('close-day', {});
    const [one, two, paymentId] = [nextId(), nextId(), await paid()];
    await refund(paymentId, '400', one);
    await refund(paymentId, '600', two);
    const entries = (await simulator.control('ledger?limit=5000')).body['payments'] as Record<string, unknown>[];
    expect(entries.at(-1)).toMatchObject({
      paid: '1000', cancelled: '0', refunded: '1000', refundsInProcess: 0,
      refunds: [{ refundRequestId: one, value: '400', status: 'SUCCESS', refundId: expect.stringMatching(/^\d{35}$/) }, { refundRequestId: two, value: '600' }],
    });
    expect((await simulator.control('close-day', {})).body).toMatchObject({ rows: 3, totals: [{ type: 'PAYMENT', value: '1000' }, { type: 'REFUND', count: 2, value: '-1000' }] });
  });
});
