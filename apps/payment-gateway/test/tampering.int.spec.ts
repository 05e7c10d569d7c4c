import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Signer } from '@scantill/alipay';
import { FixedClock } from '@scantill/testing';
import { alipayKeys, FakeAlipay, notice, NOTIFY_PATH, type Notice } from './fake-alipay.js';
import { TestGateway } from './start-gateway.js';
import { Outside } from './told.js';

const AT_ONCE = 20;

/** Another digit for a digit, another letter for a letter: what a header can carry. */
function otherwise(text: string, index: number): string {
  const byte = text.charCodeAt(index);
  return text.slice(0, index) + String.fromCharCode(byte % 2 === 0 ? byte + 1 : byte - 1) + text.slice(index + 1);
}

describe('a notification on its way to the door', () => {
  const clock = new FixedClock();
  let outside: Outside;
  let alipay: FakeAlipay;
  let gateway: TestGateway;

  beforeAll(async () => {
    outside = await Outside.open(clock);
    alipay = await new FakeAlipay().start();
    gateway = await new TestGateway(alipay.url, clock).start();
  });

  afterAll(async () => {
    await gateway.stop();
    await alipay.stop();
    await outside.close();
  });

  /** Delivers all of them, some at a time. */
  async function statusesOf(deliveries: readonly Notice[]): Promise<Set<number>> {
    const statuses = new Set<number>();
    for (let from = 0; from < deliveries.length; from += AT_ONCE) {
      const answers = await Promise.all(deliveries.slice(from, from + AT_ONCE).map(({ body, headers }) => gateway.notify(body, headers)));
      for (const { status } of answers) statuses.add(status);
    }
    return statuses;
  }

  const places = (text: string) => Array.from({ length: text.length }, (_, index) => index);

  it('is refused with any one byte of body, client id, time or signature changed; untouched, it is believed afterwards', async () => {
    const id = await outside.withCode(gateway, 'bytes');
    const good = await notice(id);
    const [head = '', signature = ''] = good.headers['signature']!.split('signature=');
    const header = (name: string, value: string): Notice => ({ ...good, headers: { ...good.headers, [name]: value } });
    const deliveries = [
      ...places(good.body).map((index): Notice => ({ ...good, body: otherwise(good.body, index) })),
      ...['client-id', 'request-time'].flatMap((name) => places(good.headers[name]!).map((index) => header(name, otherwise(good.headers[name]!, index)))),
      ...places(signature).map((index) => header('signature', `${head}signature=${otherwise(signature, index)}`)),
    ];
    expect(deliveries.length).toBeGreaterThan(700);
    expect(await statusesOf(deliveries)).toEqual(new Set([401]));
    expect((await gateway.refused('bad-signature')) + (await gateway.refused('unknown-client'))).toBe(deliveries.length);
    expect(await outside.types('bytes')).toEqual(['payment.code-issued']);
    expect(await outside.database.count(`exchanges where operation = 'notifyPayment' and payment_id = $1`, [id])).toBe(0);

    expect(await statusesOf([good])).toEqual(new Set([200]));
    expect(await outside.types('bytes')).toEqual(['payment.code-issued', 'payment.succeeded']);
  });

  it('is refused when it was signed for a path that differs in any one byte', async () => {
    const id = await outside.withCode(gateway, 'path');
    const deliveries = await Promise.all(places(NOTIFY_PATH).map((index) => notice(id, {}, { path: otherwise(NOTIFY_PATH, index) })));
    expect(await statusesOf(deliveries)).toEqual(new Set([401]));
    expect(await outside.types('path')).toEqual(['payment.code-issued']);
  });

  it('changes nothing when it is old: it is acknowledged, kept, and said no more', async () => {
    const id = await outside.withCode(gateway, 'replayed');
    const [declined, paid] = [await notice(id, { result: { resultStatus: 'F', resultCode: 'RISK_REJECT', resultMessage: 'no' } }), await notice(id)];
    expect(await statusesOf([paid])).toEqual(new Set([200]));
    const before = await outside.events('replayed');
    clock.forward(86_400_000);
    expect(await statusesOf([paid, paid, paid])).toEqual(new Set([200]));
    expect(await outside.events('replayed')).toEqual(before);
    expect(await outside.paymentOf('replayed')).toMatchObject({ status: 'succeeded', attention: null });
    // A failure that is signed, and that comes after the success, takes no money away: a person looks.
    expect(await statusesOf([declined])).toEqual(new Set([200]));
    expect(await outside.paymentOf('replayed')).toMatchObject({ status: 'succeeded', attention: 'reported as failed after it succeeded' });
  });

  it('is set apart and reported to people when it is signed but disagrees', async () => {
    const id = await outside.withCode(gateway, 'disagrees');
    expect(await statusesOf([await notice(id, { paymentAmount: { currency: 'USD', value: '1' } }, { signedBy: new Signer({ 1: alipayKeys.privateKey }) })])).toEqual(new Set([200]));
    expect(gateway.complaints).toContainEqual({ paymentId: id, reason: 'the reported amount differs from ours', message: 'a signed notification disagrees with the payment; Alipay is asked' });
    expect(await outside.types('disagrees')).toEqual(['payment.code-issued']);
  });
});
