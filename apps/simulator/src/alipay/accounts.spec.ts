import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Verifier, type AlipayClient } from '@scantill/alipay';
import { CLIENT_ID, CUSTOMER_ID, payRequest, TestMerchant, TestSimulator, until } from '../../test/start-simulator.js';

const INTEGRATOR = 'T_444555666';
const PROVIDER = 'T_777888999';
const AGENT_TOKEN = 'agent-token-of-the-provider';
const keys = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const [oldKeys, newKeys, providerKeys, otherAlipay] = [keys(), keys(), keys(), keys()];
const simulator = new TestSimulator();
const shop = new TestMerchant();
let usd: AlipayClient;
let jpy: AlipayClient;
let jpyBefore: AlipayClient;
let kwd: AlipayClient;
let ids = 0;
const nextId = () => `PR_${(ids += 1)}`;

function keep(name: string, key: KeyObject): string {
  writeFileSync(join(simulator.dataDir, name), key.export({ format: 'pem', type: key.type === 'private' ? 'pkcs8' : 'spki' }));
  return name;
}

function accountsFile(changes: Record<string, unknown> = {}): string {
  const file = join(simulator.dataDir, 'accounts.json');
  writeFileSync(file, JSON.stringify({ accounts: [
    {
      clientId: INTEGRATOR, customerId: '1022188000000000002', currencies: ['JPY'], settlementCurrency: 'USD',
      merchantPublicKeyFiles: { 1: keep('old.pem', oldKeys.publicKey), 2: keep('new.pem', newKeys.publicKey) }, alipayPrivateKeyFiles: { 3: keep('alipay-3.pem', otherAlipay.privateKey) },
      terms: { multipleRefunds: false },
    },
    { clientId: PROVIDER, customerId: '1022188000000000003', currencies: ['KWD'], agentToken: AGENT_TOKEN, merchantPublicKeyFiles: { 1: keep('provider.pem', providerKeys.publicKey) }, ...changes },
  ] }));
  return file;
}

const env = () => ({ CLOCK_START: '2026-10-10T12:00:00+08:00', SIMULATOR_ACCOUNTS_FILE: accountsFile() });

beforeAll(async () => {
  await shop.start();
  await simulator.start(env());
  usd = simulator.connectAs({});
  jpy = simulator.connectAs({ clientId: INTEGRATOR, merchantPrivateKeys: { 1: oldKeys.privateKey, 2: newKeys.privateKey }, alipayPublicKeys: { 3: otherAlipay.publicKey } });
  jpyBefore = simulator.connectAs({ clientId: INTEGRATOR, merchantPrivateKeys: { 1: oldKeys.privateKey }, alipayPublicKeys: { 3: otherAlipay.publicKey } });
  kwd = simulator.connectAs({ clientId: PROVIDER, merchantPrivateKeys: { 1: providerKeys.privateKey }, agentToken: AGENT_TOKEN });
  shop.verifiers[INTEGRATOR] = new Verifier({ 3: otherAlipay.publicKey });
});
afterAll(async () => {
  await Promise.all([usd, jpy, jpyBefore, kwd].map((client) => client.close()));
  await simulator.remove();
  await shop.stop();
});

const yen = (id: string, changes = {}) => payRequest({ id, currency: 'JPY', value: '599', notifyUrl: shop.url, changes: { settlementStrategy: { settlementCurrency: 'USD' }, ...changes } });
const dinar = (id: string) => payRequest({ id, currency: 'KWD', value: '1250' });

async function paid(client: AlipayClient, request: ReturnType<typeof payRequest>): Promise<string> {
  const issued = await client.pay(request);
  if (issued.kind !== 'answered' || issued.status !== 'S') throw new Error('no code');
  await simulator.control('confirm', { code: issued.body.orderCodeForm.codeDetails[0]?.codeValue });
  return issued.body.paymentId;
}

describe('several accounts', () => {
  it('have ids of their own, and none sees what another one did', async () => {
    const id = nextId();
    const paymentId = await paid(usd, payRequest({ id }));
    expect(await jpy.pay(yen(id))).toMatchObject({ status: 'S' });
    expect(await jpy.inquiryPayment({ paymentId })).toMatchObject({ status: 'F', code: 'ORDER_NOT_EXIST' });
    expect(await jpy.cancel({ paymentId })).toMatchObject({ code: 'ORDER_NOT_EXIST' });
    expect(await jpy.refund({ refundRequestId: id, paymentId, refundAmount: { currency: 'USD', value: '1' } })).toMatchObject({ code: 'ORDER_NOT_EXIST' });
    expect(await usd.refund({ refundRequestId: id, paymentId, refundAmount: { currency: 'USD', value: '1' } })).toMatchObject({ status: 'S' });
    expect(await jpy.inquiryRefund({ refundRequestId: id })).toMatchObject({ code: 'REFUND_NOT_EXIST' });
    const clientsOf = async (client: string) => ((await simulator.control(`ledger?client=${client}`)).body['payments'] as { clientId: string; amount: unknown }[]).map(({ clientId, amount }) => [clientId, amount]);
    expect(await clientsOf(INTEGRATOR)).toEqual([[INTEGRATOR, { currency: 'JPY', value: '599' }]]);
    expect(await clientsOf(CLIENT_ID)).toEqual([[CLIENT_ID, { currency: 'USD', value: '1099' }]]);
  });

  it('sign with keys of their own; the old and the new key of one that changes are both good', async () => {
    for (const client of [jpy, jpyBefore]) expect(await client.pay(yen(nextId()))).toMatchObject({ status: 'S' });
    const stranger = simulator.connectAs({ clientId: INTEGRATOR });
    const unsaid = simulator.connectAs({ clientId: INTEGRATOR, merchantPrivateKeys: { 4: newKeys.privateKey } });
    expect(await stranger.pay(yen(nextId()))).toMatchObject({ code: 'SIGNATURE_INVALID' });
    expect(await unsaid.inquiryPayment({ paymentRequestId: 'any' })).toMatchObject({ kind: 'no-answer', reason: 'bad-signature' });
    await Promise.all([stranger.close(), unsaid.close()]);
    const id = nextId();
    await paid(jpy, yen(id));
    await until(() => shop.received.length === 1);
    expect(shop.received[0]).toMatchObject({ kind: 'verified', clientId: INTEGRATOR, notification: { paymentRequestId: id, paymentAmount: { currency: 'JPY', value: '599' } } });
  });

  it('of a service provider need its agent token', async () => {
    expect(await kwd.pay(dinar(nextId()))).toMatchObject({ status: 'S' });
    for (const agentToken of [undefined, 'another']) {
      const without = simulator.connectAs({ clientId: PROVIDER, merchantPrivateKeys: { 1: providerKeys.privateKey }, agentToken });
      expect(await without.pay(dinar(nextId()))).toMatchObject({ status: 'F', code: 'ACCESS_DENIED' });
      await without.close();
    }
  });

  it('take the currencies of their contract, and the same refusal comes again', async () => {
    const request = { ...dinar(nextId()) };
    expect(await jpy.pay(request)).toMatchObject({ status: 'F', code: 'CURRENCY_NOT_SUPPORT' });
    expect(await jpy.pay(request)).toMatchObject({ status: 'F', code: 'CURRENCY_NOT_SUPPORT' });
    expect(await jpy.pay(yen(request.paymentRequestId))).toMatchObject({ status: 'F', code: 'REPEAT_REQ_INCONSISTENT' });
    expect(await jpy.pay(yen(nextId(), { settlementStrategy: { settlementCurrency: 'EUR' } }))).toMatchObject({ code: 'SETTLE_CONTRACT_NOT_MATCH' });
  });

  it('say what the merchant gets where it is settled in another currency', async () => {
    const id = nextId();
    await paid(jpy, yen(id));
    const found = await jpy.inquiryPayment({ paymentRequestId: id });
    const body = found.kind === 'answered' ? JSON.parse(String(found.exchange.responseBody)) as Record<string, unknown> : {};
    // 599 yen at 0.00659 dollars.
    expect(body).toMatchObject({ grossSettlementAmount: { currency: 'USD', value: '395' }, settlementQuote: { quoteCurrencyPair: 'JPY/USD', quotePrice: '0.00659' } });
    expect(body).toHaveProperty('paymentQuote.quoteCurrencyPair', expect.stringMatching(/^JPY\//));
  });

  it('charge a wallet in its own currency for amounts without and with three digits', async () => {
    const price = async (client: AlipayClient, request: ReturnType<typeof payRequest>) => {
      await client.pay(request);
      return (await simulator.control('scan', { paymentRequestId: request.paymentRequestId, wallet: 'alipay-cn' })).body['walletAmount'];
    };
    // 599 × 0.00659 ÷ 0.14047 = 28.10; 1.250 × 3.2641 ÷ 0.14047 = 29.05
    expect(await price(jpy, yen(nextId()))).toEqual({ currency: 'CNY', value: '2810' });
    expect(await price(kwd, dinar(nextId()))).toEqual({ currency: 'CNY', value: '2905' });
  });

  it('each have a file of the day, and the same books after a restart', async () => {
    const id = nextId();
    await simulator.control('close-day', {});
    await paid(usd, payRequest({ id }));
    await paid(jpy, yen(nextId()));
    await paid(kwd, dinar(nextId()));
    const { body } = await simulator.control('close-day', {});
    const files = body['files'] as { customerId: string; rows: number; path: string; remotePath: string; totals: { currency: string; value: string }[] }[];
    expect(files.map(({ customerId, rows, totals }) => [customerId, rows, totals[0]?.currency, totals[0]?.value])).toEqual([
      [CUSTOMER_ID, 1, 'USD', '1099'], ['1022188000000000002', 1, 'JPY', '599'], ['1022188000000000003', 1, 'KWD', '1250'],
    ]);
    expect(body).toMatchObject({ customerId: CUSTOMER_ID, rows: 1 });
    const [, second] = files;
    expect(readFileSync(String(second?.path), 'utf8').split('\n')[1]).toMatch(/^1022188000000000002,.*,599,JPY$/);
    expect((await fetch(`${simulator.url}/control/files${String(second?.remotePath)}`)).status).toBe(200);
    const before = (await simulator.control('ledger')).body;
    await simulator.stop();
    await simulator.start(env());
    expect((await simulator.control('ledger')).body).toEqual(before);
    const again = simulator.connectAs({ clientId: INTEGRATOR, merchantPrivateKeys: { 2: newKeys.privateKey }, alipayPublicKeys: { 3: otherAlipay.publicKey } });
    expect(await again.inquiryPayment({ paymentRequestId: id })).toMatchObject({ code: 'ORDER_NOT_EXIST' });
    await again.close();
  });
});

describe('an accounts file', () => {
  it.each([
    ['that names a key file that is not there', { merchantPublicKeyFiles: { 1: 'nowhere.pem' } }, /^The keys of T_777888999 cannot be used: .*nowhere\.pem/],
    ['that holds what it should not', { agentTokens: [] }, /accounts\.json cannot be used:\n {2}accounts\.1: .*agentTokens/],
    ['that names a client twice', { clientId: CLIENT_ID }, /the same client id/],
    ['with an unknown currency', { currencies: ['XXX'] }, /accounts\.1\.currencies\.0: a currency like USD/],
  ])('%s is refused', async (_name, changes, message) => {
    const other = new TestSimulator();
    await other.start();
    await other.stop();
    await expect(other.start({ SIMULATOR_ACCOUNTS_FILE: accountsFile(changes) })).rejects.toThrow(message);
    await other.start();
    await other.remove();
  });
});
