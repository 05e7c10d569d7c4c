import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '@scantill/testing';
import { fourFiles, NOW, sold, type FourFile } from './four-files.js';
import { OwnProcess } from './own-process.js';
import { portions } from './portions.js';
import { recordsOf } from './records.js';
import { Hold, joining, stages } from './stages.js';
import { World } from './world.js';

const APPLICATION = 'to be killed';
type Stage = keyof (typeof stages)[FourFile['report']];

let world: World;
/** On the same database, and it runs no imports. */
let idle: World;
let keys: Awaited<ReturnType<World['reset']>>;
/** They take longer to come up than to be killed. */
let spare: OwnProcess[] = [];

beforeAll(async () => {
  world = await World.open();
  spare = [start(), start()];
  idle = await world.another();
  await idle.stopImports();
});
afterAll(async () => {
  for (const process of spare) await process.kill();
  await idle.stop();
  await world.close();
});

function start(): OwnProcess {
  return OwnProcess.start({ databaseUrl: world.database.url, folder: world.folder, clockStart: NOW, application: APPLICATION });
}

/** The one that came up first. */
function takeProcess(): OwnProcess {
  const process = spare.shift() ?? start();
  spare.push(start());
  return process;
}

/** As it is before a file comes: those before it are there, undisturbed. */
async function upTo({ report }: FourFile): Promise<void> {
  keys = await world.reset();
  for (const each of [world, idle]) each.platform.clock.set(NOW);
  await idle.platform.directory.refresh();
  await world.receive(sold.map((sale) => world.succeeded(sale)));
  for (const file of fourFiles.slice(0, fourFiles.findIndex((each) => each.report === report))) await send(file);
}

async function send({ name, content }: FourFile): Promise<void> {
  expect(await world.send(keys.finance, content, name)).toMatchObject({ status: 201 });
}

type Records = Awaited<ReturnType<typeof recordsOf>>;
const known = new Map<string, { readonly before: Records; readonly after: Records }>();

/** What is there before a file and after it, when nothing happens to it. */
async function undisturbed(file: FourFile): Promise<{ readonly before: Records; readonly after: Records }> {
  const before = known.get(file.report);
  if (before !== undefined) return before;
  await upTo(file);
  const without = await recordsOf(world.database);
  await send(file);
  const both = { before: without, after: await recordsOf(world.database) };
  expect(both.after.breaks).not.toEqual(without.breaks);
  known.set(file.report, both);
  return both;
}

async function whileHeld(file: FourFile, stage: Stage, work: (hold: Hold) => Promise<void>): Promise<void> {
  const hold = await Hold.at(world.database.url, stages[file.report][stage]);
  await work(hold).finally(() => hold.remove());
}

const stageOf = async (fileId: string) => (await world.database.query<{ stage: string }>('select stage from imports where file_id = $1', [fileId]))[0]?.stage;
const statusOf = async (fileId: string) => (await world.file(keys.finance, fileId)).body.status;

/** Stages are the same for all reports; what each does in them on its own is interrupted where it does it. */
const interrupted: Readonly<Record<FourFile['report'], readonly Stage[]>> = {
  'transaction-items': ['reading', 'keeping', 'matching', 'announcing'], 'settlement-items': ['reading', 'matching'], 'settlement-summary': ['keeping'], 'bank-statement': ['keeping'],
};

describe.each(fourFiles)('an import of $report', (file) => {
  it('whose process is killed in the middle leaves nothing, and begun again it comes to the same', async () => {
    const { before, after } = await undisturbed(file);
    await upTo(file);
    const { status, body: { fileId } } = await idle.send(keys.finance, file.content, file.name, '&waitSeconds=0');
    expect(status).toBe(202);
    for (const stage of interrupted[file.report]) {
      await whileHeld(file, stage, async (hold) => {
        const process = takeProcess();
        await process.tell({ kind: 'take-up', fileId });
        await hold.isReached();
        await process.kill();
        await hold.releaseDead(APPLICATION);
      });
      expect([stage, await statusOf(fileId), await recordsOf(world.database)]).toEqual([stage, 'received', before]);
    }
    await world.takeUp();
    expect([await statusOf(fileId), await recordsOf(world.database)]).toEqual(['in-force', after]);
    expect(await world.database.count(`due_work where kind = 'import-file'`)).toBe(0);
  });

  it('that is cancelled in the middle leaves nothing either, and sent again it comes to the same', async () => {
    const { before, after } = await undisturbed(file);
    await upTo(file);
    for (const stage of interrupted[file.report].filter((each) => each !== 'announcing')) {
      const fileId = await cancelledIn(stage, file);
      expect([stage, await statusOf(fileId), await recordsOf(world.database)]).toEqual([stage, 'cancelled', before]);
    }
    await send(file);
    expect(await recordsOf(world.database)).toEqual(after);
  });

  it('that has written everything cannot be cancelled any more', async () => {
    const { after } = await undisturbed(file);
    await upTo(file);
    await whileHeld(file, 'announcing', async (hold) => {
      const { body: { fileId } } = await world.send(keys.finance, file.content, file.name, '&waitSeconds=0');
      await hold.isReached();
      const answer = world.cancel(keys.finance, fileId);
      await hold.isReached(2);
      await hold.release();
      expect(await answer).toMatchObject({ status: 409, body: { code: 'file.already-ended' } });
      await until('it is in force', async () => (await statusOf(fileId)) === 'in-force');
    });
    expect(await recordsOf(world.database)).toEqual(after);
  });
});

describe('an import of a large file', () => {
  it.each(Object.entries(joining))('of %s whose process is killed while its rows join the others leaves no table, and begun again it comes to the same', async (report, place) => {
    const file = fourFiles.find((each) => each.report === report)!;
    const { before, after } = await undisturbed(file);
    await upTo(file);
    const { body: { fileId } } = await idle.send(keys.finance, file.content, file.name, '&waitSeconds=0');
    const process = OwnProcess.start({ databaseUrl: world.database.url, folder: world.folder, clockStart: NOW, application: APPLICATION, ownPortionBytes: 0 });
    const hold = await Hold.at(world.database.url, place);
    try {
      await process.tell({ kind: 'take-up', fileId });
      await hold.isReached();
      await process.kill();
      await hold.releaseDead(APPLICATION);
    } finally {
      await hold.remove();
    }
    expect([await portions(world.database), await statusOf(fileId), await recordsOf(world.database)]).toEqual([[], 'received', before]);
    const again = await world.another({ ownPortionBytes: 0, clockStart: NOW });
    await again.takeUp().finally(() => again.stop());
    expect([await portions(world.database), await statusOf(fileId), await recordsOf(world.database)]).toEqual([[expect.any(String)], 'in-force', after]);
  });
});

describe('a file that is still being received when the process is killed', () => {
  it('is as if it had never come, and sent again it is taken in', async () => {
    const [file] = fourFiles;
    const { before, after } = await undisturbed(file);
    await upTo(file);
    const process = takeProcess();
    await process.tell({ kind: 'receive', name: file.name });
    // More than is in memory before any of it is written.
    process.write(file.content.slice(0, file.content.length / 2).padEnd(3 * 1024 ** 2, '\n'));
    const incoming = join(world.filesFolder, 'incoming');
    const sizes = async () => Promise.all((await readdir(incoming)).map(async (name) => (await stat(join(incoming, name))).size));
    await until('some of it is there', async () => (await sizes()).some((size) => size > 0));
    await process.kill();
    expect([await world.database.count('files'), await recordsOf(world.database)]).toEqual([0, before]);
    await send(file);
    expect(await recordsOf(world.database)).toEqual(after);
  });
});

/** @returns the file, once its import has heard of it and ended */
async function cancelledIn(stage: Stage, file: FourFile): Promise<string> {
  const { body: { fileId } } = await idle.send(keys.finance, file.content, file.name, '&waitSeconds=0');
  await whileHeld(file, stage, async (hold) => {
    const end = world.takeUp();
    await hold.isReached();
    expect((await world.cancel(keys.finance, fileId)).status).toBe(202);
    await world.database.query(`update imports set stage = 'waiting' where file_id = $1`, [fileId]);
    await until('its next report hears of it', async () => (await stageOf(fileId)) === stage);
    await hold.release();
    await end;
  });
  return fileId;
}
