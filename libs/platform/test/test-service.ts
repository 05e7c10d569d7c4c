import { randomBytes } from 'node:crypto';
import { defineEvent, type EventDefinition, type Service, type Topic } from '@scantill/contracts';
import { TestChain, testDatabaseUrl, type TestDatabase, type TestKey } from '@scantill/testing';
import type { FastifyInstance } from 'fastify';
import type { Kafka } from 'kafkajs';
import { pino } from 'pino';
import { z } from 'zod';
import {
  createKafka, createMetrics, createPrivateListener, Database, Directory, Health, Inbox, KafkaServer, KeepDirectory, on, SecretBox, type Door, type Flow, type Log, type Tx,
} from '../src/index.js';

export const SERVICE: Service = 'notification';

export interface Happened {
  readonly text: string;
}

/** An event of nobody's but the specification's. */
export function happenedOn(topic: string): EventDefinition<Happened> {
  return defineEvent({ type: 'test.happened', version: 1, topic: topic as Topic, summary: 'Something happened.', data: z.object({ text: z.string().max(200_000) }) });
}

/** What the flow did, in the order in which it did it. Kept in a table, so that only what was committed counts. */
export class Effects {
  /** How often the flow was handed each text, committed or not. */
  readonly tries = new Map<string, number>();

  constructor(readonly database: TestDatabase) {}

  async prepare(): Promise<void> {
    await this.database.query('create table if not exists effects (id bigserial primary key, topic text not null, text text not null, transaction text not null default pg_current_xact_id()::text)');
    await this.database.query('truncate effects');
  }

  async texts(topic: string): Promise<string[]> {
    return (await this.database.query<{ text: string }>('select text from effects where topic = $1 order by id', [topic])).map((row) => row.text);
  }

  async transactions(topic: string): Promise<number> {
    return this.database.count('(select distinct transaction from effects where topic = $1) as t', [topic]);
  }
}

/** Writes what it is told, and misbehaves when it is told so. */
export class WriteEffects implements Flow<Happened> {
  isHealed = false;

  constructor(private readonly effects: Effects, private readonly topic: string) {}

  async run(tx: Tx, inputs: readonly Happened[]): Promise<void> {
    for (const { text } of inputs) this.effects.tries.set(text, (this.effects.tries.get(text) ?? 0) + 1);
    if (!this.isHealed) for (const { text } of inputs) misbehave(text);
    await tx.query({ name: 'effects', text: 'insert into effects (topic, text) select $1, unnest($2::text[])' }, [this.topic, inputs.map(({ text }) => text)]);
  }
}

function misbehave(text: string): void {
  if (text.startsWith('type error')) throw new TypeError(`Cannot read properties of undefined (reading '${text}')`);
  if (text.startsWith('nothing')) throw undefined;
}

export interface TestServiceOptions {
  readonly topic: string;
  readonly effects: Effects;
  readonly databaseUrl?: string;
  readonly kafka?: Kafka;
  readonly brokers: readonly string[];
  readonly door?: Door;
  /** Which texts concern it. */
  readonly concerns?: (happened: Happened) => boolean;
}

/** The machinery of a service around one consumer and one flow. */
export class TestService {
  readonly health = new Health();
  readonly metrics = createMetrics(SERVICE);
  readonly logged: Record<string, unknown>[] = [];
  readonly log: Log = pino({ level: 'info' }, { write: (line: string) => void this.logged.push(JSON.parse(line) as Record<string, unknown>) });
  readonly database: Database;
  readonly flow: WriteEffects;
  readonly inbox: Inbox;
  readonly server: KafkaServer;
  readonly operator: TestKey = new TestChain('demo').key(['operate']);
  readonly definition: EventDefinition<Happened>;
  private readonly directory: Directory;
  private readonly listener: FastifyInstance;

  constructor({ topic, effects, databaseUrl = testDatabaseUrl(SERVICE), kafka, brokers, door, concerns }: TestServiceOptions) {
    const { health, metrics, log } = this;
    const clock = { now: () => new Date(), realMsUntil: (at: Date) => Math.max(0, at.getTime() - Date.now()) };
    this.definition = happenedOn(topic);
    this.database = new Database({ url: databaseUrl, maxConnections: 4, applicationName: `service ${topic}` }, log);
    this.flow = new WriteEffects(effects, topic);
    this.inbox = new Inbox({ service: SERVICE, database: this.database, clock, metrics, log, ...(door === undefined ? {} : { door }) });
    this.server = new KafkaServer({ kafka: kafka ?? createKafka(brokers, SERVICE, log), groupId: `${SERVICE}.${topic}`, health, metrics, log });
    const routes = [on(this.definition, (data) => data, this.flow, concerns)];
    this.server.addHandler(topic, (batch) => this.inbox.handle(batch, routes) as never, true);
    this.directory = new Directory(this.database, SecretBox.parse(`1:${randomBytes(32).toString('base64')}`), log);
    this.listener = createPrivateListener({ service: SERVICE, database: this.database, directory: this.directory, health, metrics, log, dispatch: (to, batch) => this.server.dispatch(to, batch) });
  }

  async start(): Promise<this> {
    const keep = new KeepDirectory(this.directory);
    const { keyId } = this.operator.entry as { keyId: string };
    await this.database.transaction((tx) => keep.run(tx, [{ kind: 'api-key', id: keyId, data: this.operator.entry }]));
    await this.directory.refresh();
    this.server.listen(() => undefined);
    return this;
  }

  /** One of the private listener's routes. */
  async ask(method: 'GET' | 'POST', url: string, body?: unknown, key: string | null = this.operator.text): Promise<{ status: number; body: Record<string, unknown> }> {
    const answer = await this.listener.inject({ method, url, ...(body === undefined ? {} : { payload: body as object }), headers: key === null ? {} : { authorization: `Bearer ${key}` } });
    return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
  }

  async isReady(): Promise<boolean> {
    return (await this.ask('GET', '/health/ready')).status === 200;
  }

  async stop(): Promise<void> {
    await this.server.close();
    await this.listener.close();
    await this.database.close();
  }
}
