import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventMessage, kafkaThrough, TcpLink, TestDatabase, TestKafka, until } from '@scantill/testing';
import { Effects, SERVICE, TestService } from './test-service.js';

describe('a consumer whose dependency is away', () => {
  const kafka = new TestKafka();
  let outside: TestDatabase;
  let effects: Effects;
  let link: TcpLink;
  let service: TestService;

  beforeAll(async () => {
    await kafka.open();
    outside = await TestDatabase.open(SERVICE);
    effects = new Effects(outside);
    await effects.prepare();
  });

  afterEach(async () => {
    await service.stop();
    await link.cut();
  });

  afterAll(async () => {
    await outside.close();
    await kafka.close();
  });

  const isAlive = async () => (await service.ask('GET', '/health/live')).status === 200;
  const handled = (topic: string, text: string) => until(`"${text}" is handled`, async () => (await effects.texts(topic)).includes(text));

  it('waits for PostgreSQL: nothing is set aside, readiness is red, liveness green, and it goes on by itself', async () => {
    const topic = await kafka.topic('no-database');
    link = await TcpLink.toUrl(outside.url);
    service = await new TestService({ topic, effects, brokers: kafka.brokers, databaseUrl: link.through(outside.url) }).start();
    await until('the consumer has joined', () => service.isReady());
    await kafka.send(topic, [eventMessage(service.definition, 'a', { text: 'before' })]);
    await handled(topic, 'before');

    await link.cut();
    await kafka.send(topic, [eventMessage(service.definition, 'a', { text: 'while away' })]);
    await until('readiness is red', async () => !(await service.isReady()));
    expect(await isAlive()).toBe(true);
    await until('it was tried again', async () => service.logged.filter(({ msg }) => msg === 'a batch waits for a dependency').length >= 3);

    await link.mend();
    await handled(topic, 'while away');
    await until('readiness is green', () => service.isReady());

    // A restart of the server ends every session, also in the middle of a transaction.
    for (let n = 0; n < 10; n += 1) {
      await kafka.send(topic, [eventMessage(service.definition, 'a', { text: `restart ${n}` })]);
      await outside.endSessions(`service ${topic}`);
    }
    await handled(topic, 'restart 9');
    expect(await outside.count('dead_letters where topic = $1', [topic])).toBe(0);
    expect(await effects.texts(topic)).toHaveLength(12);
  });

  it('survives a connection that is lost between two statements of a transaction', async () => {
    const topic = await kafka.topic('lost-in-between');
    link = await TcpLink.toUrl(outside.url);
    service = await new TestService({ topic, effects, brokers: kafka.brokers, databaseUrl: link.through(outside.url) }).start();
    const lost = service.database.transaction(async (tx) => {
      await tx.query({ name: 'one', text: 'select 1' }, []);
      await link.cut();
      await new Promise((resolve) => setTimeout(resolve, 100));
      await tx.query({ name: 'one', text: 'select 1' }, []);
    });
    await expect(lost).rejects.toThrow();
    await link.mend();
    expect(await service.database.query({ name: 'two', text: 'select 2 as two' }, [])).toEqual([{ two: 2 }]);
  });

  it('waits for Kafka: readiness is red, liveness green, and it goes on by itself', async () => {
    const topic = await kafka.topic('no-broker');
    const [host = '', port = ''] = kafka.brokers[0]!.split(':');
    link = await TcpLink.to(host, Number(port));
    service = await new TestService({ topic, effects, brokers: kafka.brokers, kafka: kafkaThrough(link) }).start();
    await until('the consumer has joined', () => service.isReady());
    await kafka.send(topic, [eventMessage(service.definition, 'a', { text: 'before' })]);
    await handled(topic, 'before');
    await link.cut();
    await kafka.send(topic, [eventMessage(service.definition, 'a', { text: 'while away' })]);
    await until('readiness is red', async () => !(await service.isReady()));
    expect(await isAlive()).toBe(true);
    await link.mend();
    await handled(topic, 'while away');
    await until('readiness is green', () => service.isReady());
    expect(await outside.count('dead_letters where topic = $1', [topic])).toBe(0);
  });
});

describe('a consumer that meets a newer version', () => {
  const kafka = new TestKafka();
  let outside: TestDatabase;
  let service: TestService;

  beforeAll(async () => {
    await kafka.open();
    outside = await TestDatabase.open(SERVICE);
  });

  afterAll(async () => {
    await service.stop();
    await outside.close();
    await kafka.close();
  });

  it.each([['in the header', true], ['in the envelope alone', false]])('pauses that partition before it, goes on with the others, and is red: %s', async (_where, hasHeaders) => {
    const effects = new Effects(outside);
    await effects.prepare();
    const topic = await kafka.topic('newer', { partitions: 2 });
    if (service !== undefined) await service.stop();
    service = await new TestService({ topic, effects, brokers: kafka.brokers }).start();
    await until('the consumer has joined', () => service.isReady());
    const happened = (text: string, version = 1) => {
      const message = eventMessage(service.definition, 'a', { text }, { version });
      return hasHeaders || version === 1 ? message : { ...message, headers: {} };
    };
    await kafka.send(topic, [{ ...happened('before'), partition: 0 }, { ...happened('newer', 2), partition: 0 }, { ...happened('behind'), partition: 0 }, { ...happened('elsewhere'), partition: 1 }] as never);
    await until('readiness is red', async () => JSON.stringify((await service.ask('GET', '/health/ready')).body).includes('a newer version of'));
    await until('the others are handled', async () => (await effects.texts(topic)).length === 2);
    await kafka.send(topic, [{ ...happened('elsewhere, later'), partition: 1 }] as never);
    await until('the other partition goes on', async () => (await effects.texts(topic)).includes('elsewhere, later'));
    expect((await effects.texts(topic)).toSorted()).toEqual(['before', 'elsewhere', 'elsewhere, later']);
    expect(await outside.count('dead_letters where topic = $1', [topic])).toBe(0);
    // Offsets stay before it, so that the next version of the service finds it.
    await until('the offset stands at the newer one', async () => (await kafka.committed(`${SERVICE}.${topic}`, topic))[0] === '1');
  });
});
