import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { SftpSource, Source } from '../src/outbound/sources.js';
import { fourFiles, SETTLED_ON } from './four-files.js';
import { OpenSsh } from './open-ssh.js';
import { DATE, file, NAME, row, sales, World } from './world.js';

const CUSTOMER_ID = '1022188000000000001';
const home = mkdtempSync(join(tmpdir(), 'scantill-sources-'));
const inbox = join(home, 'inbox');
const remote = join(home, 'v1/settlements', CUSTOMER_ID);
const remoteDay = join(remote, DATE.replaceAll('-', ''));
const settledDay = join(remote, SETTLED_ON.replaceAll('-', ''));
const usual = () => file(sales(3).map((sale) => row(sale)));
let server: OpenSsh;
let world: World;
let keys: Awaited<ReturnType<World['reset']>>;

beforeAll(async () => {
  server = new OpenSsh(home, await freePort());
  await server.start();
  const folder: Source = { kind: 'folder', id: 'inbox', accountId: 'demo-usd', folder: inbox, everySeconds: 5, quietSeconds: 3_600 };
  world = await World.open({ sources: [alipay(), folder], clockStart: '2026-11-25T10:00:00+08:00' });
});
afterAll(async () => {
  await world?.close();
  await server?.stop();
  rmSync(home, { recursive: true });
});
beforeEach(async () => {
  keys = await world.reset();
  await world.receive(sales(3).map((sale) => world.succeeded(sale)));
  for (const folder of [remote, inbox]) rmSync(folder, { recursive: true, force: true });
  for (const folder of [remoteDay, inbox]) mkdirSync(folder, { recursive: true });
});

function alipay(id = 'alipay'): SftpSource {
  return {
    kind: 'sftp', id, accountId: 'demo-usd', host: '127.0.0.1', port: server.port, user: server.user, password: undefined, privateKey: server.privateKey,
    hostKeys: [server.fingerprint()], folder: join(home, 'v1/settlements'), everySeconds: 900, daysBack: 7, listsEmptyDays: false,
  };
}

async function freePort(): Promise<number> {
  const taken = createServer();
  await new Promise<void>((resolve) => { taken.listen(0, '127.0.0.1', resolve); });
  const { port } = taken.address() as AddressInfo;
  await new Promise((resolve) => { taken.close(resolve); });
  return port;
}

const files = async () => (await world.files(keys.finance)).body.files.map(({ name, status }) => [name, status]);
/** Seconds until the source is asked again, as near as the clock allows. */
const nextIn = async (source: string) => {
  const [due] = await world.database.query<{ dueAt: Date }>('select due_at as "dueAt" from due_work where kind = $1 and key = $2', ['poll-source', source]);
  return Math.round((due!.dueAt.getTime() - world.platform.clock.now().getTime()) / 10_000) * 10;
};
const outcomes = async () => {
  const metric = await world.platform.metrics.registry.getSingleMetric('scantill_source_polls_total')!.get();
  return Object.fromEntries(metric.values.filter(({ labels }) => labels['source'] === 'alipay').map(({ labels, value }) => [labels['outcome'], value]));
};

describe("Alipay's folders on a server of OpenSSH's", () => {
  it('are looked into, and what is new is fetched and taken in, once', async () => {
    writeFileSync(join(remoteDay, NAME), usual());
    writeFileSync(join(remoteDay, 'notes.txt'), 'not for us');
    await world.poll('alipay');
    const [fetched] = (await world.files(keys.finance)).body.files;
    expect(fetched).toMatchObject({ name: NAME, status: 'in-force', source: 'sftp', sourcePath: join(remoteDay, NAME), receivedBy: 'alipay', accountId: 'demo-usd', lines: 3 });
    expect((await world.day(keys.finance)).body.accounts).toMatchObject([{ matched: { count: 3 }, breaks: [] }]);
    await world.poll('alipay');
    expect([await files(), await world.database.count('source_files'), await nextIn('alipay')]).toEqual([[[NAME, 'in-force']], 1, 900]);
    expect(await world.upload(keys.finance, usual())).toMatchObject({ status: 200, body: { fileId: fetched?.fileId, alreadyImported: true } });
  });

  it('hold what was settled beside what was sold: each report goes where it belongs, and they are compared', async () => {
    await world.receive(sales(2, 4).map((sale) => world.succeeded(sale)));
    const [transactions, items, summary] = fourFiles;
    mkdirSync(settledDay);
    const written = [{ ...items, folder: settledDay, lines: 5 }, { ...summary, folder: settledDay, lines: 2 }, { ...transactions, folder: remoteDay, lines: 4 }];
    for (const { folder, name, content } of written) writeFileSync(join(folder, name), content);
    await world.poll('alipay');
    const found = (await world.files(keys.finance, '?source=sftp')).body.files.map(({ name, status, sourcePath, accountId, date, lines }) => ({ name, status, sourcePath, accountId, date, lines }));
    expect(found.toSorted((one, other) => (one.name < other.name ? -1 : 1))).toEqual(written.map(({ folder, name, lines }) => (
      { name, status: 'in-force', sourcePath: join(folder, name), accountId: 'demo-usd', date: folder === settledDay ? SETTLED_ON : DATE, lines }
    )));
    const counts = { lines: await world.database.count('lines'), settled: await world.database.count('settled_lines'), sums: await world.database.count('summary_rows') };
    expect(counts).toEqual({ lines: 4, settled: 5, sums: 2 });
    const kinds = await Promise.all([DATE, SETTLED_ON].map(async (date) => (await world.breaks(keys.finance, '', date)).body.breaks.map(({ kind }) => kind).sort()));
    expect(kinds).toEqual([['amount-differs', 'missing-at-alipay'], ['items-differ-from-summary', 'net-differs']]);
    await world.poll('alipay');
    expect([(await files()).length, await world.database.count('source_files')]).toEqual([3, 3]);
  });

  it('may hold a file that is not written to its end; it is fetched again when it is', async () => {
    writeFileSync(join(remoteDay, NAME), usual().replace('<END>\n', ''));
    await world.poll('alipay');
    expect(await files()).toEqual([[NAME, 'refused']]);
    writeFileSync(join(remoteDay, NAME), usual());
    await world.poll('alipay');
    expect(await files()).toEqual([[NAME, 'in-force'], [NAME, 'refused']]);
  });

  it('may not be there yet, and those of long ago are left alone', async () => {
    rmSync(remote, { recursive: true });
    await world.poll('alipay');
    const old = join(remote, '20261117');
    mkdirSync(old, { recursive: true });
    writeFileSync(join(old, 'transactionItems_20261117_000.csv'), usual());
    await world.poll('alipay');
    expect([await files(), await nextIn('alipay')]).toEqual([[], 900]);
  });

  it('are not believed when the host key is another one: nothing is fetched, and it is said', async () => {
    writeFileSync(join(remoteDay, NAME), usual());
    await server.stop();
    await server.start('other-host');
    const before = await outcomes();
    await world.poll('alipay');
    await server.stop();
    await server.start();
    expect([await files(), (await outcomes())['host-key-changed']]).toEqual([[], (before['host-key-changed'] ?? 0) + 1]);
    await world.poll('alipay');
    expect(await files()).toEqual([[NAME, 'in-force']]);
  });

  it('are asked again soon when they do not answer, and more rarely each time', async () => {
    await server.stop();
    const waits: number[] = [];
    for (let failure = 0; failure < 6; failure += 1) {
      await world.poll('alipay');
      waits.push(await nextIn('alipay'));
    }
    await server.start();
    expect(waits).toEqual([30, 60, 120, 240, 480, 900]);
    await world.poll('alipay');
    expect(await world.database.query('select failures from sources')).toEqual([{ failures: 0 }]);
  });

  it('lack the file of a day on which something was sold: on the third day that is noticed, once', async () => {
    await world.poll('alipay');
    expect(await world.database.count('missing_days')).toBe(0);
    const later = await world.another({ sources: [alipay('later')], clockStart: '2026-11-27T10:00:00+08:00' });
    for (let time = 0; time < 2; time += 1) await later.poll('later');
    expect(await world.database.query('select account_id, business_date::text as date from missing_days')).toEqual([{ account_id: 'demo-usd', date: DATE }]);
    expect((await later.platform.metrics.registry.getSingleMetric('scantill_files_missing')!.get()).values).toMatchObject([{ value: 1, labels: { account: 'demo-usd' } }]);
    await world.upload(keys.finance, usual());
    await later.poll('later');
    await later.stop();
    expect(await world.database.count('missing_days')).toBe(0);
  });

});

describe('a watched folder', () => {
  it('gives its files away: those that were taken in lie in done, the others in refused, with the reason beside them', async () => {
    writeFileSync(join(inbox, NAME), usual());
    writeFileSync(join(inbox, 'transactionItems_20261123_000.csv'), usual());
    writeFileSync(join(inbox, 'growing.csv'), 'a,b\n');
    await world.poll('inbox');
    expect([readdirSync(inbox).sort(), readdirSync(join(inbox, 'done')), readdirSync(join(inbox, 'refused')).sort()])
      .toEqual([['done', 'growing.csv', 'refused'], [NAME], ['transactionItems_20261123_000.csv', 'transactionItems_20261123_000.csv.reason.json']]);
    const reason = JSON.parse(readFileSync(join(inbox, 'refused', 'transactionItems_20261123_000.csv.reason.json'), 'utf8')) as object;
    expect(reason).toMatchObject({ reason: 'rows-bad', faultCount: 3, faults: expect.arrayContaining([expect.objectContaining({ line: 2, column: 'paymentTime' })]) });
    expect(await world.files(keys.finance, '?source=folder&status=in-force')).toMatchObject({ body: { files: [{ name: NAME, receivedBy: 'inbox' }] } });
  });

  it('whose file was taken in before a crash, but not moved, moves it and changes nothing', async () => {
    writeFileSync(join(inbox, NAME), usual());
    await world.poll('inbox');
    writeFileSync(join(inbox, NAME), readFileSync(join(inbox, 'done', NAME)));
    unlinkSync(join(inbox, 'done', NAME));
    await world.poll('inbox');
    expect([readdirSync(join(inbox, 'done')), await files(), await world.database.count('lines')]).toEqual([[NAME], [[NAME, 'in-force']], 3]);
  });

  it('that is not there is asked again', async () => {
    rmSync(inbox, { recursive: true });
    await world.poll('inbox');
    expect(await nextIn('inbox')).toBe(0);
    expect(await world.database.query(`select failures from sources where id = 'inbox'`)).toEqual([{ failures: 1 }]);
  });
});
