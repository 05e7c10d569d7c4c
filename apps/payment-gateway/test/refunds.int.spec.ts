import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { reconciliationRefundReversalSeenV1, topics } from '@scantill/contracts';
import { eventMessage, FixedClock, until } from '@scantill/testing';
import { alipayPaymentIdOf, failure, FakeAlipay, unknown } from './fake-alipay.js';
import { TestGateway } from './start-gateway.js';
import { asks, Outside } from './told.js';

describe('giving money back', () => {
  const clock = new FixedClock();
  let outside: Outside;
  let alipay: FakeAlipay;
  let gateway: TestGateway;

  beforeAll(async () => {
    outside = await Outside.open(clock);
    alipay = await new FakeAlipay().start();
    gateway = await new TestGateway(alipay.url, clock).start();
  });
  beforeEach(() => { alipay.script = () => undefined; });

  afterAll(async () => {
    await gateway.stop();
    await alipay.stop();
    await outside.close();
  });

  const refund = (orderId: string, paymentId: string, asked: { key: string; minor: bigint }, by = gateway) => by.receive(asks.topic, [asks.refund(orderId, paymentId, asked)]);
  const ended = (orderId: string, key: string) => outside.meanwhile(`refund ${key} of ${orderId} has ended`, async () =>
    (await outside.refunds(orderId)).find(({ refund_key: known, status }) => known === key && status !== 'requested' && status !== 'unknown'));

  it('reserves, asks Alipay under an id of its own, and tells what came of it', async () => {
    const id = await outside.paid(gateway, 'part');
    await refund('part', id, { key: 'r1', minor: 400n });
    expect(await ended('part', 'r1')).toMatchObject({ status: 'succeeded', amount_minor: 400n });
    const [call] = alipay.callsOf('refund');
    expect(call?.body).toMatchObject({ refundAmount: { currency: 'USD', value: '400' }, referenceRefundId: 'r1', refundReason: 'Milk was sour' });
    expect((await outside.events('part')).at(-1)).toMatchObject({ type: 'payment.refund-succeeded', data: { refundKey: 'r1', refundId: call?.id, amount: { currency: 'USD', minor: '400' } } });
    expect(await outside.paymentOf('part')).toMatchObject({ status: 'succeeded', refunded_minor: 400n, refunding_minor: 0n });
  });

  it('is done once for one key, however often it is asked for', async () => {
    const id = await outside.paid(gateway, 'again');
    await Promise.all([1, 2, 3].map(() => refund('again', id, { key: 'r1', minor: 400n })));
    await ended('again', 'r1');
    await refund('again', id, { key: 'r1', minor: 400n });
    expect(await outside.refunds('again')).toHaveLength(1);
    expect((await outside.types('again')).filter((type) => type.startsWith('payment.refund'))).toEqual(['payment.refund-succeeded']);
  });

  it('gives exactly what was paid when a hundred ask at once, through two instances', async () => {
    const id = await outside.paid(gateway, 'hundred');
    const other = await new TestGateway(alipay.url, clock).start();
    const before = alipay.callsOf('refund').length;
    alipay.mostAtOnce = 0;
    try {
      await Promise.all(Array.from({ length: 100 }, (_, n) => refund('hundred', id, { key: `r${n}`, minor: 100n }, n % 2 === 0 ? gateway : other)));
      await outside.meanwhile('nothing is under way', async () => (await outside.paymentOf('hundred'))?.refunding_minor === 0n);
    } finally {
      await other.stop();
    }
    const refunds = await outside.refunds('hundred');
    expect(refunds.filter(({ status }) => status === 'succeeded')).toHaveLength(10);
    expect(refunds.filter(({ status, state }) => status === 'failed' && state['problem'] === 'refund.exceeds-paid')).toHaveLength(90);
    expect(await outside.paymentOf('hundred')).toMatchObject({ refunded_minor: 1_000n, refunding_minor: 0n });
    const asked = alipay.callsOf('refund').slice(before).map((call) => call.id);
    expect([asked.length, new Set(asked).size, alipay.mostAtOnce]).toEqual([10, 10, 1]);
  });

  it('cannot be written beyond what was paid, nor twice under one key, whoever writes', async () => {
    const id = await outside.paid(gateway, 'constraints');
    const write = (set: string) => outside.database.query(`update payments set ${set} where id = $1`, [id]);
    await expect(write('refunded_minor = 700, refunding_minor = 400')).rejects.toThrow(/payments_refunded/);
    await expect(write('refunded_minor = -1')).rejects.toThrow(/payments_refunded/);
    await expect(write(`status = 'failed', paid_at = null, refunded_minor = 100`)).rejects.toThrow(/payments_refunded_paid/);
    await write('refunded_minor = 700, refunding_minor = 399');
    await write('refunded_minor = 0, refunding_minor = 0');
    const insert = (refundId: string, minor: number) => outside.database.query(
      `insert into refunds (id, payment_id, order_key, refund_key, amount_minor, currency, status, asks, state, requested_at) values ($1, $2, 'demo:constraints', 'same', $3, 'USD', 'requested', 0, '{}', now())`,
      [refundId, id, minor],
    );
    await expect(insert('1'.repeat(32), 0)).rejects.toThrow(/refunds_amount/);
    await insert('1'.repeat(32), 5);
    await expect(insert('2'.repeat(32), 5)).rejects.toThrow(/refunds_key/);
    await outside.database.query(`delete from refunds where payment_id = $1`, [id]);
  });

  it('keeps its reserve while nobody knows what became of it', async () => {
    const id = await outside.paid(gateway, 'unknown');
    let isFound = false;
    alipay.script = ({ operation }) => {
      if (operation === 'refund') return unknown('UNKNOWN_EXCEPTION');
      return operation === 'inquiryRefund' && !isFound ? unknown('UNKNOWN_EXCEPTION') : undefined;
    };
    await refund('unknown', id, { key: 'r1', minor: 900n });
    const refundId = await outside.meanwhile('it was repeated, then asked about', async () => {
      const [known] = await outside.refunds('unknown');
      return known !== undefined && alipay.callsOf('inquiryRefund', known.id).length >= 2 ? known.id : undefined;
    });
    expect(alipay.callsOf('refund', refundId)).toHaveLength(3);
    expect(await outside.paymentOf('unknown')).toMatchObject({ refunded_minor: 0n, refunding_minor: 900n });
    await refund('unknown', id, { key: 'r2', minor: 200n });
    expect(await ended('unknown', 'r2')).toMatchObject({ status: 'failed', state: { problem: 'refund.exceeds-paid' } });
    // Alipay never had it: it is asked for again, with the same id.
    isFound = true;
    alipay.script = () => undefined;
    expect(await ended('unknown', 'r1')).toMatchObject({ id: refundId, status: 'succeeded' });
    expect(alipay.callsOf('refund', refundId)).toHaveLength(4);
    expect(await outside.paymentOf('unknown')).toMatchObject({ refunded_minor: 900n, refunding_minor: 0n });
  });

  it('frees its reserve when Alipay says no', async () => {
    const id = await outside.paid(gateway, 'refused');
    alipay.script = ({ operation }) => (operation === 'refund' ? failure('MERCHANT_BALANCE_NOT_ENOUGH') : undefined);
    await refund('refused', id, { key: 'r1', minor: 1_099n });
    expect(await ended('refused', 'r1')).toMatchObject({ status: 'failed', state: { problem: 'refund.insufficient-funds', resultCode: 'MERCHANT_BALANCE_NOT_ENOUGH' } });
    alipay.script = () => undefined;
    await refund('refused', id, { key: 'r2', minor: 1_099n });
    expect(await ended('refused', 'r2')).toMatchObject({ status: 'succeeded' });
  });

  it('is asked for under the same id when the process dies before the answer', async () => {
    const id = await outside.paid(gateway, 'dies');
    let answer: () => void = () => undefined;
    const mortal = await new TestGateway(alipay.url, clock).start();
    await gateway.stop();
    alipay.script = ({ operation }) => (operation === 'refund' ? new Promise((resolve) => { answer = () => resolve(undefined); }) : undefined);
    await refund('dies', id, { key: 'r1', minor: 400n }, mortal);
    const refundId = await until('Alipay is asked', async () => alipay.callsOf('refund').find(({ body }) => body['paymentId'] === alipayPaymentIdOf(id))?.id);
    await mortal.die();
    answer();
    expect(await outside.refunds('dies')).toMatchObject([{ status: 'requested' }]);
    alipay.script = () => undefined;
    gateway = await new TestGateway(alipay.url, clock).start();
    // As if the lease were over.
    await outside.database.query('update due_work set leased_until = now()');
    expect(await ended('dies', 'r1')).toMatchObject({ status: 'succeeded', id: refundId });
    expect(alipay.callsOf('refund', refundId)).toHaveLength(2);
  });

  it('is owed again when it bounces, said once; a bounce of what is not ours goes to a person', async () => {
    const id = await outside.paid(gateway, 'bounces');
    await refund('bounces', id, { key: 'r1', minor: 400n });
    const { id: refundId } = await ended('bounces', 'r1');
    const bounce = (orderId: string, paymentId: string, which: { refundId: string | null; alipayRefundId: string | null }) => gateway.receive(topics.reconciliation, [eventMessage(
      reconciliationRefundReversalSeenV1, 'usd:2026-11-25',
      { accountId: 'usd', date: '2026-11-25', chainId: 'demo', orderId, paymentId, ...which, amount: { currency: 'USD', minor: '400' }, seenAt: new Date().toISOString() },
    )]);
    await bounce('bounces', id, { refundId, alipayRefundId: null });
    await bounce('bounces', id, { refundId: null, alipayRefundId: `R${refundId.slice(0, 20)}` });
    expect((await outside.types('bounces')).slice(2)).toEqual(['payment.refund-succeeded', 'payment.refund-reversed', 'payment.attention-needed']);
    expect(await outside.paymentOf('bounces')).toMatchObject({ status: 'succeeded', refunded_minor: 0n, refunding_minor: 0n });
    expect(await outside.refunds('bounces')).toMatchObject([{ status: 'reversed' }]);
    // What bounced can be given back again.
    await refund('bounces', id, { key: 'r2', minor: 1_099n });
    expect(await ended('bounces', 'r2')).toMatchObject({ status: 'succeeded' });

    const stranger = await outside.paid(gateway, 'stranger');
    await bounce('stranger', stranger, { refundId: 'f'.repeat(32), alipayRefundId: null });
    expect(await outside.paymentOf('stranger')).toMatchObject({ status: 'succeeded', attention: 'a refund was reversed that is not ours' });
  });
});
