import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Signer } from '@scantill/alipay';
import { FixedClock, TestDatabase, until } from '@scantill/testing';
import { alipayKeys, alipayPaymentIdOf, CLIENT_ID, FakeAlipay, notice, type Notice } from './fake-alipay.js';
import { TestGateway } from './start-gateway.js';

const ACKNOWLEDGED = '{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"}}';

describe("the door for Alipay's notifications", () => {
  const clock = new FixedClock();
  let outside: TestDatabase;
  let alipay: FakeAlipay;
  let gateway: TestGateway;

  beforeAll(async () => {
    outside = await TestDatabase.open('payment-gateway');
    alipay = await new FakeAlipay().start();
    gateway = await new TestGateway(alipay.url, clock).start();
  });

  afterAll(async () => {
    await gateway.stop();
    await alipay.stop();
    await outside.close();
  });

  const paymentOf = async (orderId: string) => (await outside.query<{ id: string; status: string; attention: string | null }>('select id, status, attention from payments where order_key = $1', [`demo:${orderId}`]))[0];
  const told = async (orderId: string) => (await outside.query<{ type: string }>(`select headers::json->>'type' as type from outbox where key = $1 order by id`, [`demo:${orderId}`])).map(({ type }) => type);
  const send = ({ body, headers }: Notice) => gateway.notify(body, headers);

  async function withCode(orderId: string): Promise<string> {
    await gateway.place([orderId]);
    const payment = await until('there is a code', async () => { const found = await paymentOf(orderId); return found?.status === 'code-issued' ? found : undefined; });
    return payment.id;
  }

  it('marks the payment paid and answers exactly what Alipay wants to hear, at a path that a proxy rewrote', async () => {
    const id = await withCode('paid');
    const answer = await send(await notice(id));
    expect(answer).toMatchObject({ status: 200, body: ACKNOWLEDGED });
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('client-id')).toBe(CLIENT_ID);
    expect(answer.headers.get('response-time')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(await paymentOf('paid')).toMatchObject({ status: 'succeeded' });
    const [stored] = await outside.query<{ masked: string; verdict: string }>(`select request as masked, verdict from exchanges where payment_id = $1 and operation = 'notifyPayment'`, [id]);
    expect(stored?.verdict).toBe('applied');
    expect(stored?.masked).not.toContain('2088secret');
  });

  it('applies a notification once, however often it comes', async () => {
    const id = await withCode('repeated');
    const message = await notice(id);
    for (const answer of await Promise.all(Array.from({ length: 5 }, () => send(message)))) expect(answer).toMatchObject({ status: 200, body: ACKNOWLEDGED });
    expect(await told('repeated')).toEqual(['payment.code-issued', 'payment.succeeded']);
    expect(await outside.count(`exchanges where operation = 'notifyPayment' and payment_id = $1 and verdict = 'repeated'`, [id])).toBe(4);
  });

  it.each<[string, (id: string) => Promise<Notice>, string, number]>([
    ['whose bytes were changed', async (id) => { const { body, headers } = await notice(id); return { headers, body: body.replace('"1099"', '"1098"') }; }, 'bad-signature', 401],
    ['whose bytes were written differently', async (id) => { const { body, headers } = await notice(id); return { headers, body: `${body} ` }; }, 'bad-signature', 401],
    ['signed by somebody else', (id) => notice(id, {}, { signedBy: new Signer({ 1: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey }) }), 'bad-signature', 401],
    ['of a client that is not ours', (id) => notice(id, {}, { clientId: 'T_999' }), 'unknown-client', 401],
    ['under a key version that we do not have', (id) => notice(id, {}, { signedBy: new Signer({ 7: alipayKeys.privateKey }) }), 'unknown-key-version', 401],
    ['without a signature', async (id) => { const { body, headers: { signature: _, ...headers } } = await notice(id); return { headers, body }; }, 'headers-missing', 401],
    ['with more than 64 KB', (id) => notice(id, { filler: 'x'.repeat(65_536) }), 'too-large', 413],
  ])('refuses and counts one %s; nothing changes', async (what, make, reason, status) => {
    const orderId = `refused-${what.replaceAll(/[^a-z0-9]/gi, '-')}`.slice(0, 40);
    const id = await withCode(orderId);
    const before = await gateway.refused(reason);
    const answer = await send(await make(id));
    expect(answer.status).toBe(status);
    expect(answer.body).not.toBe(ACKNOWLEDGED);
    expect(await gateway.refused(reason)).toBe(before + 1);
    expect(await paymentOf(orderId)).toMatchObject({ status: 'code-issued', attention: null });
    expect(await outside.count(`exchanges where operation = 'notifyPayment' and payment_id = $1`, [id])).toBe(0);
  });

  it.each([
    ['amount', { paymentAmount: { currency: 'USD', value: '1098' } }],
    ['currency', { paymentAmount: { currency: 'EUR', value: '1099' } }],
    ['payment-id', { paymentId: '20261125191080099999' }],
    ['missing-amount', { paymentAmount: undefined }],
  ])('acknowledges a signed one that disagrees in its %s, and does not believe it', async (what, changes) => {
    const orderId = `disagrees-${what}`;
    const id = await withCode(orderId);
    expect(await send(await notice(id, changes))).toMatchObject({ status: 200, body: ACKNOWLEDGED });
    expect(await outside.count(`exchanges where operation = 'notifyPayment' and payment_id = $1 and verdict = 'disagrees'`, [id])).toBe(1);
    expect(await paymentOf(orderId)).toMatchObject({ status: 'code-issued' });
    expect(await told(orderId)).not.toContain('payment.succeeded');
    // Alipay is asked, and what it says then is applied.
    alipay.found.set(id, { paymentStatus: 'SUCCESS', paymentAmount: { currency: 'USD', value: '1099' }, paymentTime: new Date().toISOString(), paymentId: alipayPaymentIdOf(id) });
    clock.forward(5_000);
    await until('the inquiry is applied', async () => (await paymentOf(orderId))?.status === 'succeeded');
  });

  it('acknowledges one for a payment that is not ours', async () => {
    expect(await send(await notice('f'.repeat(32)))).toMatchObject({ status: 200, body: ACKNOWLEDGED });
    expect(await outside.count(`exchanges where operation = 'notifyPayment' and verdict = 'unknown-payment'`)).toBe(1);
  });

  it('never has two calls for one payment under way, with two instances at work', async () => {
    const other = await new TestGateway(alipay.url, clock).start();
    try {
      alipay.mostAtOnce = 0;
      await gateway.place(Array.from({ length: 60 }, (_, n) => `two-${n}`));
      const isSettled = async () => (await outside.count(`due_work where due_at > $1 and leased_until is null`, [clock.now()])) >= 60;
      await until('every payment has its code', isSettled);
      for (let round = 0; round < 4; round += 1) {
        const before = alipay.calls.length;
        clock.forward(6_000);
        await until('inquiries are made and their results written', async () => alipay.calls.length >= before + 60 && isSettled());
      }
    } finally {
      await other.stop();
    }
    expect(alipay.calls.filter(({ operation }) => operation === 'pay').length).toBe(new Set(alipay.calls.filter(({ operation }) => operation === 'pay').map(({ id }) => id)).size);
    expect(alipay.mostAtOnce).toBe(1);
  });
});
