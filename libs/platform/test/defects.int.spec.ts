import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventMessage, TestDatabase, TestKafka, until } from '@scantill/testing';
import { Effects, SERVICE, TestService } from './test-service.js';

/** The platform sleeps its pauses in steps of this length. Here a step takes a millisecond, or five tries would take nine seconds. */
const PAUSE_STEP_MS = 100;
const realSetTimeout = globalThis.setTimeout;

describe('a flow that does not get along with some messages', () => {
  const kafka = new TestKafka();
  let outside: TestDatabase;
  let effects: Effects;
  let service: TestService;
  let topic: string;

  beforeAll(async () => {
    globalThis.setTimeout = ((callback: () => void, ms?: number) => realSetTimeout(callback, ms === PAUSE_STEP_MS ? 1 : ms)) as typeof setTimeout;
    await kafka.open();
    outside = await TestDatabase.open(SERVICE);
    effects = new Effects(outside);
    await effects.prepare();
    topic = await kafka.topic('defects', { partitions: 2 });
    service = await new TestService({ topic, effects, brokers: kafka.brokers }).start();
    await until('the consumer has joined', () => service.isReady());
  });

  afterAll(async () => {
    globalThis.setTimeout = realSetTimeout;
    await service.stop();
    await outside.close();
    await kafka.close();
  });

  const happened = (key: string, text: string) => eventMessage(service.definition, key, { text });
  const defects = () => outside.query<{ key: string; detail: string; status: string }>(`select key, detail, status from dead_letters where topic = $1 and problem = 'message.defect' order by id`, [topic]);

  it('handles the others of the batch and sets the one at fault aside', async () => {
    const batch = Array.from({ length: 30 }, (_, n) => happened(`demo:${n}`, n === 17 ? 'type error 17' : `good ${n}`));
    await kafka.send(topic, batch);
    await until('the good ones are handled', async () => (await effects.texts(topic)).length === 29);
    await until('the bad one is set aside', async () => (await defects()).length === 1);
    expect(await defects()).toEqual([{ key: 'demo:17', detail: expect.stringContaining('TypeError: Cannot read'), status: 'parked' }]);
    expect(service.logged).toContainEqual(expect.objectContaining({ msg: 'a message is set aside after five tries', topic }));
  });

  it('goes on after an empty rejection too', async () => {
    await kafka.send(topic, [happened('demo:nothing', 'nothing was thrown'), happened('demo:after', 'after nothing')]);
    await until('the next is handled', async () => (await effects.texts(topic)).includes('after nothing'));
    expect(await service.isReady()).toBe(true);
  });

  it('is stopped after five within a minute: offsets are kept, readiness is red, liveness green', async () => {
    // Two are counted already; the sixth is not set aside any more.
    await kafka.send(topic, [1, 2, 3, 4].map((n) => happened('demo:bad', `type error again ${n}`)).map((message, n) => ({ ...message, key: `demo:bad-${n}` })));
    await until('the consumer has stopped', async () => JSON.stringify((await service.ask('GET', '/health/ready')).body).includes('too many messages failed'));
    expect(await defects()).toHaveLength(5);
    expect((await service.ask('GET', '/health/live')).status).toBe(200);
    await kafka.send(topic, [happened('demo:later', 'later')]);
    await new Promise((resolve) => realSetTimeout(resolve, 1_500));
    expect(await effects.texts(topic)).not.toContain('later');
    expect((await service.ask('GET', '/health/ready')).status).toBe(503);
  });

  it('finds every message again after it was mended and started anew', async () => {
    const next = new TestService({ topic, effects, brokers: kafka.brokers });
    next.flow.isHealed = true;
    await service.stop();
    service = await next.start();
    await until('what was left is handled', async () => {
      const texts = await effects.texts(topic);
      return texts.includes('later') && texts.includes('type error again 4');
    });
  });
});
