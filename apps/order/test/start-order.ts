import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpApp, createPlatform, type Message, type Platform, type RunningPart } from '@scantill/platform';
import { FixedClock, testBrokers, TestDatabase, testDatabaseUrl, type OutgoingMessage, type TestChain, type TestKey } from '@scantill/testing';
import { config } from '../src/config.js';
import { wire } from '../src/order.module.js';

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Readonly<Record<string, unknown>>;
}

export interface OrderWishes {
  readonly chains: readonly TestChain[];
  readonly keys: readonly TestKey[];
  readonly databaseUrl?: string;
  /** More of its environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * The service without its way to and from Kafka: messages are handed to its consumers, and what it has to tell stands in its
 * outbox. Its business clock stands still until it is moved.
 */
export class TestOrder {
  readonly clock = new FixedClock();
  readonly outside: TestDatabase;
  private readonly folder = mkdtempSync(join(tmpdir(), 'scantill-order-'));
  private offset = 0;

  private constructor(outside: TestDatabase, private readonly wishes: OrderWishes, private readonly made: { platform?: Platform; app?: NestFastifyApplication; parts: readonly RunningPart[] }) {
    this.outside = outside;
  }

  static async start(wishes: OrderWishes): Promise<TestOrder> {
    const order = new TestOrder(await TestDatabase.open('order'), wishes, { parts: [] });
    await order.run();
    return order;
  }

  get platform(): Platform {
    return this.made.platform!;
  }

  /** A flow as it is wired. */
  get<Flow>(flow: abstract new (...parts: never[]) => Flow): Flow {
    return this.made.app!.get(flow);
  }

  private async run(): Promise<void> {
    const { chains, keys, databaseUrl = testDatabaseUrl('order'), env = {} } = this.wishes;
    const directory = {
      chains: chains.map((chain) => chain.chainEntry), stores: chains.flatMap((chain) => chain.storeEntries), accounts: chains.map((chain) => chain.accountEntry),
      apiKeys: keys.map((key) => key.entry), endpoints: [],
    };
    writeFileSync(join(this.folder, 'directory.json'), JSON.stringify(directory));
    writeFileSync(join(this.folder, 'directory.key'), `1:${randomBytes(32).toString('base64')}\n`);
    const settings = config.parse({
      KAFKA_BROKERS: testBrokers().join(), DIRECTORY_KEY_FILE: join(this.folder, 'directory.key'), DIRECTORY_FILE: join(this.folder, 'directory.json'), ORDER_DATABASE_URL: databaseUrl,
      SCANTILL_ENV: 'development', ...env,
    });
    const platform = { ...createPlatform('order', databaseUrl, { ...settings, LOG_LEVEL: 'silent' }), clock: this.clock };
    const { module, parts, waits } = wire(platform, settings);
    const app = await createHttpApp(module, { platform });
    Object.assign(this.made, { platform, app, parts: [...parts, waits] });
    for (const part of parts) await part.start();
    // Not awaited: some specifications start without a database.
    void platform.directory.start();
    await app.getHttpAdapter().getInstance().ready();
    while (chains.some(({ id }) => platform.directory.store(id, 'S001') === undefined)) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  async ask(method: 'GET' | 'POST', url: string, key: TestKey | null, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const authorization: Record<string, string> = key === null ? {} : { authorization: `Bearer ${key.text}` };
    const payload = body === undefined ? {} : { payload: body as string | object };
    const answer = await this.made.app!.inject({ method, url, headers: { ...authorization, ...headers }, ...payload });
    const isJson = String(answer.headers['content-type']).includes('json');
    return { status: answer.statusCode, body: isJson ? answer.json<Record<string, unknown>>() : {}, headers: answer.headers };
  }

  /** Hands messages to the consumer of a topic, as if they had come from it. */
  async receive(topic: string, messages: readonly (OutgoingMessage & { readonly timestampMs?: number })[]): Promise<void> {
    const batch = messages.map(({ key, value, headers, timestampMs = Date.now() }): Message => ({ topic, partition: 0, offset: String((this.offset += 1)), key, headers, value, timestampMs }));
    const outcome = await this.platform.server.dispatch(topic, batch);
    if (outcome.kind !== 'done') throw new Error(`the batch was not done: ${outcome.kind}`);
  }

  /** What it has told of an order, in order. */
  async told(key: string): Promise<{ type: string; data: Record<string, unknown> }[]> {
    const rows = await this.outside.query<{ payload: string }>('select payload from outbox where key = $1 and payload is not null order by id', [key]);
    return rows.map(({ payload }) => JSON.parse(payload) as { type: string; data: Record<string, unknown> });
  }

  async toldTypes(key: string): Promise<string[]> {
    return (await this.told(key)).map(({ type }) => type);
  }

  async statusOf(key: string): Promise<string | undefined> {
    return (await this.outside.query<{ status: string }>('select status from orders where key = $1', [key]))[0]?.status;
  }

  async stop(): Promise<void> {
    for (const part of [...this.made.parts].reverse()) await part.stop();
    this.platform.directory.stop();
    await this.made.app?.close();
    await this.platform.privateListener.close();
    await this.platform.database.close();
    await this.outside.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
