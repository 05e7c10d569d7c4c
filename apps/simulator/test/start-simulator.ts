import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ACKNOWLEDGEMENT, AlipayClient, readNotification, replyHeaders, Verifier, type AlipayAccount, type ClientSettings, type NotificationReading, type PayRequest,
} from '@scantill/alipay';
import { pino } from 'pino';
import { readConfig } from '../src/config.js';
import { openSimulator, type Simulator } from '../src/simulator.js';

export const CLIENT_ID = 'T_111222333';
export const CUSTOMER_ID = '1022188000000000001';
export const merchant = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const alipay = generateKeyPairSync('rsa', { modulusLength: 2048 });
const alipayVerifier = new Verifier({ 1: alipay.publicKey });
const pem = (key: KeyObject) => key.export({ format: 'pem', type: key.type === 'private' ? 'pkcs8' : 'spki' });

/** A simulator on a port of its own with a folder of its own; can be stopped and started again on the same folder. */
export class TestSimulator {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'scantill-simulator-'));
  url = '';
  client = this.connect();
  private simulator: Simulator | undefined;
  /** How far business time is ahead of real time. */
  private aheadMs = 0;

  async start(env: Record<string, string> = {}): Promise<Simulator> {
    const merchantKeyFile = join(this.dataDir, 'merchant.pem');
    const alipayKeyFile = join(this.dataDir, 'alipay.pem');
    writeFileSync(merchantKeyFile, pem(merchant.publicKey));
    writeFileSync(alipayKeyFile, pem(alipay.privateKey));
    const config = readConfig({
      SIMULATOR_PUBLIC_URL: 'http://pay.example', SIMULATOR_CLIENT_ID: CLIENT_ID, SIMULATOR_CUSTOMER_ID: CUSTOMER_ID,
      SIMULATOR_MERCHANT_PUBLIC_KEY_FILE: merchantKeyFile, SIMULATOR_ALIPAY_PRIVATE_KEY_FILE: alipayKeyFile, SIMULATOR_DATA_DIR: this.dataDir, ...env,
    });
    this.aheadMs = config.CLOCK_START === undefined ? 0 : Date.parse(config.CLOCK_START) - Date.now();
    this.simulator = await openSimulator(config, pino({ level: 'silent' }));
    this.url = await this.simulator.app.listen({ host: '127.0.0.1', port: 0 });
    this.client = this.connect();
    return this.simulator;
  }

  async stop(): Promise<void> {
    await this.client.close();
    await this.simulator?.close();
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  connect(clientId = CLIENT_ID, privateKey = merchant.privateKey, version = '1'): AlipayClient {
    return this.connectAs({ clientId, merchantPrivateKeys: { [version]: privateKey } });
  }

  connectAs(account: Partial<AlipayAccount>, settings?: ClientSettings): AlipayClient {
    const usual = { clientId: CLIENT_ID, baseUrl: this.url || 'http://127.0.0.1:1', merchantPrivateKeys: { 1: merchant.privateKey }, alipayPublicKeys: { 1: alipay.publicKey } };
    return new AlipayClient({ ...usual, ...account }, settings);
  }

  /** Business time, as long as it runs no faster than real time. */
  now(): number {
    return Date.now() + this.aheadMs;
  }

  /** Replaces the plan of faults. */
  async plan(...rules: readonly Record<string, unknown>[]): Promise<void> {
    const { status, body } = await this.control('faults', { rules }, 'PUT');
    if (status !== 200) throw new Error(`no such plan: ${JSON.stringify(body)}`);
  }

  /** Issues a code and answers the ids by which it is known. */
  async issue(request: PayRequest): Promise<{ paymentId: string; code: string }> {
    const outcome = await this.client.pay(request);
    if (outcome.kind !== 'answered' || outcome.status !== 'S') throw new Error(`no code: ${outcome.kind === 'answered' ? outcome.message : outcome.reason}`);
    const { paymentId, orderCodeForm } = outcome.body;
    return { paymentId, code: orderCodeForm.codeDetails[0]?.codeValue ?? '' };
  }

  async control(path: string, body?: unknown, method = body === undefined ? 'GET' : 'POST'): Promise<{ status: number; body: Record<string, unknown> }> {
    const response = await fetch(`${this.url}/control/${path}`, body === undefined ? { method } : { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }
}

/** A merchant's notification door. Acknowledges unless told otherwise. */
export class TestMerchant {
  /** Alipay's keys by client id. */
  readonly verifiers: Record<string, Verifier> = { [CLIENT_ID]: alipayVerifier };
  readonly received: NotificationReading[] = [];
  reply: { status: number; body: string } = { status: 200, body: ACKNOWLEDGEMENT };
  replyAfterMs = 0;
  url = '';
  private readonly server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const delivery = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) };
      this.received.push(readNotification(delivery, (clientId) => this.verifiers[clientId]));
      const { status, body } = this.reply;
      setTimeout(() => response.writeHead(status, replyHeaders(CLIENT_ID, new Date())).end(body), this.replyAfterMs);
    });
  });

  async start(port = 0): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/alipay/notify?till=1`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

export interface Wish { readonly id: string; readonly value?: string; readonly currency?: string; readonly notifyUrl?: string | undefined; readonly changes?: Partial<PayRequest> }

/** A request for an order code as a merchant would send it. */
export function payRequest({ id, value = '1099', currency = 'USD', notifyUrl, changes }: Wish): PayRequest {
  const amount = { currency, value };
  return {
    productCode: 'IN_STORE_PAYMENT', paymentRequestId: id,
    order: {
      referenceOrderId: `demo_${id}`, orderDescription: '2 × Latte, "large"', orderAmount: amount,
      goods: [{ referenceGoodsId: '1', goodsName: 'Latte <large>', goodsQuantity: '2' }],
      merchant: { referenceMerchantId: 'M0001', merchantName: 'Demo & Co', merchantMCC: '5814', store: { referenceStoreId: 'S001', storeName: 'Demo Pier 1', storeMCC: '5814' } },
    },
    paymentAmount: amount,
    paymentMethod: { paymentMethodType: 'CONNECT_WALLET' },
    paymentFactor: { inStorePaymentScenario: 'OrderCode' },
    settlementStrategy: { settlementCurrency: currency },
    ...(notifyUrl !== undefined && { paymentNotifyUrl: notifyUrl }),
    ...changes,
  };
}

/** Waits, at most five seconds, for something that happens by itself. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 5_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 5))) if (await condition()) return;
  throw new Error('it did not happen within five seconds');
}
