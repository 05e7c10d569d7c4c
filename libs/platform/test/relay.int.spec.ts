import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { kafkaThrough, pauseMs, TcpLink, TestDatabase, TestKafka, until, type Reading } from '@scantill/testing';
import type { Kafka, Producer } from 'kafkajs';
import pg from 'pg';
import { createKafka, createLog, createMetrics, createProducer, Health, OutboxRelay } from '../src/index.js';
import { Effects, SERVICE, TestService } from './test-service.js';

interface TestRelay {
  readonly relay: OutboxRelay;
  readonly health: Health;
}

describe('the outbox relay', () => {
  const kafka = new TestKafka();
  const log = createLog(SERVICE, 'silent');
  const running: OutboxRelay[] = [];
  const producers: Producer[] = [];
  let outside: TestDatabase;

  beforeAll(async () => {
    await kafka.open();
    outside = await TestDatabase.open(SERVICE);
  });

  afterEach(async () => {
    await Promise.all(running.splice(0).map((relay) => relay.stop()));
    await Promise.all(producers.splice(0).map((producer) => producer.disconnect()));
    await outside.empty();
  });

  afterAll(async () => {
    await outside.close();
    await kafka.close();
  });

  function start(service: string, url = outside.url, client: Kafka = createKafka(kafka.brokers, SERVICE, log)): TestRelay {
    const health = new Health();
    const producer = createProducer(client);
    producers.push(producer);
    const relay = new OutboxRelay({ url, service, producer, health, metrics: createMetrics(SERVICE), log });
    relay.start();
    running.push(relay);
    return { relay, health };
  }

  const insert = 'insert into outbox (topic, key, headers, payload) values ($1, $2, $3, $4) returning id';
  const append = (topic: string, key: string, text: string) => outside.query(insert, [topic, key, '{}', text]);
  const textsOf = (reading: Reading) => reading.messages.map(({ value }) => value?.toString());
  const arrived = (reading: Reading, text: string) => until(`"${text}" arrives`, () => textsOf(reading).includes(text));
  const isEmpty = () => until('the outbox is empty', async () => (await outside.count('outbox')) === 0);

  it('sends what commits late under a lower id', async () => {
    const topic = await kafka.topic('relay-late');
    const reading = await kafka.read(topic);
    start(`late-${randomUUID()}`);
    const slow = new pg.Client({ connectionString: outside.url });
    await slow.connect();
    await slow.query('begin');
    await slow.query(insert, [topic, 'a', '{}', 'lower, late']);
    await append(topic, 'b', 'higher, early');
    await arrived(reading, 'higher, early');
    await slow.query('commit');
    await slow.end();
    await arrived(reading, 'lower, late');
    await isEmpty();
    expect(textsOf(reading)).toEqual(['higher, early', 'lower, late']);
  });

  it('sends again what it had sent but not deleted, and the receiver handles it once', async () => {
    const topic = await kafka.topic('relay-crash');
    const effects = new Effects(outside);
    await effects.prepare();
    const receiver = await new TestService({ topic, effects, brokers: kafka.brokers }).start();
    const reading = await kafka.read(topic);
    const service = `crash-${randomUUID()}`;
    const id = randomUUID();
    const event = { id, type: 'test.happened', version: 1, source: 'testing', time: new Date().toISOString(), subject: 'a', sequence: 1, correlationId: id, causationId: null, data: { text: 'sent twice' } };
    const [row] = await outside.query<{ id: string }>(insert, [topic, 'a', JSON.stringify({ type: 'test.happened', version: '1' }), JSON.stringify(event)]);
    const holder = new pg.Client({ connectionString: outside.url, application_name: 'holder' });
    await holder.connect();
    await holder.query('begin');
    await holder.query('select 1 from outbox where id = $1 for share', [row!.id]);
    start(service);
    await until('it is sent once', () => reading.messages.length === 1);
    await outside.endSessions(`${service}-relay%`);
    await holder.query('rollback');
    await holder.end();
    await until('it is sent again', () => reading.messages.length === 2);
    await isEmpty();
    await until('it is handled', async () => (await effects.texts(topic)).length > 0);
    await pauseMs(300);
    expect(await effects.texts(topic)).toEqual(['sent twice']);
    await receiver.stop();
  });

  it('leads alone, is followed when it dies, and keeps the events of a key in order', async () => {
    const topic = await kafka.topic('relay-two', { partitions: 3 });
    const reading = await kafka.read(topic);
    const service = `two-${randomUUID()}`;
    const link = await TcpLink.toUrl(outside.url);
    const first = start(service, link.through(outside.url));
    await until('the first leads', async () => (await outside.count('pg_stat_activity where datname = current_database() and application_name = $1', [`${service}-relay-0`])) === 1);
    start(service);
    await pauseMs(500);
    expect(await outside.count('pg_stat_activity where datname = current_database() and application_name = $1', [`${service}-relay-0`])).toBe(1);
    for (let n = 0; n < 300; n += 1) {
      await append(topic, `key ${n % 5}`, String(n));
      if (n === 150) await link.cut();
    }
    await until('every event arrives', () => new Set(textsOf(reading)).size === 300);
    await isEmpty();
    for (let key = 0; key < 5; key += 1) {
      const ofKey = reading.messages.filter((message) => message.key?.toString() === `key ${key}`).map(({ value }) => Number(value));
      const once = [...new Set(ofKey)];
      expect(once).toEqual(once.toSorted((a, b) => a - b));
    }
    expect(first.health.isReady).toBe(false);
    await link.mend();
    await until('the first is well again', () => first.health.isReady);
    await running[0]?.stop();
    await link.cut();
  });

  it('is not stopped by more bytes than the broker takes at once', async () => {
    const topic = await kafka.topic('relay-large', { settings: { 'max.message.bytes': '1048576' } });
    const reading = await kafka.read(topic);
    const text = 'x'.repeat(60_000);
    for (let n = 0; n < 40; n += 1) await append(topic, 'one partition', `${n} ${text}`);
    start(`large-${randomUUID()}`);
    await until('all forty arrive', () => reading.messages.length === 40);
    expect(textsOf(reading).map((each) => Number.parseInt(each!, 10))).toEqual(Array.from({ length: 40 }, (_, n) => n));
    await isEmpty();
  });

  it('is red while Kafka is away, loses nothing, and goes on by itself', async () => {
    const topic = await kafka.topic('relay-away');
    const reading = await kafka.read(topic);
    const [host = '', port = ''] = kafka.brokers[0]!.split(':');
    const link = await TcpLink.to(host, Number(port));
    const { relay, health } = start(`away-${randomUUID()}`, outside.url, kafkaThrough(link));
    await append(topic, 'a', 'before');
    await arrived(reading, 'before');
    await isEmpty();
    await link.cut();
    await append(topic, 'a', 'while away');
    await until('it says so', () => !health.isReady);
    expect(await outside.count('outbox')).toBe(1);
    await link.mend();
    await arrived(reading, 'while away');
    await isEmpty();
    await until('it is well again', () => health.isReady);
    await relay.stop();
    running.pop();
    await link.cut();
  });
});
