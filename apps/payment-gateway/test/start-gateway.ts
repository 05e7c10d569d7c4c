import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { orderPlacedV1, topics } from '@scantill/contracts';
import { createHttpApp, createPlatform, type Platform, type RunningPart } from '@scantill/platform';
import { eventMessage, testBrokers, testDatabaseUrl, type FixedClock } from '@scantill/testing';
import { config } from '../src/config.js';
import { wire } from '../src/payment-gateway.module.js';
import { alipayKeys, CLIENT_ID, merchantKeys, NOTIFY_PATH, pem } from './fake-alipay.js';

/** One instance of the service without its way to and from Kafka. Its business clock stands still until it is moved. */
export class TestGateway {
  doorUrl = '';
  private readonly folder = mkdtempSync(join(tmpdir(), 'scantill-gateway-'));
  private made: { platform: Platform; app: NestFastifyApplication; parts: readonly RunningPart[] } | undefined;
  private offset = 0;

  constructor(private readonly alipayUrl: string, private readonly clock: FixedClock) {}

  get platform(): Platform {
    return this.made!.platform;
  }

  async start(): Promise<this> {
    const at = (name: string) => join(this.folder, name);
    writeFileSync(at('directory.key'), `1:${randomBytes(32).toString('base64')}\n`);
    writeFileSync(at('evidence.key'), `1:${randomBytes(32).toString('base64')}\n`);
    writeFileSync(at('merchant.pem'), pem(merchantKeys.privateKey));
    writeFileSync(at('alipay.pem'), pem(alipayKeys.publicKey));
    writeFileSync(at('accounts.json'), JSON.stringify({ accounts: [{ accountId: 'usd', clientId: CLIENT_ID, baseUrl: this.alipayUrl, merchantPrivateKeyFiles: { 1: 'merchant.pem' }, alipayPublicKeyFiles: { 1: 'alipay.pem' } }] }));
    const settings = config.parse({
      KAFKA_BROKERS: testBrokers().join(), DIRECTORY_KEY_FILE: at('directory.key'), PAYMENT_GATEWAY_DATABASE_URL: testDatabaseUrl('payment-gateway'), PAYMENT_GATEWAY_ACCOUNTS_FILE: at('accounts.json'), PAYMENT_GATEWAY_EVIDENCE_KEY_FILE: at('evidence.key'),
      PAYMENT_GATEWAY_NOTIFY_URL: `http://127.0.0.1${NOTIFY_PATH}`, PAYMENT_GATEWAY_NOTIFY_PORT: 0, ALIPAY_INQUIRIES_PER_SECOND: 500, SCANTILL_ENV: 'development',
    });
    const platform = { ...createPlatform('payment-gateway', testDatabaseUrl('payment-gateway'), { ...settings, LOG_LEVEL: 'silent' }), clock: this.clock };
    const { module, parts } = wire(platform, settings);
    const app = await createHttpApp(module, { platform });
    this.made = { platform, app, parts };
    for (const part of parts) {
      const started: unknown = await part.start();
      if (part.name === 'notification door') this.doorUrl = String(started);
    }
    return this;
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
      return { topic: topics.order, partition: 0, offset: String((this.offset += 1)), key, value, headers, timestampMs: Date.now() };
    });
    const outcome = await this.platform.server.dispatch(topics.order, batch);
    if (outcome.kind !== 'done') throw new Error(`the batch was not done: ${outcome.kind}`);
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

  async stop(): Promise<void> {
    const { platform, app, parts } = this.made!;
    for (const part of [...parts].reverse()) await part.stop();
    await app.close();
    await platform.privateListener.close();
    await platform.database.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
