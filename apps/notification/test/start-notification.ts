import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { orderExpiredV1, topics } from '@scantill/contracts';
import { createHttpApp, createPlatform, type DirectoryChange, type Platform, type RunningPart } from '@scantill/platform';
import { eventMessage, testBrokers, testDatabaseUrl, type OutgoingMessage, type TestChain, type TestKey } from '@scantill/testing';
import { config } from '../src/config.js';
import { refuseKeysInUrls } from '../src/inbound/key-in-url.js';
import { wire } from '../src/notification.module.js';

export interface EndpointWish {
  readonly endpointId: string;
  readonly url: string;
  readonly secret: string;
}

/** The service, listening, without its way to and from Kafka. */
export class TestNotification {
  url = '';
  private readonly folder = mkdtempSync(join(tmpdir(), 'scantill-notification-'));
  private made: { platform: Platform; app: NestFastifyApplication; parts: readonly RunningPart[] } | undefined;
  private offset = 0;

  get platform(): Platform {
    return this.made!.platform;
  }

  async start(chain: TestChain, keys: readonly TestKey[], endpoints: readonly EndpointWish[]): Promise<this> {
    const keyFile = join(this.folder, 'directory.key');
    writeFileSync(keyFile, `1:${randomBytes(32).toString('base64')}\n`);
    const databaseUrl = testDatabaseUrl('notification');
    const settings = config.parse({ KAFKA_BROKERS: testBrokers().join(), DIRECTORY_KEY_FILE: keyFile, NOTIFICATION_DATABASE_URL: databaseUrl, SCANTILL_ENV: 'development' });
    const platform = createPlatform('notification', databaseUrl, { ...settings, LOG_LEVEL: 'silent' });
    const { module, parts, streams } = wire(platform, settings);
    const app = await createHttpApp(module, { platform, configure: refuseKeysInUrls });
    this.made = { platform, app, parts: [...parts, streams] };
    const changes: DirectoryChange[] = [
      ...chain.storeEntries.map((data) => ({ kind: 'store' as const, id: `${data.chainId}:${data.storeId}`, data })),
      ...keys.map(({ entry }) => ({ kind: 'api-key' as const, id: String(entry['keyId']), data: entry })),
      ...endpoints.map(({ endpointId, url, secret }) => ({ kind: 'endpoint' as const, id: endpointId, data: { endpointId, chainId: chain.id, url, secret: platform.secrets.seal(secret) } })),
    ];
    await platform.database.transaction((tx) => platform.keepDirectory.run(tx, changes));
    await platform.directory.refresh();
    for (const part of this.made.parts) await part.start();
    await app.listen(0, '127.0.0.1');
    this.url = await app.getUrl();
    return this;
  }

  /** What order announces: these orders have expired, in this order. */
  async announce(chain: TestChain, orderIds: readonly string[], storeId = 'S001'): Promise<void> {
    await this.receive(orderIds.map((orderId) => {
      const data = { chainId: chain.id, orderId, storeId, tillId: 'T1', nextAction: 'do-not-hand-over' as const, reason: 'deadline' as const };
      return eventMessage(orderExpiredV1, `${chain.id}:${orderId}`, data, { id: randomUUID() });
    }));
  }

  async receive(messages: readonly OutgoingMessage[]): Promise<void> {
    const batch = messages.map((message) => ({ ...message, topic: topics.order, partition: 0, offset: String((this.offset += 1)), timestampMs: Date.now() }));
    const outcome = await this.platform.server.dispatch(topics.order, batch);
    if (outcome.kind !== 'done') throw new Error(`the batch was not done: ${outcome.kind}`);
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

/** A till's connection to an event stream: what it was sent so far. */
export class StreamClient {
  text = '';
  private constructor(private readonly response: IncomingMessage) {
    response.setEncoding('utf8').on('data', (chunk: string) => { this.text += chunk; }).on('error', () => undefined);
  }

  static open(url: string, headers: Record<string, string>): Promise<StreamClient> {
    return new Promise((resolve, reject) => get(url, { headers, agent: false }, (response) => resolve(new StreamClient(response))).on('error', reject));
  }

  get status(): number {
    return this.response.statusCode ?? 0;
  }

  /** The orders that were spoken of, in order, each with its id on the stream. */
  get events(): { id: number; type: string; orderId: string }[] {
    return [...this.text.matchAll(/id: (\d+)\nevent: (order\.\S+)\ndata: (.*)\n/g)].map(([, id, type, data]) => ({ id: Number(id), type: type!, orderId: (JSON.parse(data!) as { orderId: string }).orderId }));
  }

  close(): void {
    this.response.destroy();
  }
}

export interface Hook {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A chain's webhook endpoint. `answer` decides for each request; undefined lets it hang. */
export class HookServer {
  readonly received: Hook[] = [];
  url = '';
  answer: (hook: Hook) => number | undefined = () => 204;
  private readonly server: Server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => { body += chunk; }).on('end', () => {
      const hook = { headers: request.headers as Record<string, string>, body };
      this.received.push(hook);
      const status = this.answer(hook);
      if (status !== undefined) response.writeHead(status).end();
    });
  });

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
    return this;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
