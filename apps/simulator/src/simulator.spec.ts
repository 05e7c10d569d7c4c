import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signedPrefix, Verifier } from '@scantill/alipay';
import { alipay, CLIENT_ID, merchant, payRequest, TestMerchant, TestSimulator, until } from '../test/start-simulator.js';

const START = '2026-10-10T12:00:00+08:00';
const simulator = new TestSimulator();
const shop = new TestMerchant();
let ids = 0;
const nextId = () => `PR_${(ids += 1)}`;

beforeAll(async () => {
  await shop.start();
  await simulator.start({ CLOCK_START: START });
});
afterAll(async () => {
  await simulator.remove();
  await shop.stop();
});

async function paid(value = '1099') {
  const id = nextId();
  const issued = await simulator.issue(payRequest({ id, value }));
  await simulator.control('confirm', { code: issued.code });
  return { id, ...issued };
}

describe('a request for a code', () => {
  it('is answered with the code in four forms, and again with the same code', async () => {
    const request = payRequest({ id: nextId() });
    const first = await simulator.client.pay(request);
    expect(first).toMatchObject({ kind: 'answered', status: 'S', body: { paymentRequestId: request.paymentRequestId, paymentId: expect.stringMatching(/^20261010\d{27}$/) } });
    if (first.kind !== 'answered' || first.status !== 'S') return;
    expect(first.body.orderCodeForm.expireTime).toMatch(/^2026-10-10T12:14:\d\d\+08:00$/);
    expect(first.body.orderCodeForm.codeDetails.map((detail) => detail.displayType)).toEqual(['TEXT', 'MIDDLEIMAGE', 'BIGIMAGE', 'SMALLIMAGE']);
    expect(first.body.orderCodeForm.codeDetails[0]?.codeValue).toMatch(/^http:\/\/pay\.example\/28\d{17}$/);
    const again = await simulator.client.pay(request);
    expect(again).toMatchObject({ status: 'S', body: first.body });
  });

  it('is refused when it differs from the first under the same id', async () => {
    const id = nextId();
    await simulator.issue(payRequest({ id }));
    expect(await simulator.client.pay(payRequest({ id, value: '1098' }))).toMatchObject({ status: 'F', code: 'REPEAT_REQ_INCONSISTENT' });
    expect(await simulator.client.pay(payRequest({ id, currency: 'EUR' }))).toMatchObject({ status: 'F', code: 'REPEAT_REQ_INCONSISTENT' });
  });

  it.each([
    ['a zero amount', 'PARAM_ILLEGAL', { value: '0' }],
    ['a decimal amount', 'PARAM_ILLEGAL', { value: '10.99' }],
    ['rupiah that are not whole hundreds', 'PARAM_ILLEGAL', { value: '1050', currency: 'IDR' }],
    ['an unknown currency', 'CURRENCY_NOT_SUPPORT', { currency: 'XXX' }],
    ['an id that is too long', 'PARAM_ILLEGAL', { id: 'x'.repeat(65) }],
    ['an expiry in the past', 'PARAM_ILLEGAL', { changes: { paymentExpiryTime: '2026-10-10T11:59:00+08:00' } }],
    ['an expiry more than 30 minutes ahead', 'PARAM_ILLEGAL', { changes: { paymentExpiryTime: '2026-10-10T12:31:00+08:00' } }],
    ['another scenario', 'PARAM_ILLEGAL', { changes: { paymentFactor: { inStorePaymentScenario: 'PaymentCode' as 'OrderCode' } } }],
  ])('is refused with %s: %s', async (_name, code, wish) => {
    expect(await simulator.client.pay(payRequest({ id: nextId(), ...wish }))).toMatchObject({ kind: 'answered', status: 'F', code });
  });

  it('may carry numbers where texts are documented, and leave out what Alipay’s Python SDK leaves out', async () => {
    const { settlementStrategy: _none, ...request } = payRequest({ id: nextId() });
    const amount = { currency: 'USD', value: 1099 as unknown as string };
    expect(await simulator.client.pay({ ...request, paymentAmount: amount, order: { ...request.order, orderAmount: amount } })).toMatchObject({ status: 'S' });
  });
});

describe('a caller', () => {
  it('is told whose fault it is', async () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const unknown = simulator.connect('T_0');
    const forger = simulator.connect(CLIENT_ID, other.privateKey);
    const newer = simulator.connect(CLIENT_ID, merchant.privateKey, '2');
    const request = { paymentRequestId: 'none' };
    expect(await unknown.cancel(request)).toMatchObject({ status: 'F', code: 'CLIENT_INVALID', exchange: { responseSignature: expect.any(String) } });
    expect(await newer.cancel(request)).toMatchObject({ status: 'F', code: 'KEY_NOT_FOUND' });
    expect(await forger.cancel(request)).toMatchObject({ status: 'F', code: 'SIGNATURE_INVALID', exchange: { responseSignature: undefined, responseTime: undefined } });
    await Promise.all([unknown.close(), forger.close(), newer.close()]);
  });

  it.each([
    ['GET', '/ams/api/v1/payments/pay', 'application/json', '', 'METHOD_NOT_SUPPORTED'],
    ['POST', '/ams/api/v1/payments/precreate', 'application/json', '{}', 'NO_INTERFACE_DEF'],
    ['POST', '/ams/api/v1/payments/pay', 'text/plain', '{}', 'MEDIA_TYPE_NOT_ACCEPTABLE'],
    ['POST', '/ams/api/v1/payments/pay', 'application/json', '{', 'PARAM_ILLEGAL'],
    ['POST', '/ams/api/v1/payments/cancel', 'application/json', '{}', 'PARAM_ILLEGAL'],
  ])('that sends %s %s as %s gets %s', async (method, path, type, body, code) => {
    const signature = `algorithm=RSA256, keyVersion=1, signature=${encodeURIComponent(sign('sha256', Buffer.from(`${signedPrefix({ path, clientId: CLIENT_ID, time: 'now' })}${body}`), merchant.privateKey).toString('base64'))}`;
    const response = await fetch(simulator.url + path, { method, headers: { 'content-type': type, 'Client-Id': CLIENT_ID, 'Request-Time': 'now', Signature: signature }, ...(body && { body }) });
    expect(((await response.json()) as { result: { resultCode: string } }).result.resultCode).toBe(code);
  });

  it('may name the target in absolute form, and finds the answer’s headers in lower case', async () => {
    const { hostname, port, host } = new URL(simulator.url);
    const path = '/ams/sandbox/api/v1/payments/cancel';
    const body = '{"paymentRequestId":"none"}';
    const signature = sign('sha256', Buffer.from(`${signedPrefix({ path, clientId: CLIENT_ID, time: '1' })}${body}`), createPrivateKey(merchant.privateKey.export({ format: 'pem', type: 'pkcs8' })));
    const lines = [`POST http://${host}${path} HTTP/1.1`, `Host: ${host}`, 'Connection: close', 'Content-Type: application/json', `Client-Id: ${CLIENT_ID}`, 'Request-Time: 1',
      `Signature: algorithm=RSA256,keyVersion=1,signature=${encodeURIComponent(signature.toString('base64'))}`, `Content-Length: ${body.length}`, '', body];
    const text = await new Promise<string>((resolve, reject) => {
      let received = '';
      const socket = connect(Number(port), hostname, () => socket.write(lines.join('\r\n')));
      socket.on('data', (chunk: Buffer) => { received += chunk.toString(); }).on('end', () => resolve(received)).on('error', reject);
    });
    const time = /\nresponse-time: (\S+)/.exec(text)?.[1] ?? '';
    const answerSignature = /\nsignature: (\S+)/.exec(text)?.[1];
    expect(text).toContain(`\nclient-id: ${CLIENT_ID}`);
    const answer = text.slice(text.indexOf('\r\n\r\n') + 4);
    expect(answer).toContain('ORDER_NOT_EXIST');
    expect(new Verifier({ 1: alipay.publicKey }).verify({ path, clientId: CLIENT_ID, time }, Buffer.from(answer), answerSignature)).toBe(true);
  });
});

describe('an unpaid code', () => {
  it('is paid once, with the wallet’s own amount and quote', async () => {
    const id = nextId();
    const { paymentId, code } = await simulator.issue(payRequest({ id }));
    expect(await simulator.client.inquiryPayment({ paymentRequestId: id })).toMatchObject({ body: { paymentStatus: 'PROCESSING', paymentResultCode: 'PAYMENT_IN_PROCESS' } });
    expect(await simulator.control('confirm', { orderId: `demo_${id}`, wallet: 'kakaopay' })).toMatchObject({ status: 200, body: { state: 'paid', walletAmount: { currency: 'KRW', value: '15633' } } });
    expect(await simulator.control('confirm', { code })).toMatchObject({ status: 409, body: { error: 'code-not-open', state: 'paid' } });
    expect(await simulator.client.inquiryPayment({ paymentId, paymentRequestId: 'ignored' })).toMatchObject({
      body: {
        paymentStatus: 'SUCCESS', paymentTime: expect.stringMatching(/^2026-10-10T12:00:\d\d\+08:00$/), paymentAmount: { value: '1099', currency: 'USD' },
        actualPaymentAmount: { currency: 'KRW', value: '15633' }, paymentQuote: { quoteCurrencyPair: 'USD/KRW', quotePrice: '1422.47510669' },
        pspCustomerInfo: { pspName: 'KaKaoPay', displayCustomerId: 'min***@mock.com' },
      },
    });
    expect(await simulator.client.pay(payRequest({ id }))).toMatchObject({ status: 'S', body: { paymentId } });
  });

  it('cannot be paid once it is cancelled, however often that is said', async () => {
    const id = nextId();
    const { code, paymentId } = await simulator.issue(payRequest({ id }));
    const first = await simulator.client.cancel({ paymentRequestId: id });
    expect(first).toMatchObject({ status: 'S', body: { paymentId, cancelTime: expect.stringContaining('+08:00') } });
    expect(await simulator.client.cancel({ paymentId })).toMatchObject({ status: 'S', body: first.kind === 'answered' ? first.body : {} });
    expect(await simulator.control('confirm', { code })).toMatchObject({ status: 409, body: { state: 'cancelled' } });
    expect(await simulator.client.pay(payRequest({ id }))).toMatchObject({ status: 'F', code: 'ORDER_IS_CANCELED' });
    expect(await simulator.client.inquiryPayment({ paymentId })).toMatchObject({ body: { paymentStatus: 'CANCELLED' } });
  });

  it('fails when the wallet declines, with the reason, and cannot be cancelled then', async () => {
    const id = nextId();
    const { paymentId } = await simulator.issue(payRequest({ id }));
    expect(await simulator.control('decline', { paymentRequestId: id, resultCode: 'RISK_REJECT' })).toMatchObject({ status: 200, body: { state: 'declined' } });
    expect(await simulator.client.inquiryPayment({ paymentId })).toMatchObject({ body: { paymentStatus: 'FAIL', paymentResultCode: 'RISK_REJECT' } });
    expect(await simulator.client.cancel({ paymentId })).toMatchObject({ status: 'F', code: 'ORDER_STATUS_INVALID' });
    expect(await simulator.client.pay(payRequest({ id }))).toMatchObject({ status: 'F', code: 'RISK_REJECT' });
  });
});

describe('a payment that does not exist', () => {
  it('is not there for anybody', async () => {
    const refund = { refundRequestId: 'RF_0', paymentId: '20261010114010800100000000000000000', refundAmount: { currency: 'USD', value: '1' } };
    expect(await simulator.client.inquiryPayment({ paymentRequestId: 'none' })).toMatchObject({ status: 'F', code: 'ORDER_NOT_EXIST' });
    expect(await simulator.client.cancel({ paymentRequestId: 'none' })).toMatchObject({ status: 'F', code: 'ORDER_NOT_EXIST' });
    expect(await simulator.client.refund(refund)).toMatchObject({ status: 'F', code: 'ORDER_NOT_EXIST' });
    expect(await simulator.client.inquiryRefund({ refundRequestId: 'RF_0' })).toMatchObject({ status: 'F', code: 'REFUND_NOT_EXIST' });
    expect(await simulator.control('confirm', { code: '2800000000000000000' })).toMatchObject({ status: 404 });
  });
});

describe('a paid payment', () => {
  const refundOf = (paymentId: string, refundRequestId: string, value: string) => simulator.client.refund({ refundRequestId, paymentId, refundAmount: { currency: 'USD', value } });

  it('is refunded in parts, never beyond its amount, once per request id', async () => {
    const { paymentId, id } = await paid('1000');
    const first = await refundOf(paymentId, `${id}_a`, '600');
    expect(first).toMatchObject({ status: 'S', body: { refundAmount: { value: '600' }, refundTime: expect.any(String) } });
    expect(await refundOf(paymentId, `${id}_a`, '600')).toMatchObject({ status: 'S', body: first.kind === 'answered' ? first.body : {} });
    expect(await refundOf(paymentId, `${id}_a`, '601')).toMatchObject({ status: 'F', code: 'REPEAT_REQ_INCONSISTENT' });
    expect(await refundOf(paymentId, `${id}_b`, '401')).toMatchObject({ status: 'F', code: 'REFUND_AMOUNT_EXCEED' });
    expect(await refundOf(paymentId, `${id}_b`, '400')).toMatchObject({ status: 'F', code: 'REPEAT_REQ_INCONSISTENT' });
    expect(await refundOf(paymentId, `${id}_c`, '400')).toMatchObject({ status: 'S' });
    expect(await simulator.client.cancel({ paymentId })).toMatchObject({ status: 'F', code: 'ORDER_STATUS_INVALID' });
    expect(await simulator.client.inquiryPayment({ paymentId })).toMatchObject({
      body: { paymentStatus: 'SUCCESS', transactions: [{ transactionRequestId: `${id}_a`, transactionStatus: 'SUCCESS' }, { transactionAmount: { value: '400' } }] },
    });
  });

  it('is refunded later where that was asked for', async () => {
    await simulator.control('settings', { asyncRefundMs: 1_500 });
    const { paymentId, id } = await paid();
    const request = { refundRequestId: id, paymentId, refundAmount: { currency: 'USD', value: '1099' }, isAsyncRefund: 'true' };
    expect(await simulator.client.refund(request)).toMatchObject({ status: 'U', code: 'REFUND_IN_PROCESS' });
    expect(await simulator.client.inquiryRefund({ refundRequestId: id })).toMatchObject({ status: 'S', body: { refundStatus: 'PROCESSING' } });
    expect(await refundOf(paymentId, `${id}_b`, '1')).toMatchObject({ status: 'F', code: 'REFUND_AMOUNT_EXCEED' });
    await until(async () => {
      const found = await simulator.client.inquiryRefund({ refundRequestId: id });
      return found.kind === 'answered' && found.status === 'S' && found.body.refundStatus === 'SUCCESS';
    });
    expect(await simulator.client.refund(request)).toMatchObject({ status: 'S' });
  });

  it('gives the money back when it is cancelled, and is not refunded on top', async () => {
    const { paymentId, id } = await paid();
    expect(await simulator.client.cancel({ paymentId })).toMatchObject({ status: 'S' });
    expect(await refundOf(paymentId, id, '1')).toMatchObject({ status: 'F', code: 'ORDER_IS_CANCELED' });
  });

  it('is not refunded before it is paid, nor in another currency', async () => {
    const { paymentId } = await simulator.issue(payRequest({ id: nextId() }));
    expect(await refundOf(paymentId, nextId(), '1')).toMatchObject({ code: 'ORDER_STATUS_INVALID' });
    const done = await paid();
    const request = { refundRequestId: nextId(), paymentId: done.paymentId, refundAmount: { currency: 'EUR', value: '1' } };
    expect(await simulator.client.refund(request)).toMatchObject({ code: 'PARAM_ILLEGAL' });
  });
});

describe('a notification', () => {
  it('says that the payment was made, signed, at the address of the request', async () => {
    const id = nextId();
    const { code, paymentId } = await simulator.issue(payRequest({ id, notifyUrl: shop.url }));
    await simulator.control('confirm', { code });
    await until(() => shop.received.length === 1);
    expect(shop.received[0]).toMatchObject({
      kind: 'verified', notification: { notifyType: 'PAYMENT_RESULT', result: { resultStatus: 'S' }, paymentId, paymentRequestId: id, paymentAmount: { value: '1099' }, actualPaymentAmount: { currency: 'CNY' } },
    });
    await until(async () => ((await simulator.control('ledger?limit=5000')).body['payments'] as { notification: string }[]).at(-1)?.notification === 'acknowledged');
  });

  it('says that it failed, and why', async () => {
    const { code } = await simulator.issue(payRequest({ id: nextId(), notifyUrl: shop.url }));
    await simulator.control('decline', { code });
    await until(() => shop.received.length === 2);
    expect(shop.received[1]).toMatchObject({ kind: 'verified', notification: { result: { resultStatus: 'F', resultCode: 'USER_BALANCE_NOT_ENOUGH' } } });
  });
});

describe('a customer who confirms by himself', () => {
  it('confirms what is issued from then on, until he is switched off', async () => {
    await simulator.control('settings', { confirmAfterMs: 10 });
    const { code } = await simulator.issue(payRequest({ id: nextId() }));
    await until(async () => (await simulator.control('scan', { code })).body['state'] === 'paid');
    expect((await simulator.control('settings', { confirmAfterMs: null })).body).toMatchObject({ confirmAfterMs: null });
    expect((await simulator.control('settings', { confirmAfterMs: -1 })).status).toBe(400);
  });
});
