import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { directoryApiKeyChangedV1, orderPlacedV1, topics } from '@scantill/contracts';
import { createHttpApp, createPlatform, SecretBox, type Log, type Platform, type RunningPart } from '@scantill/platform';
import { eventMessage, testBrokers, testDatabaseUrl, type FixedClock, type OutgoingMessage, type TestKey } from '@scantill/testing';
import { config } from '../src/config.js';
import { wire } from '../src/payment-gateway.module.js';
import { alipayKeys, CLIENT_ID, merchantKeys, NOTIFY_PATH, pem } from './fake-alipay.js';

const DELIVERIES_MAX = 50;
export const AGENT_TOKEN = 'agent-token-0123456789';

/** What the gateway complains of. */
export interface Complaint extends Readonly<Record<string, unknown>> {
  readonly message: string;
}

export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** One instance of the service without its way to and from Kafka. Its business clock stands still until it is moved. */
export class TestGateway {
  doorUrl = '';
  private readonly folder = mkdtempSync(join(tmpdir(), 'scantill-gateway-'));
  private made: { platform: Platform; app: NestFastifyApplication; parts: readonly RunningPart[] } | undefined;
  private offset = 0;
  readonly complaints: Complaint[] = [];
  private readonly evidenceKey = `1:${randomBytes(32).toString('base64')}`;

  constructor(private readonly alipayUrl: string, private readonly clock: FixedClock, private readonly merchantKey = merchantKeys.privateKey) {}

  get platform(): Platform {
    return this.made!.platform;
  }

  async start(): Promise<this> {
    const at = (name: string) => join(this.folder, name);
    writeFileSync(at('directory.key'), `1:${randomBytes(32).toString('base64')}\n`);
    writeFileSync(at('evidence.key'), `${this.evidenceKey}\n`);
    writeFileSync(at('merchant.pem'), pem(this.merchantKey));
    writeFileSync(at('alipay.pem'), pem(alipayKeys.publicKey));
    writeFileSync(at('accounts.json'), JSON.stringify({ accounts: [{ accountId: 'usd', clientId: CLIENT_ID, baseUrl: this.alipayUrl, merchantPrivateKeyFiles: { 1: 'merchant.pem' }, alipayPublicKeyFiles: { 1: 'alipay.pem' }, agentToken: AGENT_TOKEN }] }));
    const settings = config.parse({
      KAFKA_BROKERS: testBrokers().join(), DIRECTORY_KEY_FILE: at('directory.key'), PAYMENT_GATEWAY_DATABASE_URL: testDatabaseUrl('payment-gateway'), PAYMENT_GATEWAY_ACCOUNTS_FILE: at('accounts.json'), PAYMENT_GATEWAY_EVIDENCE_KEY_FILE: at('evidence.key'),
      PAYMENT_GATEWAY_NOTIFY_URL: `http://127.0.0.1${NOTIFY_PATH}`, PAYMENT_GATEWAY_NOTIFY_PORT: 0, ALIPAY_INQUIRIES_PER_SECOND: 500, SCANTILL_ENV: 'development',
    });
    const platform = { ...createPlatform('payment-gateway', testDatabaseUrl('payment-gateway'), { ...settings, LOG_LEVEL: 'silent' }), clock: this.clock, log: this.recordingLog() };
    const { module, parts } = wire(platform, settings, {});
    const app = await createHttpApp(module, { platform });
    this.made = { platform, app, parts };
    await platform.directory.start();
    for (const part of parts) {
      const started: unknown = await part.start();
      if (part.name === 'notification door') this.doorUrl = String(started);
    }
    return this;
  }

  /** Opens what the evidence keeps sealed. */
  get secrets(): SecretBox {
    return SecretBox.parse(this.evidenceKey);
  }

  /** Hands messages to the consumer of a topic, as if they had come from it. */
  async receive(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    const batch = messages.map((message) => ({ topic, partition: 0, offset: String((this.offset += 1)), ...message, timestampMs: Date.now() }));
    for (let tries = 0; tries < DELIVERIES_MAX; tries += 1) {
      const outcome = await this.platform.server.dispatch(topic, batch);
      if (outcome.kind === 'done') return;
      // Another instance was faster: it is delivered again, as Kafka would.
      if (outcome.kind !== 'unavailable') throw new Error(`the batch was not done: ${outcome.kind}`);
    }
    throw new Error('the batch could not be written, however often it was delivered');
  }

  /** Makes keys known, as the directory announces them. */
  async admit(...keys: readonly TestKey[]): Promise<void> {
    await this.receive(topics.directory, keys.map(({ entry }) => eventMessage(directoryApiKeyChangedV1, `api-key:${String(entry['keyId'])}`, entry as never)));
    await this.platform.directory.refresh();
  }

  /** What the public listener answers. */
  async ask(url: string, key: TestKey | null): Promise<Answer> {
    const answer = await this.made!.app.inject({ method: 'GET', url, headers: bearer(key) });
    return { status: answer.statusCode, body: answer.json() };
  }

  /** What an operator does on the private listener. */
  async operate(paymentId: string, action: string, key: TestKey | null, body: object = { reason: 'The customer complained' }): Promise<Answer> {
    const answer = await this.platform.privateListener.inject({ method: 'POST', url: `/v1/payments/${paymentId}/${action}`, headers: bearer(key), payload: body });
    return { status: answer.statusCode, body: answer.json() };
  }

  /** Orders as order announces them. */
  async place(orderIds: readonly string[]): Promise<void> {
    const now = this.clock.now().getTime();
    const instant = (ms: number) => new Date(now + ms).toISOString();
    const batch = orderIds.map((orderId) => {
      const { key, value, headers } = eventMessage(orderPlacedV1, `demo:${orderId}`, {
        chainId: 'demo', orderId, storeId: 'S001', tillId: 'T1', nextAction: 'wait', amount: { currency: 'USD', minor: '1099' }, description: 'Two lattes', lines: [],
        store: { name: 'Demo Coffee', mcc: '5814', region: 'SG' }, account: { accountId: 'usd', referenceMerchantId: 'M0001', merchantName: 'Demo Coffee', merchantMcc: '5814', settlementCurrency: 'USD' },
        codeSeconds: 540, validUntil: instant(60_000), deadlineAt: instant(1_800_000),
      });
      return { key, value, headers };
    });
    await this.receive(topics.order, batch);
  }

  async notify(body: string, headers: Record<string, string>): Promise<{ status: number; body: string; headers: Headers }> {
    // A proxy may have rewritten the path.
    const answer = await fetch(`${this.doorUrl}/rewritten`, { method: 'POST', headers, body });
    return { status: answer.status, body: await answer.text(), headers: answer.headers };
  }

  /** How many notifications were refused for a reason. */
  async refused(reason: string): Promise<number> {
    const text = await this.platform.metrics.registry.getSingleMetricAsString('scantill_notifications_refused_total');
    return Number(new RegExp(`reason="${reason}".* (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  }

  /** Its end without a word: nothing that is under way is written any more, and what it holds stays leased. */
  async die(): Promise<void> {
    const { platform, parts } = this.made!;
    await platform.database.close();
    platform.directory.stop();
    for (const part of parts) if (part.name.startsWith('due ') || part.name === 'notification door' || part.name === 'evidence partitions') await part.stop();
  }

  async stop(): Promise<void> {
    const { platform, app, parts } = this.made!;
    platform.directory.stop();
    for (const part of [...parts].reverse()) await part.stop();
    await app.close();
    await platform.privateListener.close();
    await platform.database.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private recordingLog(): Log {
    const complain = (fields: object, message: string) => void this.complaints.push({ ...fields, message });
    const quiet = () => undefined;
    return { error: complain, warn: quiet, info: quiet, debug: quiet } as unknown as Log;
  }
}

function bearer(key: TestKey | null): Record<string, string> {
  return key === null ? {} : { authorization: `Bearer ${key.text}` };
}
