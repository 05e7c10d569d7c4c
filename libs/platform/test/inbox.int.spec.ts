import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { deadLetterTopic } from '@scantill/contracts';
import { eventMessage, TestDatabase, TestKafka, until, type EventChanges } from '@scantill/testing';
import { Effects, SERVICE, TestService } from './test-service.js';

interface Letter { readonly key: string | null; readonly problem: string; readonly detail: string; readonly status: string; readonly partition: number; readonly offset: bigint; readonly value: Buffer }

describe('messages on an internal topic', () => {
  const kafka = new TestKafka();
  let outside: TestDatabase;
  let effects: Effects;
  let service: TestService;
  let topic: string;

  beforeAll(async () => {
    await kafka.open();
    outside = await TestDatabase.open(SERVICE);
    effects = new Effects(outside);
    await effects.prepare();
    topic = await kafka.topic('inbox', { partitions: 4 });
    service = await new TestService({ topic, effects, brokers: kafka.brokers, concerns: ({ text }) => !text.startsWith('of no concern') }).start();
    await until('the consumer has joined', () => service.isReady());
  });

  afterAll(async () => {
    await service.stop();
    await outside.close();
    await kafka.close();
  });

  const happened = (key: string, text: string, changes?: EventChanges) => eventMessage(service.definition, key, { text }, changes);
  const letters = (key: string) => outside.query<Letter>('select * from dead_letters where topic = $1 and key = $2 order by id', [topic, key]);
  const letterOf = (key: string) => until(`a dead letter of ${key}`, async () => (await letters(key))[0]);
  const handled = (text: string) => until(`"${text}" is handled`, async () => (await effects.texts(topic)).includes(text));

  it('are handled together, over several partitions, in one transaction', async () => {
    const before = await effects.transactions(topic);
    // Every key of its own: they spread over the four partitions.
    await kafka.send(topic, Array.from({ length: 40 }, (_, n) => happened(`together:${n}`, `together ${n}`)));
    await until('all are handled', async () => (await effects.texts(topic)).filter((text) => text.startsWith('together')).length === 40);
    // The partitions arrive in at most a few answers of the broker; forty transactions would mean one for each message.
    expect(await effects.transactions(topic) - before).toBeLessThanOrEqual(4);
  });

  it('are handled once, however often the same one is sent', async () => {
    const message = happened('demo:twice', 'twice');
    await kafka.send(topic, [message, message]);
    await kafka.send(topic, [message, happened('demo:twice', 'after twice')]);
    await handled('after twice');
    expect((await effects.texts(topic)).filter((text) => text === 'twice')).toHaveLength(1);
    expect(await letters('demo:twice')).toEqual([]);
  });

  it('become dead letters when an id comes again with other bytes', async () => {
    const same = { id: 'same-id', time: new Date().toISOString() };
    await kafka.send(topic, [happened('demo:reused', 'first bytes', same)]);
    await handled('first bytes');
    await kafka.send(topic, [happened('demo:reused', 'other bytes', same)]);
    expect(await letterOf('demo:reused')).toMatchObject({ problem: 'message.id-reused', status: 'parked' });
    expect(await effects.texts(topic)).not.toContain('other bytes');
  });

  it('are new when the same id comes at another time', async () => {
    const [one, another] = [2_000, 1_000].map((agoMs) => new Date(Date.now() - agoMs).toISOString()) as [string, string];
    await kafka.send(topic, [happened('demo:times', 'at one time', { id: 'timed', time: one }), happened('demo:times', 'at another time', { id: 'timed', time: another })]);
    await handled('at another time');
    expect(await effects.texts(topic)).toContain('at one time');
  });

  it.each([
    ['not-json', Buffer.from('{"id":'), 'message.malformed', 'not JSON'],
    ['no-envelope', Buffer.from('{"id":"1"}'), 'message.malformed', 'source'],
    ['too-large', Buffer.from(JSON.stringify({ filler: 'x'.repeat(65_536) })), 'message.too-large', '65536'],
  ])('are set aside with reason, bytes and position when they are %s', async (name, value, problem, reason) => {
    await kafka.send(topic, [{ key: `demo:${name}`, value, headers: { type: 'test.happened', version: '1' } }]);
    const letter = await letterOf(`demo:${name}`);
    expect(letter).toMatchObject({ problem, status: 'parked' });
    expect(letter.detail).toContain(reason);
    expect(letter.value.equals(value)).toBe(true);
    const [announced] = await outside.query<{ headers: string; bytes: Buffer }>('select headers, bytes from outbox where topic = $1 and key = $2', [deadLetterTopic(SERVICE), `demo:${name}`]);
    expect(announced?.bytes.equals(value)).toBe(true);
    expect(JSON.parse(announced?.headers ?? '{}')).toMatchObject({
      type: 'test.happened', 'dead-letter-problem': problem, 'dead-letter-topic': topic, 'dead-letter-partition': String(letter.partition), 'dead-letter-offset': String(letter.offset),
    });
  });

  it('are set aside when their data has another form, and when they are older than the inbox remembers', async () => {
    const old = new Date(Date.now() - 46 * 86_400_000).toISOString();
    await kafka.send(topic, [eventMessage(service.definition, 'demo:form', { text: 7 } as never), happened('demo:old', 'old', { time: old })]);
    expect(await letterOf('demo:form')).toMatchObject({ problem: 'message.malformed', detail: expect.stringContaining('text') });
    expect(await letterOf('demo:old')).toMatchObject({ problem: 'message.too-old' });
  });

  it('are set aside even when key, headers or id hold what PostgreSQL cannot keep', async () => {
    await kafka.send(topic, [
      { key: 'demo:nul\0', value: 'not JSON', headers: { type: 'test.happened', version: '1', 'x-\0': 'a\0b' } },
      happened('demo:nul-id', 'nul', { id: 'a\0b' }),
      happened('demo:half', 'half a character', { id: 'a\ud800' }),
    ]);
    expect(await letterOf('demo:nul\ufffd')).toMatchObject({ problem: 'message.malformed' });
    expect(await letterOf('demo:nul-id')).toMatchObject({ problem: 'message.malformed' });
    expect(await letterOf('demo:half')).toMatchObject({ problem: 'message.malformed' });
  });

  it('are skipped and counted when nobody here handles their type, with or without the header', async () => {
    const stranger = { ...service.definition, type: 'test.unheard-of' };
    const bare = eventMessage(stranger, 'demo:skipped', { text: 'skipped' });
    await kafka.send(topic, [eventMessage(stranger, 'demo:skipped', { text: 'skipped' }), { ...bare, headers: {} }, happened('demo:skipped', 'after skipped')]);
    await handled('after skipped');
    expect(await letters('demo:skipped')).toEqual([]);
    expect(await service.metrics.registry.getSingleMetricAsString('scantill_messages_skipped_total')).toContain('type="test.unheard-of"');
  });

  it('are left without a trace when they do not concern us, and counted apart', async () => {
    await kafka.send(topic, [happened('demo:left', 'of no concern', { id: 'left' }), happened('demo:left', 'after what was left')]);
    await handled('after what was left');
    expect([await effects.texts(topic), await letters('demo:left'), await outside.count(`inbox where id = 'left'`)]).toEqual([expect.not.arrayContaining(['of no concern']), [], 0]);
    expect(await service.metrics.registry.getSingleMetricAsString('scantill_messages_unconcerned_total')).toMatch(/type="test.happened".* 1$/m);
    expect(await service.metrics.registry.getSingleMetricAsString('scantill_messages_skipped_total')).not.toContain('type="test.happened"');
  });

  it('park the later ones of their key behind a dead letter, while those of other keys go on', async () => {
    await kafka.send(topic, [{ key: 'demo:parked', value: 'broken', headers: { type: 'test.happened', version: '1' } }]);
    await letterOf('demo:parked');
    await kafka.send(topic, [happened('demo:parked', 'behind 1'), happened('demo:parked', 'behind 2'), happened('demo:free', 'of another key')]);
    await handled('of another key');
    await until('both joined the queue', async () => (await letters('demo:parked')).length === 3);
    expect((await letters('demo:parked')).map(({ problem }) => problem)).toEqual(['message.malformed', 'message.parked-behind', 'message.parked-behind']);
    expect(await effects.texts(topic)).not.toContain('behind 1');
  });
});
