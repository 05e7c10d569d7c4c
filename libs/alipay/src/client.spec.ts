import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Pool } from 'undici';
import { AlipayClient, type NoAnswerReason } from './client.js';
import { post } from './post.js';
import type { PayRequest } from './requests.js';
import { signedPrefix, Signer, Verifier } from './signing.js';

const merchant = generateKeyPairSync('rsa', { modulusLength: 2048 });
const alipay = generateKeyPairSync('rsa', { modulusLength: 2048 });
const alipaySigner = new Signer({ 1: alipay.privateKey });
const merchantVerifier = new Verifier({ 1: merchant.publicKey });
const TIME = '2026-10-10T12:00:00+08:00';

const request: PayRequest = {
  productCode: 'IN_STORE_PAYMENT',
  paymentRequestId: 'PR_1',
  order: {
    referenceOrderId: 'demo_1', orderDescription: '2 × Café', orderAmount: { currency: 'USD', value: '1099' },
    merchant: { referenceMerchantId: 'M1', merchantName: 'Demo', merchantMCC: '5814', store: { referenceStoreId: 'S1', storeName: 'Demo 1', storeMCC: '5814' } },
  },
  paymentAmount: { currency: 'USD', value: '1099' },
  paymentMethod: { paymentMethodType: 'CONNECT_WALLET' },
  paymentFactor: { inStorePaymentScenario: 'OrderCode' },
};
const success = { resultCode: 'SUCCESS', resultStatus: 'S', resultMessage: 'success.' };
const issued = JSON.stringify({
  result: success, paymentId: '2026', paymentRequestId: 'PR_1', somethingNew: [1],
  orderCodeForm: { expireTime: TIME, codeDetails: [{ codeValue: 'https://qr.example/28', displayType: 'TEXT' }, { codeValue: 'x', displayType: 'HOLOGRAM' }] },
});

interface Received { readonly message: IncomingMessage; readonly body: Buffer }
type Behaviour = (received: Received, response: ServerResponse) => void | Promise<void>;

let server: Server;
let behave: Behaviour;
let client: AlipayClient;

async function answer(received: Received, response: ServerResponse, body: string): Promise<void> {
  const parts = { path: received.message.url ?? '', clientId: String(received.message.headers['client-id']), time: TIME };
  const signature = await alipaySigner.sign(Buffer.from(signedPrefix(parts) + body));
  response.writeHead(200, { 'content-type': 'application/json', 'client-id': parts.clientId, 'response-time': TIME, signature, tracerId: 't-1' }).end(body);
}

function connect(clientId = 'T_1', agentToken?: string): AlipayClient {
  return new AlipayClient(
    {
      clientId, agentToken, baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      merchantPrivateKeys: { 1: merchant.privateKey }, alipayPublicKeys: { 1: alipay.publicKey },
    },
    { timeoutMs: 1_000, connections: 2 },
  );
}

beforeAll(async () => {
  server = createServer((message, response) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => void behave({ message, body: Buffer.concat(chunks) }, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
// A client of its own for each: one that does not know yet that its connections were closed would use one of them.
beforeEach(() => {
  client = connect();
});
afterEach(async () => {
  server.closeAllConnections();
  await client.close();
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

describe('a signed answer', () => {
  it('is believed, whatever else it carries, and kept as evidence', async () => {
    behave = (received, response) => answer(received, response, issued);
    const outcome = await client.pay(request);
    expect(outcome).toMatchObject({
      kind: 'answered', status: 'S', code: 'SUCCESS', message: 'success.',
      body: { paymentId: '2026', orderCodeForm: { expireTime: TIME, codeDetails: [{ displayType: 'TEXT' }, { displayType: 'HOLOGRAM' }] } },
      exchange: { operation: 'pay', path: '/ams/api/v1/payments/pay', httpStatus: 200, responseTime: TIME, tracerId: 't-1' },
    });
    expect(outcome.exchange.responseBody?.toString()).toBe(issued);
    expect(JSON.parse(outcome.exchange.requestBody.toString())).toEqual(request);
  });

  it.each(['F', 'U'] as const)('is passed on when it is %s, with its code', async (status) => {
    behave = (received, response) => answer(received, response, JSON.stringify({ result: { resultStatus: status, resultCode: 'SOME_CODE' }, paymentId: null }));
    expect(await client.cancel({ paymentRequestId: 'PR_1' })).toMatchObject({ kind: 'answered', status, code: 'SOME_CODE', message: '' });
  });

  it('may carry the code although the outcome is unknown', async () => {
    behave = (received, response) => answer(received, response, issued.replace('"S"', '"U"'));
    expect(await client.pay(request)).toMatchObject({ status: 'U', body: { orderCodeForm: { codeDetails: [{ codeValue: 'https://qr.example/28' }, {}] } } });
  });

  it('is read with numbers and booleans where texts are documented', async () => {
    const body = {
      result: success, paymentStatus: 'SUCCESS', paymentAmount: { currency: 'JPY', value: 599 }, paymentTime: TIME,
      paymentQuote: { quoteCurrencyPair: '392/156', quotePrice: 0.06462, guaranteed: false }, transactions: null,
    };
    behave = (received, response) => answer(received, response, JSON.stringify(body));
    expect(await client.inquiryPayment({ paymentId: '2026' })).toMatchObject({
      status: 'S', body: { paymentStatus: 'SUCCESS', paymentAmount: { value: '599' }, paymentQuote: { quotePrice: '0.06462', guaranteed: 'false' } },
    });
  });
});

describe('a request', () => {
  it('is signed on the bytes that are sent, at the sandbox path for a sandbox client, with the agent token', async () => {
    const received: Received[] = [];
    behave = (got, response) => { received.push(got); return answer(got, response, JSON.stringify({ result: success, refundId: 'R' })); };
    const sandbox = connect('SANDBOX_1', 'agent');
    const outcome = await sandbox.refund({ refundRequestId: 'RF_1', paymentId: '2026', refundAmount: { currency: 'USD', value: '1' } });
    await sandbox.close();
    const { message, body } = received[0] as Received;
    expect(outcome).toMatchObject({ status: 'S', body: { refundId: 'R' } });
    expect(message.url).toBe('/ams/sandbox/api/v1/payments/refund');
    expect(message.headers).toMatchObject({ 'agent-token': 'agent', 'client-id': 'SANDBOX_1', 'content-type': 'application/json; charset=UTF-8' });
    expect(message.headers['request-time']).toMatch(/^\d{13}$/);
    const parts = { path: message.url ?? '', clientId: 'SANDBOX_1', time: String(message.headers['request-time']) };
    expect(merchantVerifier.verify(parts, body, String(message.headers['signature']))).toBe(true);
  });
});

describe('no answer to believe', () => {
  const plain = (status: number, body: string): Behaviour => (_received, response) => void response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  const result = (status: string) => JSON.stringify({ result: { resultStatus: status, resultCode: 'SIGNATURE_INVALID', resultMessage: '' } });
  const cases: [string, NoAnswerReason, Behaviour][] = [
    ['silence', 'timeout', () => undefined],
    ['a body that never ends', 'timeout', (_received, response) => void response.writeHead(200).write('{')],
    ['a connection that breaks', 'connection', (_received, response) => void response.socket?.destroy()],
    ['more than a megabyte', 'connection', (_received, response) => void response.writeHead(200).end('x'.repeat(1_100_000))],
    ['HTTP 502', 'http-status', plain(502, 'bad gateway')],
    ['a redirect', 'http-status', plain(302, '')],
    ['an unsigned S', 'unsigned', plain(200, issued)],
    ['an unsigned U', 'unsigned', plain(200, result('U'))],
    ['an unsigned text', 'malformed', plain(200, '<html>')],
    ['a signature that belongs to another text', 'bad-signature', async (received, response) => {
      const end = response.end.bind(response);
      response.end = ((body: string) => end(`${body} `)) as typeof response.end;
      await answer(received, response, issued);
    }],
    ['a signature without a time', 'bad-signature', (_received, response) => void response.writeHead(200, { signature: 'algorithm=RSA256' }).end(result('F'))],
    ['a time without a signature', 'bad-signature', (_received, response) => void response.writeHead(200, { 'response-time': TIME }).end(result('F'))],
    ['a signed text that is not JSON', 'malformed', (received, response) => answer(received, response, '{"result":')],
    ['a signed answer without a result', 'malformed', (received, response) => answer(received, response, '{"paymentId":"1"}')],
    ['a signed S without the code it speaks of', 'malformed', (received, response) => answer(received, response, JSON.stringify({ result: success, paymentId: '1' }))],
  ];
  it.each(cases)('is what %s is, for the reason "%s"', async (_name, reason, behaviour) => {
    behave = behaviour;
    const outcome = await client.pay(request);
    expect(outcome).toMatchObject({ kind: 'no-answer', reason });
    expect(outcome.exchange.requestBody.length).toBeGreaterThan(0);
  });

  it('is what a closed port is', async () => {
    const nobody = new AlipayClient({ clientId: 'T_1', baseUrl: 'http://127.0.0.1:1', merchantPrivateKeys: { 1: merchant.privateKey }, alipayPublicKeys: { 1: alipay.publicKey } });
    expect(await nobody.pay(request)).toMatchObject({ kind: 'no-answer', reason: 'connection', detail: expect.stringContaining('ECONNREFUSED') });
    await nobody.close();
  });

  it('is not what an unsigned F is: Alipay cannot sign for a caller it does not know', async () => {
    behave = plain(200, result('F'));
    expect(await client.pay(request)).toMatchObject({ kind: 'answered', status: 'F', code: 'SIGNATURE_INVALID' });
  });

  it('never goes out once it has timed out waiting for a connection', async () => {
    let calls = 0;
    behave = () => { calls += 1; };
    const pool = new Pool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { connections: 1 });
    const send = (timeoutMs: number) => post(pool, { path: '/', headers: {}, body: Buffer.from('{}'), timeoutMs });
    expect(await Promise.all([send(1_000), send(300)])).toEqual([{ kind: 'timeout' }, { kind: 'timeout' }]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(calls).toBe(1);
    await pool.destroy();
  });
});
