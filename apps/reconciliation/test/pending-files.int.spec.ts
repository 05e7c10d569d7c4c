import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { BreakDetailView, BreakListView } from '@scantill/contracts';
import { until } from '@scantill/testing';
import { Hold, stages } from './stages.js';
import { file, row, sales, World } from './world.js';

let world: World;
let keys: Awaited<ReturnType<World['reset']>>;
let inForce: string;

beforeAll(async () => { world = await World.open(); });
afterAll(() => world.close());
beforeEach(async () => {
  keys = await world.reset();
  await world.receive(sales(3).map((sale) => world.succeeded(sale)));
  inForce = (await world.send(keys.finance, edition(3))).body.fileId;
});

/** Of the same part; one with fewer rows says otherwise than the one before it. */
const edition = (rows: number) => file(sales(3).slice(0, rows).map((sale) => row(sale)));
const statusOf = async (fileId: string) => (await world.file(keys.finance, fileId)).body.status;
const reissued = async () => (await world.ask<BreakListView>('GET', '/v1/breaks?status=all&kind=file-reissued', keys.finance)).body.breaks;
const history = async () => (await world.ask<BreakDetailView>('GET', `/v1/breaks/${(await reissued())[0]!.breakId}`, keys.finance)).body.history.map(({ action, by, details }) => [action, by.name, (details as { fileId?: string }).fileId]);

async function pending(rows: number): Promise<string> {
  const { status, body } = await world.send(keys.finance, edition(rows));
  expect([status, (body as unknown as { status?: string }).status]).toEqual([202, 'pending']);
  return body.fileId;
}

describe('an edition that says otherwise than the one in force', () => {
  it('is put away by a person: it is cancelled, the day is as it was, and its break ends with that person', async () => {
    const before = (await world.day(keys.finance)).body.accounts.map(({ lines, matched }) => ({ lines, matched }));
    const fileId = await pending(2);
    expect(await reissued()).toMatchObject([{ status: 'open', evidence: { file: { fileId } } }]);
    expect(await world.cancel(keys.ann, fileId)).toMatchObject({ status: 202, body: { status: 'cancelled' } });
    expect(await reissued()).toMatchObject([{ status: 'resolved', resolution: { by: 'evidence', file: { fileId: inForce } } }]);
    expect((await history()).at(-1)).toEqual(['closed-by-evidence', 'Ann Lee', inForce]);
    expect([await statusOf(inForce), (await world.day(keys.finance)).body.accounts.map(({ lines, matched }) => ({ lines, matched }))]).toEqual(['in-force', before]);
    expect(await world.cancel(keys.ann, fileId)).toMatchObject({ status: 409, body: { code: 'file.already-ended' } });
    expect((await world.accept<{ code: string }>(keys.ann, fileId)).body.code).toBe('file.not-pending');
  });

  it('waits again when it is sent again, and so does its break', async () => {
    const fileId = await pending(2);
    await world.cancel(keys.ann, fileId);
    expect(await pending(2)).toBe(fileId);
    expect((await reissued()).map(({ status }) => status)).toEqual(['reopened']);
  });

  it('is not put away by a system, nor by another chain', async () => {
    const fileId = await pending(2);
    expect(await world.cancel(keys.robot, fileId)).toMatchObject({ status: 403, body: { code: 'file.person-needed' } });
    expect(await world.cancel(keys.stranger, fileId)).toMatchObject({ status: 404 });
    expect([await statusOf(fileId), (await reissued()).map(({ status }) => status)]).toEqual(['pending', ['open']]);
  });

  it('may be one of several: the break ends with the last one, whether it is accepted or put away', async () => {
    const [first, second, third] = [await pending(2), await pending(1), await pending(0)];
    await world.cancel(keys.ann, first!);
    expect((await reissued()).map(({ status }) => status)).toEqual(['open']);
    expect((await world.accept(keys.ann, second!)).status).toBe(201);
    expect((await reissued()).map(({ status }) => status)).toEqual(['open']);
    await world.cancel(keys.ben, third!);
    expect((await history()).at(-1)).toEqual(['closed-by-evidence', 'Ben Ong', second]);
    expect([await statusOf(first!), await statusOf(second!), await statusOf(third!)]).toEqual(['cancelled', 'in-force', 'cancelled']);
  });

  it('is put away once, also by two persons at the same time', async () => {
    const both = [await pending(2), await pending(1)];
    const answers = await Promise.all([...both, both[0]!].map((fileId, index) => world.cancel(index === 0 ? keys.ann : keys.ben, fileId)));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 202, 409]);
    expect((await reissued()).map(({ status }) => status)).toEqual(['resolved']);
    expect((await history()).filter(([action]) => action === 'closed-by-evidence')).toHaveLength(1);
  });

  it('whose import is cancelled after it was accepted waits for a person again', async () => {
    const fileId = await pending(2);
    const hold = await Hold.at(world.database.url, stages['transaction-items'].keeping);
    const accepted = world.call('POST', `/v1/files/${fileId}/accept?waitSeconds=0`, keys.ann);
    await hold.isReached();
    expect((await accepted).status).toBe(202);
    expect((await world.cancel(keys.ann, fileId)).status).toBe(202);
    await world.database.query(`update imports set stage = 'waiting'`);
    await until('its next report hears of it', async () => (await world.database.count(`imports where stage = 'keeping' and file_id = $1`, [fileId])) === 1);
    await hold.remove();
    await until('it waits again', async () => (await statusOf(fileId)) === 'pending');
    expect([await statusOf(inForce), (await reissued()).map(({ status }) => status)]).toEqual(['in-force', ['open']]);
    expect(await world.cancel(keys.ann, fileId)).toMatchObject({ status: 202, body: { status: 'cancelled' } });
    expect((await reissued()).map(({ status }) => status)).toEqual(['resolved']);
  });
});
