import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CUSTOMER_ID, payRequest, TestMerchant, TestSimulator, until } from '../test/start-simulator.js';

const NOON = { CLOCK_START: '2026-10-10T12:00:00+08:00' };
let simulator: TestSimulator;

beforeEach(async () => {
  simulator = new TestSimulator();
  await simulator.start(NOON);
});
afterEach(() => simulator.remove());

async function pay(id: string, value = '1099', wallet = 'gcash') {
  const issued = await simulator.issue(payRequest({ id, value }));
  await simulator.control('confirm', { code: issued.code, wallet });
  return issued;
}

async function restart(env: Record<string, string> = NOON): Promise<void> {
  await simulator.stop();
  await simulator.start(env);
}

const statusOf = async (id: string) => {
  const found = await simulator.client.inquiryPayment({ paymentRequestId: id });
  return found.kind === 'answered' && found.status === 'S' ? `${found.body.paymentStatus} ${found.body.paymentResultCode}` : found.kind;
};

describe('closing a day', () => {
  it('writes what was paid, refunded and cancelled, to the byte, and nothing else', async () => {
    const one = await pay('P1', '1000');
    const two = await pay('P2', '2050', 'alipay-cn');
    await simulator.issue(payRequest({ id: 'unpaid' }));
    await simulator.client.cancel({ paymentRequestId: 'unpaid' });
    await simulator.client.refund({ refundRequestId: 'RF_1', referenceRefundId: 'demo-refund', paymentId: one.paymentId, refundAmount: { currency: 'USD', value: '250' } });
    await simulator.client.cancel({ paymentId: two.paymentId });

    const { status, body } = await simulator.control('close-day', {});
    expect(status).toBe(200);
    expect(body).toMatchObject({
      date: '2026-10-10', rows: 4, openDay: '2026-10-11',
      remotePath: `/v1/settlements/${CUSTOMER_ID}/20261010/transactionItems_20261010_000.csv`,
      totals: [
        { type: 'PAYMENT', currency: 'USD', count: 2, value: '3050' },
        { type: 'REFUND', currency: 'USD', count: 1, value: '-250' },
        { type: 'CANCEL', currency: 'USD', count: 1, value: '-2050' },
      ],
    });
    const refund = await simulator.client.inquiryRefund({ refundRequestId: 'RF_1' });
    const refundId = refund.kind === 'answered' && refund.status === 'S' ? refund.body.refundId : '';
    const file = readFileSync(String(body['path']), 'utf8');
    const same = 'IN_STORE_PAYMENT';
    const description = '"2 × Latte, ""large"""';
    expect(file.replace(/12:00:\d\d/g, '12:00:00')).toBe([
      'customerId,referenceMerchantId,referenceStoreId,transactionId,originalTransactionId,transactionRequestId,referenceTransactionId,orderDescription,paymentMethodType,pspName,transactionType,paymentTime,productCode,transactionAmountValue,transactionCurrency',
      `${CUSTOMER_ID},M0001,S001,${one.paymentId},,P1,demo_P1,${description},GCASH,GCash,PAYMENT,2026-10-10T12:00:00+08:00,${same},1000,USD`,
      `${CUSTOMER_ID},M0001,S001,${two.paymentId},,P2,demo_P2,${description},ALIPAY_CN,ALIPAY_CN,PAYMENT,2026-10-10T12:00:00+08:00,${same},2050,USD`,
      `${CUSTOMER_ID},M0001,S001,${refundId},${one.paymentId},RF_1,demo-refund,${description},GCASH,GCash,REFUND,2026-10-10T12:00:00+08:00,${same},-250,USD`,
      `${CUSTOMER_ID},M0001,S001,${two.paymentId},${two.paymentId},P2,demo_P2,${description},ALIPAY_CN,ALIPAY_CN,CANCEL,2026-10-10T12:00:00+08:00,${same},-2050,USD`,
      '<END>', '',
    ].join('\n'));

    const download = await fetch(`${simulator.url}/control/files${String(body['remotePath'])}`);
    expect(await download.text()).toBe(file);
    for (const path of ['v1/settlements/../../../journal.jsonl', 'v1/settlements/x/20261010/..%2f..%2f..%2f..%2f..%2fjournal.jsonl', 'journal.jsonl']) {
      expect((await fetch(`${simulator.url}/control/files/${path}`)).status).toBe(404);
    }
  });

  it('books what follows in the next day, while codes expire by the ordinary clock', async () => {
    await pay('P1');
    await simulator.control('close-day', {});
    const { code } = await simulator.issue(payRequest({ id: 'P2', changes: { paymentExpiryTime: '2026-10-10T12:09:00+08:00' } }));
    await simulator.control('confirm', { code });
    expect(await simulator.client.inquiryPayment({ paymentRequestId: 'P2' })).toMatchObject({ body: { paymentTime: expect.stringMatching(/^2026-10-11T12:00:\d\d\+08:00$/) } });
    expect(await simulator.control('close-day', { date: '2026-10-10' })).toMatchObject({ status: 409, body: { error: 'already-closed', rows: 1, openDay: '2026-10-11' } });
    expect(await simulator.control('close-day', { date: '2026-10-12' })).toMatchObject({ status: 409, body: { error: 'not-begun' } });
    expect(await simulator.control('close-day', { date: '2026-13-12' })).toMatchObject({ status: 400 });
    expect(await simulator.control('close-day', {})).toMatchObject({ status: 200, body: { date: '2026-10-11', rows: 1, openDay: '2026-10-12' } });
  });

  it('may name an earlier day that nobody closed, also an empty one', async () => {
    await pay('P1');
    await restart({ CLOCK_START: '2026-10-12T09:00:00+08:00' });
    await pay('P2');
    expect(await simulator.control('close-day', { date: '2026-10-10' })).toMatchObject({ body: { rows: 1, openDay: '2026-10-12' } });
    const empty = await simulator.control('close-day', { date: '2026-10-11' });
    expect(readFileSync(String(empty.body['path']), 'utf8')).toMatch(/^customerId,[^\n]+\n<END>\n$/);
    expect(await simulator.control('close-day', {})).toMatchObject({ body: { date: '2026-10-12', rows: 1 } });
  });

  it('closes one day after the other when asked twice at once', async () => {
    const [one, two] = await Promise.all([simulator.control('close-day', {}), simulator.control('close-day', {})]);
    expect([one.body['date'], two.body['date']]).toEqual(['2026-10-10', '2026-10-11']);
  });
});

describe('a simulator that is started again', () => {
  it('has the same books, codes, closed days and numbers', async () => {
    const one = await pay('P1', '1000');
    const refund = { refundRequestId: 'RF_1', paymentId: one.paymentId, refundAmount: { currency: 'USD', value: '250' } };
    await simulator.client.refund(refund);
    const open = await simulator.issue(payRequest({ id: 'P2' }));
    await simulator.control('decline', { code: (await simulator.issue(payRequest({ id: 'P3' }))).code });
    await simulator.control('close-day', {});
    const before = await simulator.control('ledger');
    await restart();
    expect(await simulator.control('ledger')).toEqual(before);
    expect(before.body).toMatchObject({ next: null, payments: [{ status: 'SUCCESS', refunded: '250', paymentId: one.paymentId }, { status: 'PROCESSING' }, { status: 'FAIL' }] });
    expect(await simulator.client.refund(refund)).toMatchObject({ status: 'S' });
    expect(await simulator.control('close-day', { date: '2026-10-10' })).toMatchObject({ status: 409 });
    expect(await simulator.control('confirm', { code: open.code })).toMatchObject({ body: { state: 'paid' } });
    const next = await simulator.issue(payRequest({ id: 'P4' }));
    expect([one.paymentId, open.paymentId]).not.toContain(next.paymentId);
  });

  it('drops a line that was cut off, and goes on behind the whole ones', async () => {
    await pay('P1');
    await simulator.stop();
    appendFileSync(join(simulator.dataDir, 'journal.jsonl'), '{"type":"cancelled","num');
    await simulator.start(NOON);
    await pay('P2');
    await restart();
    expect([await statusOf('P1'), await statusOf('P2')]).toEqual(['SUCCESS SUCCESS', 'SUCCESS SUCCESS']);
  });

  it('refuses a folder that another living process holds, not one that a killed process left behind', async () => {
    await simulator.stop();
    const lock = join(simulator.dataDir, 'lock');
    writeFileSync(lock, String(process.ppid));
    await expect(simulator.start(NOON)).rejects.toThrow(`in use by process ${process.ppid}`);
    writeFileSync(lock, '2147483646');
    await simulator.start(NOON);
  });

  it('lets a code expire at the whole second that its form names, whatever was asked for', async () => {
    await simulator.issue(payRequest({ id: 'P1', changes: { paymentExpiryTime: '2026-10-10T12:01:00.900+08:00' } }));
    await restart({ CLOCK_START: '2026-10-10T12:01:00+08:00' });
    expect(await statusOf('P1')).toBe('FAIL ORDER_IS_CLOSED');
  });

  it('keeps a code closed that it once called expired', async () => {
    const changes = { paymentExpiryTime: '2026-10-10T12:01:00+08:00' };
    const { code } = await simulator.issue(payRequest({ id: 'P1', changes }));
    await simulator.issue(payRequest({ id: 'P2', changes }));
    await restart({ CLOCK_START: '2026-10-10T12:01:00+08:00' });
    expect(await statusOf('P1')).toBe('FAIL ORDER_IS_CLOSED');
    expect(await simulator.control('confirm', { code })).toMatchObject({ status: 409, body: { state: 'expired' } });
    expect(await simulator.client.pay(payRequest({ id: 'P1' }))).toMatchObject({ code: 'ORDER_IS_CLOSED' });
    expect(await simulator.client.cancel({ paymentRequestId: 'P1' })).toMatchObject({ code: 'ORDER_STATUS_INVALID' });
    await restart();
    expect([await statusOf('P1'), await statusOf('P2')]).toEqual(['FAIL ORDER_IS_CLOSED', 'PROCESSING PAYMENT_IN_PROCESS']);
  });

  it('confirms the codes that were open when it is told to confirm by itself', async () => {
    await simulator.issue(payRequest({ id: 'P1' }));
    await restart({ ...NOON, SIMULATOR_CONFIRM_AFTER_MS: '1' });
    await until(async () => (await statusOf('P1')) === 'SUCCESS SUCCESS');
  });
});

describe('the windows of the contract', () => {
  it('let a paid payment be cancelled until 00:15 of the next day', async () => {
    await Promise.all([pay('P1'), pay('P2')]);
    await restart({ CLOCK_START: '2026-10-11T00:14:00+08:00' });
    expect(await simulator.client.cancel({ paymentRequestId: 'P1' })).toMatchObject({ status: 'S' });
    await restart({ CLOCK_START: '2026-10-11T00:15:01+08:00' });
    expect(await simulator.client.cancel({ paymentRequestId: 'P2' })).toMatchObject({ status: 'F', code: 'CANCEL_WINDOW_EXCEED' });
  });

  it('let it be refunded for twelve months', async () => {
    const { paymentId } = await pay('P1');
    const refund = (refundRequestId: string) => simulator.client.refund({ refundRequestId, paymentId, refundAmount: { currency: 'USD', value: '1' } });
    await restart({ CLOCK_START: '2027-10-10T11:59:00+08:00' });
    expect(await refund('RF_1')).toMatchObject({ status: 'S' });
    await restart({ CLOCK_START: '2027-10-10T12:01:00+08:00' });
    expect(await refund('RF_2')).toMatchObject({ code: 'REFUND_WINDOW_EXCEED' });
  });
});

describe('a notification that is not acknowledged', () => {
  const shop = new TestMerchant();
  beforeEach(() => shop.start());
  afterEach(() => shop.stop());

  it('comes again until the exact acknowledgement, at most eight times', async () => {
    await restart({ ...NOON, SIMULATOR_RETRY_SCALE: '1000000' });
    shop.reply = { status: 200, body: '{"result":{"resultCode":"UNKNOWN_EXCEPTION","resultStatus":"U","resultMessage":"UNKNOWN_EXCEPTION"}}' };
    const { code } = await simulator.issue(payRequest({ id: 'P1', notifyUrl: shop.url }));
    await simulator.control('confirm', { code });
    await until(() => shop.received.length === 8);
    await until(async () => (await simulator.control('stats')).body['notificationsPending'] === 0);
    expect((await simulator.control('ledger')).body).toMatchObject({ payments: [{ notification: 'given-up' }] });
    expect(shop.received).toHaveLength(8);
  });

  it('survives the merchant’s absence and a restart', async () => {
    const { url } = shop;
    await shop.stop();
    const { code } = await simulator.issue(payRequest({ id: 'P1', notifyUrl: url }));
    await simulator.control('confirm', { code });
    await until(async () => ((await simulator.control('stats')).body['sinceStart'] as { notifications: { sent: number } }).notifications.sent === 1);
    await restart({ ...NOON, CLOCK_SCALE: '1' });
    expect((await simulator.control('stats')).body['notificationsPending']).toBe(1);
  });
});
