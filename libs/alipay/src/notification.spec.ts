import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ACKNOWLEDGEMENT, readNotification, replyHeaders, type NotificationDelivery } from './notification.js';
import { signedPrefix, Signer, Verifier } from './signing.js';

const alipay = generateKeyPairSync('rsa', { modulusLength: 2048 });
const signer = new Signer({ 1: alipay.privateKey });
const verifier = new Verifier({ 1: alipay.publicKey });
const ours = (clientId: string) => (clientId === 'T_1' ? verifier : undefined);
const paid = {
  notifyType: 'PAYMENT_RESULT', result: { resultCode: 'SUCCESS', resultStatus: 'S', resultMessage: 'success' },
  paymentRequestId: 'PR_1', paymentId: '2026', paymentAmount: { currency: 'USD', value: 1099 }, paymentTime: '2026-10-10T12:01:12+08:00', customsDeclarationAmount: null,
};

async function deliver(content: unknown, clientId = 'T_1'): Promise<NotificationDelivery> {
  const body = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
  const time = '2019-07-12T12:08:56.253+05:30';
  const prefix = signedPrefix({ path: '/alipay/notify?a=1', clientId, time });
  const signature = await signer.sign(Buffer.concat([Buffer.from(prefix), body]));
  return { path: '/alipay/notify?a=1', headers: { 'client-id': clientId, 'request-time': time, signature }, body };
}

describe('a notification signed by Alipay', () => {
  it('is read, numbers and nulls included', async () => {
    expect(readNotification(await deliver(paid), ours)).toMatchObject({
      kind: 'verified', clientId: 'T_1', notification: { paymentId: '2026', paymentAmount: { value: '1099' }, result: { resultStatus: 'S' } },
    });
  });

  it('may say that the payment failed, without an amount', async () => {
    const failed = { ...paid, result: { resultCode: 'USER_BALANCE_NOT_ENOUGH', resultStatus: 'F', resultMessage: '' }, paymentAmount: undefined };
    expect(readNotification(await deliver(failed), ours)).toMatchObject({ kind: 'verified', notification: { result: { resultCode: 'USER_BALANCE_NOT_ENOUGH' } } });
  });

  it.each([
    ['no JSON', '{', 'malformed'],
    ['no ids', { ...paid, paymentId: undefined }, 'malformed'],
    ['an unknown result', { ...paid, result: { ...paid.result, resultStatus: 'U' } }, 'malformed'],
    ['another type', { ...paid, notifyType: 'OFFLINE_PAYMENT_CODE' }, 'other-type'],
  ])('is refused with %s', async (_name, content, reason) => {
    expect(readNotification(await deliver(content), ours)).toEqual({ kind: 'refused', reason, clientId: 'T_1' });
  });
});

describe('a notification that may be anybody’s', () => {
  it('is refused when one byte differs, when the path does, or when a header is missing', async () => {
    const good = await deliver(paid);
    const changed = Buffer.from(Buffer.from(good.body).toString().replace('1099', '1098'));
    expect(readNotification({ ...good, body: changed }, ours)).toMatchObject({ reason: 'bad-signature' });
    expect(readNotification({ ...good, path: '/alipay/notify' }, ours)).toMatchObject({ reason: 'bad-signature' });
    expect(readNotification({ ...good, headers: { ...good.headers, signature: 'garbage' } }, ours)).toMatchObject({ reason: 'bad-signature' });
    expect(readNotification({ ...good, headers: { ...good.headers, signature: undefined } }, ours)).toMatchObject({ reason: 'headers-missing' });
  });

  it('is refused for a client that is not ours, and for a key version that we do not have', async () => {
    const good = await deliver(paid);
    expect(readNotification(await deliver(paid, 'T_2'), ours)).toEqual({ kind: 'refused', reason: 'unknown-client', clientId: 'T_2' });
    const version9 = { ...good.headers, signature: String(good.headers['signature']).replace('keyVersion=1', 'keyVersion=9') };
    expect(readNotification({ ...good, headers: version9 }, ours)).toMatchObject({ reason: 'unknown-key-version' });
  });
});

/** The same text with one byte changed, in all places and in three ways each: the next one, a bit of it, its other case. */
function changed(text: string): string[] {
  const bytes = [...Buffer.from(text)];
  return bytes.flatMap((byte, index) => [byte + 1, byte ^ 0x40, byte ^ 0x20].map((other) => Buffer.from(bytes.with(index, other & 0xff)).toString('latin1')));
}

describe('a notification in which any one byte was changed', () => {
  const reasonFor = (delivery: NotificationDelivery): string => {
    const reading = readNotification(delivery, () => verifier);
    return reading.kind === 'refused' ? reading.reason : 'believed';
  };
  const withHeader = (good: NotificationDelivery, name: string) => (value: string): NotificationDelivery => ({ ...good, headers: { ...good.headers, [name]: value } });

  it('is refused, wherever in the body it is', async () => {
    const good = await deliver(paid);
    const reasons = changed(Buffer.from(good.body).toString()).map((body) => reasonFor({ ...good, body: Buffer.from(body, 'latin1') }));
    expect(reasons.length).toBeGreaterThan(600);
    expect(new Set(reasons)).toEqual(new Set(['bad-signature']));
  });

  it.each(['client-id', 'request-time'])('is refused, wherever in %s it is', async (name) => {
    const good = await deliver(paid);
    // Every client id is taken for ours here, so that nothing but the signature refuses.
    expect(new Set(changed(String(good.headers[name])).map(withHeader(good, name)).map(reasonFor))).toEqual(new Set(['bad-signature']));
  });

  it('is refused, wherever in the path it is', async () => {
    const good = await deliver(paid);
    expect(new Set(changed(good.path).map((path) => reasonFor({ ...good, path })))).toEqual(new Set(['bad-signature']));
  });

  it('is refused, wherever in the signature it is, unless an escape is only written in its other case', async () => {
    const good = await deliver(paid);
    const [head = '', signature = ''] = String(good.headers['signature']).split('signature=');
    const upper = (text: string) => text.replaceAll(/%[0-9a-f]{2}/gi, (escape) => escape.toUpperCase());
    const others = changed(signature).filter((other) => upper(other) !== upper(signature));
    expect(others.length).toBeGreaterThan(3 * 340);
    expect(new Set(others.map((other) => `${head}signature=${other}`).map(withHeader(good, 'signature')).map(reasonFor))).toEqual(new Set(['bad-signature']));
  });
});

it('is answered with Alipay’s fixed body', () => {
  expect(JSON.parse(ACKNOWLEDGEMENT)).toEqual({ result: { resultCode: 'SUCCESS', resultStatus: 'S', resultMessage: 'success' } });
  expect(replyHeaders('T_1', new Date('2026-10-10T04:00:00.500Z'))).toEqual({
    'content-type': 'application/json', 'client-id': 'T_1', 'response-time': '2026-10-10T04:00:00Z',
  });
});
