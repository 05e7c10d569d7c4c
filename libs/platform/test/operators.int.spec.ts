import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventMessage, TestDatabase, TestKafka, until } from '@scantill/testing';
import { Effects, SERVICE, TestService } from './test-service.js';

interface Letter { readonly id: string; readonly problem: string; readonly status: string; readonly note: string | null }

describe('an aggregate that is parked behind a dead letter', () => {
  const kafka = new TestKafka();
  let outside: TestDatabase;
  let effects: Effects;
  let service: TestService;
  let topic: string;
  let isConcerned = true;

  beforeAll(async () => {
    await kafka.open();
    outside = await TestDatabase.open(SERVICE);
    effects = new Effects(outside);
    await effects.prepare();
    topic = await kafka.topic('operators');
    service = await new TestService({ topic, effects, brokers: kafka.brokers, concerns: () => isConcerned }).start();
    await until('the consumer has joined', () => service.isReady());
  });

  afterAll(async () => {
    await service.stop();
    await outside.close();
    await kafka.close();
  });

  const letters = (key: string) => outside.query<Letter>('select id::text, problem, status, note from dead_letters where topic = $1 and key = $2 order by id', [topic, key]);
  const happened = (key: string, text: string) => eventMessage(service.definition, key, { text });

  /** A message that our flow cannot handle yet, sent twice over, and two that come after it. */
  async function park(key: string): Promise<Letter[]> {
    service.flow.isHealed = false;
    const first = happened(key, `type error of ${key}`);
    await kafka.send(topic, [first]);
    await until('it is given up', async () => (await letters(key)).length === 1);
    await kafka.send(topic, [first, happened(key, `second of ${key}`), happened(key, `third of ${key}`)]);
    await until('the others wait', async () => (await letters(key)).length === 3);
    return letters(key);
  }

  it('is replayed in order, each message once, after five tries in ten seconds had not helped', async () => {
    const before = Date.now();
    const parked = await park('demo:replay');
    expect(Date.now() - before).toBeGreaterThan(9_000);
    expect(effects.tries.get('type error of demo:replay')).toBe(5);
    expect(parked.map(({ problem }) => problem)).toEqual(['message.defect', 'message.parked-behind', 'message.parked-behind']);
    service.flow.isHealed = true;

    // Handing in any letter of the aggregate hands in the whole queue, from its beginning; two operators at once do it once.
    const last = parked[2]!.id;
    const [one, other] = await Promise.all([1, 2].map(() => service.ask('POST', `/v1/dead-letters/${last}/replay`, { reason: 'the defect is mended' })));
    expect([one?.status, other?.status]).toEqual([200, 200]);
    await until('all are replayed', async () => (await letters('demo:replay')).every(({ status }) => status === 'replayed'));
    expect((await effects.texts(topic)).filter((text) => text.endsWith('demo:replay'))).toEqual(['type error of demo:replay', 'second of demo:replay', 'third of demo:replay']);
    expect(service.logged).toContainEqual(expect.objectContaining({ msg: 'dead letters replayed', operator: 'Tess Ting', reason: 'the defect is mended', key: 'demo:replay', topic }));

    await kafka.send(topic, [happened('demo:replay', 'later of demo:replay')]);
    await until('later ones go on', async () => (await effects.texts(topic)).includes('later of demo:replay'));
    await service.ask('POST', `/v1/dead-letters/${last}/replay`, { reason: 'by mistake, once more' });
    expect((await effects.texts(topic)).filter((text) => text === 'third of demo:replay')).toHaveLength(1);
  });

  it('stays parked when the replay fails again, and goes on once its head is discarded', async () => {
    const key = 'demo:discard';
    await kafka.send(topic, [{ key, value: 'broken', headers: { type: 'test.happened', version: '1' } }]);
    await until('it is set aside', async () => (await letters(key)).length === 1);
    await kafka.send(topic, [happened(key, 'behind the broken one')]);
    await until('the other waits', async () => (await letters(key)).length === 2);
    const [head] = await letters(key);
    const inVain = await service.ask('POST', `/v1/dead-letters/${head!.id}/replay`, { reason: 'let us see' });
    expect(inVain.body).toEqual({ replayed: 0, status: 'parked' });

    const discarded = await service.ask('POST', `/v1/dead-letters/${head!.id}/discard`, { reason: 'the sender sent it again' });
    expect(discarded.body).toEqual({ discarded: true, status: 'discarded' });
    expect(service.logged).toContainEqual(expect.objectContaining({ msg: 'a dead letter was discarded', operator: 'Tess Ting', reason: 'the sender sent it again', key }));
    expect((await letters(key))[0]?.note).toBe('Tess Ting: the sender sent it again');
    const [, next] = await letters(key);
    await service.ask('POST', `/v1/dead-letters/${next!.id}/replay`, { reason: 'its turn' });
    expect(await effects.texts(topic)).toContain('behind the broken one');
  });

  it('is replayed to its end also when it does not concern us any more, and does nothing', async () => {
    const key = 'demo:unconcerned';
    const [head] = await park(key);
    service.flow.isHealed = true;
    isConcerned = false;
    const { body } = await service.ask('POST', `/v1/dead-letters/${head!.id}/replay`, { reason: 'the chain asks for it no more' });
    isConcerned = true;
    expect(body).toEqual({ replayed: 3, status: 'replayed' });
    expect((await letters(key)).map(({ status }) => status)).toEqual(['replayed', 'replayed', 'replayed']);
    expect((await effects.texts(topic)).filter((text) => text.endsWith(key))).toEqual([]);
    await kafka.send(topic, [happened(key, `later of ${key}`)]);
    await until('later ones go on', async () => (await effects.texts(topic)).includes(`later of ${key}`));
  });

  it('is shown to operators page by page', async () => {
    const page = await service.ask('GET', '/v1/dead-letters?limit=1&status=discarded');
    expect(page.body).toMatchObject({ service: SERVICE, deadLetters: [{ key: 'demo:discard', status: 'discarded', valueBase64: Buffer.from('broken').toString('base64') }] });
  });

  it.each([
    ['nobody', null, 401, 'auth.missing'],
    ['a stranger', 'sk_test_unknown', 401, 'auth.unknown-key'],
  ])('is closed to %s', async (_who, key, status, code) => {
    for (const url of ['/v1/dead-letters/1/replay', '/v1/dead-letters/1/discard']) {
      expect(await service.ask('POST', url, { reason: 'no right to' }, key)).toMatchObject({ status, body: { code } });
    }
    expect(await service.ask('GET', '/v1/dead-letters', undefined, key)).toMatchObject({ status, body: { code } });
  });

  it('is not touched without a reason, or by an unknown id', async () => {
    expect(await service.ask('POST', '/v1/dead-letters/1/replay', {})).toMatchObject({ status: 400, body: { code: 'request.malformed', errors: [{ path: 'reason' }] } });
    expect(await service.ask('POST', '/v1/dead-letters/999999/discard', { reason: 'not there' })).toMatchObject({ status: 404, body: { code: 'dead-letter.not-found' } });
    expect(await service.ask('POST', '/v1/dead-letters/one/discard', { reason: 'not a number' })).toMatchObject({ status: 400 });
  });
});
