import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '@scantill/testing';
import { dropMonths, makeMonths } from './portions.js';
import { alipayId, DATE, file, row, sales, World, type Sale } from './world.js';

const NEXT_MONTH = '2026-12-01';
const NOW = '2026-12-03T12:00:00+08:00';
const OTHERS = '1022188000000000002';
const nameOf = (date: string, sequence = 0) => `transactionItems_${date.replaceAll('-', '')}_00${sequence}.csv`;
const [one, two, three] = sales(3) as [Sale, Sale, Sale];
const ofOthers = () => world.send(keys.stranger, file([row(one, { customerId: OTHERS })]));

let world: World;
let keys: Awaited<ReturnType<World['reset']>>;
beforeAll(async () => {
  world = await World.open({ ownPortionBytes: 0 });
  world.platform.clock.set(`${DATE}T12:00:00+08:00`);
  await makeMonths(world);
});
afterAll(async () => {
  await dropMonths(world.database);
  await world.close();
});
beforeEach(async () => {
  keys = await world.reset();
  world.platform.clock.set(NOW);
});

/** While nobody else may even open the tables that large files of a day have for themselves. */
async function withoutTablesOf(date: string, work: () => Promise<void>): Promise<void> {
  const tables = await world.database.query<{ name: string }>('select distinct tableoid::regclass::text as name from lines where business_date = $1::date', [date]);
  expect(tables.map(({ name }) => name)).toEqual([expect.stringMatching(/^lines_portion_\d+$/)]);
  await world.database.query('begin');
  try {
    for (const { name } of tables) await world.database.query(`lock table ${name} in access exclusive mode`);
    await work();
  } finally {
    await world.database.query('rollback');
  }
}

describe('the table that a large file has for itself', () => {
  it('has the ranges of its month, and no other index', async () => {
    expect((await world.send(keys.finance, file([row(one)]))).status).toBe(201);
    const indexes = await world.database.query<{ definition: string; parts: number }>(`select pg_get_indexdef(x.indexrelid) as definition, (select count(*)::int from pg_inherits h where h.inhrelid = x.indexrelid) as parts
      from pg_index x where x.indrelid = (select tableoid from lines)`);
    expect(indexes).toEqual([{ definition: expect.stringMatching(/USING brin \(alipay_id, file_id, line\) WITH \(pages_per_range='?32'?\)$/), parts: 1 }]);
  });

  it('does not join its month before its account is free: files of other accounts go on', async () => {
    await world.database.query('begin');
    await world.database.query(`select pg_advisory_xact_lock(hashtextextended('account demo-usd', 0))`);
    const waiting = world.send(keys.finance, file([row(one)]));
    await until('it comes to its account', async () => (await world.database.waitingFor('advisory')) === 1);
    expect((await ofOthers()).status).toBe(201);
    expect(await world.database.waitingFor('advisory')).toBe(1);
    await world.database.query('rollback');
    expect((await waiting).status).toBe(201);
  });

  it('is not opened for an order of another month', async () => {
    await world.receive([one, { ...two, paidAt: `${NEXT_MONTH}T10:00:00+08:00` }].map((sale) => world.succeeded(sale)));
    for (const [sale, date] of [[one, DATE], [two, NEXT_MONTH]] as const) expect((await world.send(keys.finance, file([row({ ...sale, paidAt: `${date}T10:00:00+08:00` })]), nameOf(date))).status).toBe(201);
    await withoutTablesOf(NEXT_MONTH, async () => {
      expect(await world.expectations(keys.till, one.number)).toMatchObject({ status: 200, body: { expectations: [{ matchedLine: { line: 2 } }] } });
    });
  });

  it('is not opened for what is compared, completed or missing of another month', async () => {
    await world.receive([world.succeeded(one)]);
    expect((await world.send(keys.finance, file([row({ ...two, paidAt: `${NEXT_MONTH}T10:00:00+08:00` })]), nameOf(NEXT_MONTH))).status).toBe(201);
    expect((await world.send(keys.finance, file([row(one)]))).body).toMatchObject({ matched: 1, breaksOpened: 0 });
    await withoutTablesOf(NEXT_MONTH, async () => {
      expect((await world.send(keys.finance, file([row(one, { orderDescription: 'One latte' })]))).body).toMatchObject({ supersedes: expect.any(String), matched: 1 });
      expect((await world.send(keys.finance, file([row(three)]), nameOf(DATE, 1))).body).toMatchObject({ breaksOpened: 1 });
    });
    expect(await world.database.query(`select kind, alipay_id from breaks where status <> 'resolved' and business_date = $1`, [DATE])).toEqual([{ kind: 'missing-with-us', alipay_id: alipayId(three.number) }]);
  });
});

describe('an import that waits in vain for somebody who takes long', () => {
  it('is tried again as often as it takes', async () => {
    await world.database.query(`create function held() returns trigger language plpgsql as $$ begin raise exception 'held' using errcode = '55P03'; end $$`);
    await world.database.query('create trigger held before insert on runs for each row execute function held()');
    try {
      const { status, body: { fileId } } = await world.send(keys.finance, file([row(one)]));
      expect(status).toBe(202);
      for (let attempt = 0; attempt < 6; attempt += 1) await world.takeUp();
      expect(await world.database.query('select attempts, stage from imports where file_id = $1', [fileId])).toEqual([{ attempts: 0, stage: 'waiting' }]);
    } finally {
      await world.database.query('drop function held() cascade');
    }
    await world.takeUp();
    expect(await world.database.query('select status from files')).toEqual([{ status: 'in-force' }]);
  });
});
