import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { AlipayClient } from '@scantill/alipay';
import { payRequest, TestMerchant, TestSimulator, until } from '../../test/start-simulator.js';

const PATIENCE_MS = 1_500;
const simulator = new TestSimulator();
const shop = new TestMerchant();
let impatient: AlipayClient;
let ids = 0;
const nextId = () => `PR_${(ids += 1)}`;

beforeAll(async () => {
  await shop.start();
  await simulator.start({ CLOCK_START: '2026-10-10T12:00:00+08:00' });
  impatient = simulator.connectAs({}, { timeoutMs: PATIENCE_MS });
});
afterEach(() => simulator.control('faults', undefined, 'DELETE'));
afterAll(async () => {
  await impatient.close();
  await simulator.remove();
  await shop.stop();
});

const statusOf = async (id: string) => {
  const found = await simulator.client.inquiryPayment({ paymentRequestId: id });
  return found.kind !== 'answered' ? found.reason : found.status === 'S' ? found.body.paymentStatus : found.code;
};
const pay = (fault: unknown) => simulator.plan({ operation: 'pay', nth: 1, fault });
const ledgerOf = async (id: string) => ((await simulator.control('ledger?limit=5000')).body['payments'] as Record<string, unknown>[]).find((entry) => entry['paymentRequestId'] === id);

describe('a call', () => {
  it.each([
    ['is not answered', 'no-answer', 'timeout'],
    ['loses its connection', 'connection-reset', 'connection'],
    ['ends at a proxy', { kind: 'http-status', status: 502 }, 'http-status'],
  ])('that %s has no effect', async (_name, fault, reason) => {
    const id = nextId();
    await pay(fault);
    expect(await impatient.pay(payRequest({ id }))).toMatchObject({ kind: 'no-answer', reason });
    expect(await statusOf(id)).toBe('ORDER_NOT_EXIST');
    expect(await simulator.client.pay(payRequest({ id }))).toMatchObject({ kind: 'answered', status: 'S' });
  });

  it.each([['F', 'RISK_REJECT'], ['U', 'UNKNOWN_EXCEPTION'], ['F', 'A_CODE_THAT_NOBODY_KNOWS']])('may be answered %s %s without effect', async (resultStatus, resultCode) => {
    const id = nextId();
    await pay({ kind: 'answer', resultStatus, resultCode });
    expect(await simulator.client.pay(payRequest({ id }))).toMatchObject({ kind: 'answered', status: resultStatus, code: resultCode, exchange: { responseSignature: expect.any(String) } });
    expect(await statusOf(id)).toBe('ORDER_NOT_EXIST');
  });

  it.each([
    ['unsigned', { kind: 'no-answer', reason: 'unsigned' }],
    ['bad-signature', { kind: 'no-answer', reason: 'bad-signature' }],
    ['lost-after-effect', { kind: 'no-answer', reason: 'connection' }],
    [{ kind: 'lost-after-effect', by: 'no-answer' }, { kind: 'no-answer', reason: 'timeout' }],
    ['u-after-effect', { kind: 'answered', status: 'U', code: 'UNKNOWN_EXCEPTION' }],
  ])('may take effect and not be believed: %j', async (fault, outcome) => {
    const id = nextId();
    await pay(fault);
    expect(await impatient.pay(payRequest({ id }))).toMatchObject(outcome);
    expect(await statusOf(id)).toBe('PROCESSING');
  });

  it('may be slow to answer, or slow to take effect', async () => {
    const [one, two] = [nextId(), nextId()];
    await pay({ kind: 'slow', ms: 200 });
    const answered = simulator.client.pay(payRequest({ id: one }));
    await until(async () => (await statusOf(one)) === 'PROCESSING');
    expect(await answered).toMatchObject({ status: 'S', exchange: { durationMs: expect.any(Number) } });
    await pay({ kind: 'slow', ms: PATIENCE_MS + 200, effect: 'late' });
    expect(await impatient.pay(payRequest({ id: two }))).toMatchObject({ kind: 'no-answer', reason: 'timeout' });
    expect(await statusOf(two)).toBe('ORDER_NOT_EXIST');
    await until(async () => (await statusOf(two)) === 'PROCESSING');
  });

  it('of each kind can go wrong, and is counted', async () => {
    const id = nextId();
    const { paymentId } = await simulator.issue(payRequest({ id }));
    const before = (await simulator.control('exchanges')).body as Record<string, { faults: Record<string, number>; calls: number }>;
    await simulator.plan(...['inquiryPayment', 'cancel', 'refund', 'inquiryRefund'].map((operation) => ({ operation, fault: 'connection-reset' })));
    const refund = { refundRequestId: id, paymentId, refundAmount: { currency: 'USD', value: '1' } };
    for (const call of [impatient.inquiryPayment({ paymentId }), impatient.cancel({ paymentId }), impatient.refund(refund), impatient.inquiryRefund({ refundRequestId: id })]) {
      expect(await call).toMatchObject({ kind: 'no-answer', reason: 'connection' });
    }
    const after = (await simulator.control('exchanges')).body as typeof before;
    for (const operation of ['inquiryPayment', 'cancel', 'refund', 'inquiryRefund']) {
      expect(after[operation]?.calls).toBe((before[operation]?.calls ?? 0) + 1);
      expect(after[operation]?.faults['connection-reset']).toBe((before[operation]?.faults['connection-reset'] ?? 0) + 1);
    }
    expect((await simulator.control('faults')).body).toMatchObject({ rules: [{ operation: 'inquiryPayment', seen: 1, struck: 1 }, {}, {}, {}] });
    await simulator.control('faults', undefined, 'DELETE');
    expect(await statusOf(id)).toBe('PROCESSING');
  });

  it('of one payment alone can go wrong, also where it is named by its other ids', async () => {
    const [one, two] = [nextId(), nextId()];
    const issued = await simulator.issue(payRequest({ id: one }));
    await simulator.issue(payRequest({ id: two }));
    await simulator.control('confirm', { paymentRequestId: one });
    await simulator.plan({ operation: 'inquiryPayment', paymentRequestId: one, fault: 'u-after-effect' }, { operation: 'refund', paymentRequestId: one, nth: 1, fault: 'u-after-effect' }, { operation: 'inquiryRefund', paymentRequestId: one, fault: 'unsigned' });
    expect(await impatient.inquiryPayment({ paymentId: issued.paymentId })).toMatchObject({ status: 'U' });
    expect(await impatient.inquiryPayment({ paymentRequestId: two })).toMatchObject({ status: 'S' });
    const refund = { refundRequestId: one, paymentId: issued.paymentId, refundAmount: { currency: 'USD', value: '1' } };
    expect(await impatient.refund(refund)).toMatchObject({ status: 'U', code: 'UNKNOWN_EXCEPTION' });
    expect(await impatient.refund(refund)).toMatchObject({ status: 'S' });
    expect(await impatient.inquiryRefund({ refundRequestId: one })).toMatchObject({ reason: 'unsigned' });
    expect(await ledgerOf(one)).toMatchObject({ refunded: '1', refunds: [{ refundRequestId: one, value: '1', status: 'SUCCESS' }] });
  });
});

describe('a customer', () => {
  it('may pay after the code has expired', async () => {
    const id = nextId();
    await pay('pay-after-expiry');
    const { code } = await simulator.issue(payRequest({ id, notifyUrl: shop.url, changes: { paymentExpiryTime: expiryIn(2_000) } }));
    const told = shop.received.length;
    await until(async () => (await statusOf(id)) === 'FAIL');
    expect(await simulator.control('decline', { code })).toMatchObject({ status: 409, body: { state: 'expired' } });
    expect(await simulator.control('confirm', { code })).toMatchObject({ status: 200, body: { state: 'paid' } });
    expect(await simulator.control('confirm', { code })).toMatchObject({ status: 409 });
    expect(await statusOf(id)).toBe('SUCCESS');
    await until(() => shop.received.length === told + 1);
    expect(shop.received.at(-1)).toMatchObject({ kind: 'verified', notification: { paymentRequestId: id, result: { resultStatus: 'S' } } });
  });

  it('may do so by himself, and not before, even where customers confirm by themselves', async () => {
    const id = nextId();
    await pay({ kind: 'pay-after-expiry', ms: 500 });
    await simulator.control('settings', { confirmAfterMs: 10 });
    await simulator.issue(payRequest({ id, changes: { paymentExpiryTime: expiryIn(1_500) } }));
    await simulator.control('settings', { confirmAfterMs: null });
    await until(async () => (await statusOf(id)) === 'FAIL');
    await until(async () => (await statusOf(id)) === 'SUCCESS');
  });

  it.each(['before', 'after'])('may pay in the instant %s a cancel is processed, and gets the money back', async (when) => {
    const id = nextId();
    await simulator.issue(payRequest({ id, notifyUrl: shop.url }));
    const told = shop.received.length;
    await simulator.plan({ operation: 'cancel', fault: { kind: 'pay-crossing-cancel', when } });
    expect(await simulator.client.cancel({ paymentRequestId: id })).toMatchObject({ status: 'S' });
    expect(await statusOf(id)).toBe('CANCELLED');
    expect(await ledgerOf(id)).toMatchObject({ status: 'CANCELLED', paid: '1099', cancelled: '1099', refunded: '0' });
    await until(() => shop.received.length === told + 1);
    expect(shop.received.at(-1)).toMatchObject({ notification: { paymentRequestId: id, result: { resultStatus: 'S' } } });
    expect(await simulator.client.cancel({ paymentRequestId: id })).toMatchObject({ status: 'S' });
  });

  it('books both rows of a payment that crossed its cancel', async () => {
    const id = nextId();
    await simulator.control('close-day', {});
    await simulator.issue(payRequest({ id, value: '4711' }));
    await simulator.plan({ operation: 'cancel', fault: { kind: 'pay-crossing-cancel', when: 'after' } });
    await simulator.client.cancel({ paymentRequestId: id });
    expect((await simulator.control('close-day', {})).body).toMatchObject({ totals: [{ type: 'PAYMENT', value: '4711' }, { type: 'CANCEL', value: '-4711' }] });
  });
});

describe('a refund', () => {
  const paidAndRefunded = async (fault: unknown) => {
    const id = nextId();
    const { paymentId, code } = await simulator.issue(payRequest({ id, value: '1000' }));
    await simulator.control('confirm', { code });
    await simulator.plan({ operation: 'refund', nth: 1, fault });
    const refund = { refundRequestId: id, paymentId, refundAmount: { currency: 'USD', value: '1000' } };
    expect(await simulator.client.refund(refund)).toMatchObject({ status: 'U', code: 'REFUND_IN_PROCESS' });
    expect(await ledgerOf(id)).toMatchObject({ refunded: '0', refundsInProcess: 1 });
    return { refund, paymentId };
  };
  const refundStatusOf = async (refundRequestId: string) => {
    const found = await simulator.client.inquiryRefund({ refundRequestId });
    return found.kind === 'answered' && found.status === 'S' ? found.body.refundStatus : found.kind;
  };

  it('may be in process for a while', async () => {
    const { refund } = await paidAndRefunded({ kind: 'refund-asynchronous', ms: 300 });
    await until(async () => (await refundStatusOf(refund.refundRequestId)) === 'SUCCESS');
    expect(await simulator.client.refund(refund)).toMatchObject({ status: 'S' });
  });

  it('may fail in the end, and then is not owed any more', async () => {
    const { refund, paymentId } = await paidAndRefunded({ kind: 'refund-asynchronous', ms: 300, outcome: 'FAIL' });
    const another = (id: string) => simulator.client.refund({ ...refund, refundRequestId: `${refund.refundRequestId}${id}` });
    expect(await another('a')).toMatchObject({ code: 'REFUND_AMOUNT_EXCEED' });
    await until(async () => (await refundStatusOf(refund.refundRequestId)) === 'FAIL');
    expect(await simulator.client.refund(refund)).toMatchObject({ status: 'F', code: 'PROCESS_FAIL' });
    expect(await simulator.client.inquiryPayment({ paymentId })).toMatchObject({ body: { paymentStatus: 'SUCCESS', transactions: [{ transactionStatus: 'FAIL', transactionResult: { resultStatus: 'F' } }] } });
    expect(await another('a')).toMatchObject({ code: 'REFUND_AMOUNT_EXCEED' });
    expect(await another('b')).toMatchObject({ status: 'S' });
  });
});

describe('an outage', () => {
  afterEach(() => simulator.control('outage', undefined, 'DELETE'));

  it.each([['refuse', 'connection'], ['black-hole', 'timeout'], ['http-5xx', 'http-status']])('of the kind %s ends at every call, and at nothing else', async (mode, reason) => {
    const { code } = await simulator.issue(payRequest({ id: nextId() }));
    expect(await simulator.control('outage', { mode })).toMatchObject({ status: 200, body: { mode, endsAt: null } });
    expect(await impatient.inquiryPayment({ paymentRequestId: 'any' })).toMatchObject({ kind: 'no-answer', reason });
    expect(await simulator.control('confirm', { code })).toMatchObject({ status: 200 });
    expect((await simulator.control('outage', undefined, 'DELETE')).body).toMatchObject({ mode: null });
    expect(await impatient.inquiryPayment({ paymentRequestId: 'any' })).toMatchObject({ kind: 'answered', code: 'ORDER_NOT_EXIST' });
    expect((await simulator.control('exchanges')).body['outage']).toMatchObject({ [mode]: 1 });
  });

  it('ends by itself where that was asked for', async () => {
    await simulator.control('outage', { mode: 'http-5xx', seconds: 0.2, status: 500 });
    expect(await impatient.inquiryPayment({ paymentRequestId: 'any' })).toMatchObject({ detail: 'HTTP 500' });
    await until(async () => (await impatient.inquiryPayment({ paymentRequestId: 'any' })).kind === 'answered');
    expect(await simulator.control('outage', { mode: 'slow' })).toMatchObject({ status: 400, body: { problems: [{ path: 'mode' }] } });
  });
});

describe('a plan', () => {
  it('is refused with every problem and changes nothing then', async () => {
    await pay('unsigned');
    expect(await simulator.control('faults', { rules: [{ operation: 'pay', fault: 'dropped' }, { operation: 'paid', fault: 'slow' }] }, 'PUT')).toMatchObject({
      status: 400, body: { problems: expect.arrayContaining([{ path: 'rules.0.fault', message: 'dropped can happen to notifyPayment, not to pay' }, expect.objectContaining({ path: 'rules.1.operation' })]) },
    });
    expect(await simulator.control('faults', { rate: 2 }, 'PUT')).toMatchObject({ status: 400, body: { problems: expect.arrayContaining([expect.objectContaining({ path: 'seed' }), expect.objectContaining({ path: 'rate' })]) } });
    expect((await simulator.control('faults')).body).toMatchObject({ rules: [{ fault: { kind: 'unsigned' } }] });
  });

  it('may come from a file or a seed at the start', async () => {
    const other = new TestSimulator();
    const file = join(other.dataDir, 'faults.json');
    writeFileSync(file, JSON.stringify({ rules: [{ operation: 'pay', fault: 'connection-reset' }] }));
    await other.start({ SIMULATOR_FAULTS_FILE: file });
    expect(await other.client.pay(payRequest({ id: 'P1' }))).toMatchObject({ reason: 'connection' });
    await other.stop();
    await other.start({ SIMULATOR_FAULTS_SEED: '42', SIMULATOR_FAULTS_RATE: '0.5' });
    const made = (await other.control('faults')).body;
    expect(made).toMatchObject({ seed: 42, rules: expect.arrayContaining([expect.objectContaining({ operation: 'notifyPayment' })]) });
    expect((await simulator.control('faults', { seed: 42, rate: 0.5 }, 'PUT')).body).toEqual(made);
    await other.stop();
    writeFileSync(file, '{"rules":[{"operation":"pay","fault":"sleepy"}]}');
    await expect(other.start({ SIMULATOR_FAULTS_FILE: file })).rejects.toThrow(/faults\.json cannot be used:\n {2}rules\.0\.fault\.kind: /);
    await expect(other.start({ SIMULATOR_FAULTS_FILE: file, SIMULATOR_FAULTS_SEED: '1' })).rejects.toThrow('exclude each other');
    await other.start();
    await other.remove();
  });

  it('does not keep the simulator from stopping while calls are held or connections unused', async () => {
    const other = new TestSimulator();
    await other.start();
    await other.plan({ operation: 'pay', paymentRequestId: 'P1', fault: 'no-answer' }, { operation: 'pay', fault: { kind: 'slow', ms: 60_000 } });
    const caller = other.connectAs({});
    const calls = [caller.pay(payRequest({ id: 'P1' })), caller.pay(payRequest({ id: 'P2' }))];
    await until(async () => ((await other.control('exchanges')).body['pay'] as { calls: number }).calls === 2);
    // As callers leave behind who gave up before they had a connection.
    const unused = connect(Number(new URL(other.url).port), '127.0.0.1');
    await once(unused.on('error', () => undefined), 'connect');
    await other.remove();
    expect(await Promise.all(calls)).toMatchObject([{ reason: 'connection' }, { status: 'S' }]);
    await caller.close();
  });
});

/** @returns the next whole second of business time that is at least so far away */
function expiryIn(ms: number): string {
  return new Date(Math.ceil((simulator.now() + ms) / 1_000) * 1_000).toISOString();
}
