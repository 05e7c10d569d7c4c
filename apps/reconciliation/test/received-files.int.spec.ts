import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '@scantill/testing';
import pg from 'pg';
import { DATE, file, NAME, row, sales, World } from './world.js';

let world: World;
let keys: Awaited<ReturnType<World['reset']>>;

beforeAll(async () => { world = await World.open(); });
afterAll(() => world.close());
beforeEach(async () => { keys = await world.reset(); });

const part = (sequence: number) => `transactionItems_20261124_${String(sequence).padStart(3, '0')}.csv`;
const usual = () => sales(3).map((sale) => row(sale));
const cutShort = () => file(usual()).replace('<END>\n', '');
const statuses = async () => (await world.files(keys.finance)).body.files.map(({ name, status }) => [name, status]);

/** Holds what an import needs, so that it waits in the middle of its work. */
async function whileAccountIsLocked<Value>(work: () => Promise<Value>): Promise<Value> {
  const other = new pg.Client({ connectionString: world.database.url });
  await other.connect();
  await other.query(`select pg_advisory_lock(hashtextextended('account demo-usd', 0))`);
  return work().finally(() => other.end());
}

/** An upload that does not wait, once its import is in the middle of its work. */
async function begun(content: string): Promise<string> {
  const { status, body } = await world.upload(keys.finance, content, NAME, '&waitSeconds=0');
  expect(status).toBe(202);
  await until('it reads', async () => (await world.file(keys.finance, body.fileId)).body.progress?.stage === 'keeping');
  return body.fileId;
}

const ended = (fileId: string, status: string) => until(`${fileId} is ${status}`, async () => (await world.file(keys.finance, fileId)).body.status === status);

describe('a file that was refused', () => {
  it('is kept as it came, listed with its faults, and changes nothing of its day', async () => {
    await world.receive(sales(3).map((sale) => world.succeeded(sale)));
    await world.upload(keys.finance, file(usual()));
    const before = (await world.day(keys.finance)).body;
    const content = file(sales(3).map((sale) => row(sale, { transactionAmountValue: '1.5' })));
    const { body: problem } = await world.upload(keys.finance, content);
    expect(problem).toMatchObject({ status: 422, code: 'file.refused' });
    const { files } = (await world.files(keys.finance, '?status=refused')).body;
    expect(files).toMatchObject([{ name: NAME, source: 'upload', receivedBy: 'Tess Ting', bytes: String(content.length), progress: { stage: 'ended' }, refusal: { problem: 'file.refused', reason: 'rows-bad', faultCount: 3 } }]);
    const { fileId } = files[0]!;
    const fault = { column: 'transactionAmountValue', reason: expect.stringContaining('decimal point') };
    expect((await world.file(keys.finance, fileId)).body.refusal?.faults).toEqual([2, 3, 4].map((line) => ({ line, ...fault })));
    expect((await world.call('GET', `/v1/files/${fileId}/content`, keys.finance)).text).toBe(content);
    expect((await world.day(keys.finance)).body).toEqual(before);
  });

  it('is the same one when it comes again', async () => {
    await world.upload(keys.finance, cutShort());
    expect(await world.upload(keys.finance, cutShort())).toMatchObject({ status: 422, body: { detail: expect.stringContaining('<END>') } });
    expect(await statuses()).toEqual([[NAME, 'refused']]);
  });

  it('is taken in when it comes again and what was missing is there', async () => {
    const refused = await world.upload(keys.finance, file([]));
    expect(refused.status).toBe(201);
    await world.database.query(`update directory_entries set data = jsonb_set(data::jsonb, '{customerId}', '"1"')::json where kind = 'account' and id = 'demo-usd'`);
    await world.database.query(`update directory_entries set position = nextval('directory_positions')`);
    await world.platform.directory.refresh();
    expect(await world.upload(keys.finance, file(usual()))).toMatchObject({ status: 422, body: { detail: expect.stringContaining('no such account') } });
    const { fileId } = (await world.files(keys.finance, '?status=refused')).body.files[0]!;
    await world.database.query(`update directory_entries set data = jsonb_set(data::jsonb, '{customerId}', '"1022188000000000001"')::json, position = nextval('directory_positions') where kind = 'account' and id = 'demo-usd'`);
    await world.platform.directory.refresh();
    expect(await world.upload(keys.finance, file(usual()))).toMatchObject({ status: 201, body: { fileId, supersedes: refused.body.fileId } });
    expect((await world.file(keys.finance, fileId)).body).toMatchObject({ status: 'in-force', refusal: null, lines: 3, date: DATE });
  });

  it('follows by itself when the part before it comes', async () => {
    expect((await world.upload(keys.finance, file(usual().slice(2)), part(1))).status).toBe(422);
    await world.upload(keys.finance, file(usual().slice(0, 2)), part(0));
    await world.takeUp();
    expect(await statuses()).toEqual([[part(0), 'in-force'], [part(1), 'in-force']]);
    expect((await world.day(keys.finance)).body.accounts).toMatchObject([{ lines: { count: 3 } }]);
  });

  it.each(['../../etc/passwd', '/etc/cron.d/x', '..\\x.csv', `a/${NAME}`, '.hidden.csv', `${NAME}\u202Egpj`])('for the name %j is kept under no path of its own', async (name) => {
    expect(await world.uploadForm(keys.finance, file(usual()), name)).toMatchObject({ status: 422, body: { detail: expect.stringContaining('is a path and not the name') } });
    expect((await readdir(world.filesFolder)).sort()).toEqual([...new Set(['incoming', ...await kept()])].sort());
    expect((await world.files(keys.finance)).body.files).toMatchObject([{ status: 'refused', refusal: { reason: 'name-unsafe' } }]);
  });

  async function kept(): Promise<string[]> {
    return (await readdir(world.filesFolder)).filter((name) => /^[0-9a-f]{2}$/.test(name));
  }
});

describe('files', () => {
  it('are listed the newest first, by page and by what they are', async () => {
    for (const name of [part(0), part(3), 'nonsense.csv']) await world.upload(keys.finance, file(usual()), name);
    const first = (await world.files(keys.finance, '?limit=2')).body;
    const second = (await world.files(keys.finance, `?limit=2&after=${first.next}`)).body;
    expect([first.files, second.files].map((files) => files.map(({ name }) => name))).toEqual([['nonsense.csv', part(3)], [part(0)]]);
    expect(second.next).toBeNull();
    const names = async (query: string) => (await world.files(keys.finance, query)).body.files.map(({ name }) => name);
    expect([await names('?status=in-force'), await names('?source=sftp'), await names(`?date=${DATE}&account=demo-usd`), await names('?status=refused')])
      .toEqual([[part(0)], [], [part(3), part(0)], ['nonsense.csv', part(3)]]);
  });

  it('are seen neither by another chain nor by the key of a store', async () => {
    const { body: { fileId } } = await world.upload(keys.finance, file(usual()));
    expect((await world.files(keys.stranger)).body.files).toEqual([]);
    for (const path of ['', '/content']) {
      expect(await world.call('GET', `/v1/files/${fileId}${path}`, keys.stranger)).toMatchObject({ status: 404, body: { code: 'file.not-found' } });
      expect(await world.call('GET', `/v1/files/${fileId}${path}`, keys.store)).toMatchObject({ status: 403 });
    }
    expect(await world.cancel(keys.stranger, fileId)).toMatchObject({ status: 404 });
    expect(await world.files(keys.finance, '?limit=201')).toMatchObject({ status: 400 });
  });

  it('leave nothing behind when their upload breaks off', async () => {
    await world.app.listen(0, '127.0.0.1');
    const { port } = world.app.getHttpServer().address() as AddressInfo;
    await new Promise<void>((resolve) => {
      const upload = request({ host: '127.0.0.1', port, path: `/v1/files?name=${NAME}`, method: 'POST', headers: { authorization: `Bearer ${keys.finance}`, 'content-type': 'text/csv', 'content-length': 50_000_000 } });
      upload.on('error', () => resolve());
      upload.write(randomBytes(2_000_000));
      void until('it arrives', async () => (await readdir(join(world.filesFolder, 'incoming'))).length === 1).then(() => upload.destroy());
    });
    await until('nothing is left', async () => (await readdir(join(world.filesFolder, 'incoming'))).length === 0);
    expect(await world.database.count('files')).toBe(0);
  });
});

describe('an import', () => {
  beforeEach(() => world.receive(sales(3).map((sale) => world.succeeded(sale))));

  it('goes on when nobody waits for it, and tells how far it is', async () => {
    const fileId = await whileAccountIsLocked(async () => {
      const id = await begun(file(usual()));
      expect((await world.file(keys.finance, id)).body).toMatchObject({ status: 'received', lines: null, progress: { stage: 'keeping', rows: 3, rowsPerSecond: expect.any(Number) } });
      return id;
    });
    await ended(fileId, 'in-force');
    expect((await world.file(keys.finance, fileId)).body).toMatchObject({ lines: 3, progress: { stage: 'ended', rows: 3 } });
    expect(await world.database.count(`due_work where kind = 'import-file'`)).toBe(0);
  });

  it('that is cancelled leaves nothing but the file, which is tried again when it is sent again', async () => {
    await world.upload(keys.finance, file(usual()));
    const before = (await world.day(keys.finance)).body;
    const changed = file(usual().slice(0, 2));
    const fileId = await whileAccountIsLocked(async () => {
      const id = await begun(changed);
      expect(await world.cancel(keys.finance, id)).toMatchObject({ status: 202, body: { progress: { cancelledBy: 'Tess Ting' } } });
      expect((await world.cancel(keys.finance, id)).status).toBe(202);
      const reportedAt = async () => (await world.file(keys.finance, id)).body.progress?.changedAt;
      const askedAt = await reportedAt();
      await until('its next report hears of it', async () => (await reportedAt()) !== askedAt);
      return id;
    });
    await ended(fileId, 'cancelled');
    expect((await world.day(keys.finance)).body).toEqual(before);
    expect(await world.cancel(keys.finance, fileId)).toMatchObject({ status: 409, body: { code: 'file.already-ended' } });
    expect(await world.upload(keys.finance, changed)).toMatchObject({ status: 201, body: { fileId, lines: 2 } });
  });

  it('that lost its database is rolled back and done later', async () => {
    const fileId = await whileAccountIsLocked(async () => {
      const id = await begun(file(usual()));
      await world.database.endSessions('reconciliation');
      await until('it waits', async () => (await world.database.query<{ stage: string }>('select stage from imports'))[0]?.stage === 'waiting');
      return id;
    });
    expect((await world.file(keys.finance, fileId)).body).toMatchObject({ status: 'received', lines: null });
    await world.takeUp();
    expect((await world.file(keys.finance, fileId)).body).toMatchObject({ status: 'in-force', lines: 3 });
    expect((await world.day(keys.finance)).body.accounts).toMatchObject([{ matched: { count: 3 }, breaks: [] }]);
  });

  it('that never ends is given up after so many times, and tried again when its file is sent again', async () => {
    await world.upload(keys.finance, cutShort());
    const { fileId } = (await world.files(keys.finance)).body.files[0]!;
    await world.database.query(`update files set status = 'received', problem = null, reason = null, detail = null`);
    await world.database.query(`update imports set stage = 'reading', attempts = 5`);
    await world.database.query(`insert into due_work (kind, key, due_at) values ('import-file', $1, now())`, [fileId]);
    await world.takeUp();
    expect((await world.file(keys.finance, fileId)).body).toMatchObject({ status: 'refused', refusal: { problem: 'service.defect', reason: 'never-ended', detail: expect.stringContaining('5 times') } });
    expect(await world.upload(keys.finance, cutShort())).toMatchObject({ status: 422, body: { code: 'file.refused' } });
  });
});

describe('a process that is asked to end', () => {
  it('rolls its imports back, and the next one takes them up at once', async () => {
    const fileId = await whileAccountIsLocked(async () => {
      const id = await begun(file(usual()));
      void world.stopImports();
      return id;
    });
    await until('it is given back', async () => (await world.database.count(`due_work where kind = 'import-file' and leased_until is null`)) === 1);
    expect((await world.file(keys.finance, fileId)).body).toMatchObject({ status: 'received', progress: { stage: 'waiting' } });
    const next = await world.another();
    await next.takeUp();
    expect((await world.file(keys.finance, fileId)).body).toMatchObject({ status: 'in-force', lines: 3 });
    await next.stop();
  });
});
