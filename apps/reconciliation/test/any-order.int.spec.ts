import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { money, toMajorText } from '@scantill/kernel';
import fc from 'fast-check';
import { camt053 } from './batch-files.js';
import { dropMonths, makeMonths, portions } from './portions.js';
import { EVERY_FAULT, eventsOf, filesOf, layout, reportsOf, shuffler, TERMS, trade, type Layout, type Trade } from './trading-days.js';
import { World } from './world.js';

const START = '2026-11-26T12:00:00+08:00';
/** More would mean that days go on to call for each other. */
const ROUNDS_MAX = 10;

let world: World;
/** On the same database; each file of items that it imports is large to it. */
let forLarge: World;
let sent = 0;
const tablesOfLarge = new Set<string>();
let keys: Awaited<ReturnType<World['reset']>>;
let now: number;

beforeAll(async () => {
  world = await World.open();
  forLarge = await world.another({ ownPortionBytes: 0 });
  world.platform.clock.set(START);
  await makeMonths(world);
});
afterAll(async () => {
  await forLarge.stop();
  await dropMonths(world.database);
  await world.close();
});

async function begin(): Promise<void> {
  keys = await world.reset();
  await forLarge.platform.directory.refresh();
  now = Date.parse(START);
  tick();
  await world.ask('PUT', '/v1/contracts/demo-usd/2026-01-01', keys.ann, TERMS);
}

function tick(): void {
  now += 10_000;
  for (const each of [world, forLarge]) each.platform.clock.set(new Date(now).toISOString());
}

async function send({ name, content }: { readonly name: string; readonly content: string }): Promise<void> {
  tick();
  const { status, body } = await ((sent += 1) % 2 === 0 ? world : forLarge).send(keys.finance, content, name);
  // A part that is not the first is refused until those before it are there, and then follows by itself.
  if (status !== 201) expect(body).toMatchObject({ status: 422, detail: expect.stringContaining('is not there yet') });
  for (let round = 0; round < ROUNDS_MAX && (await world.database.count(`due_work where kind = 'import-file'`)) > 0; round += 1) await world.takeUp();
}

/** Compares again what is due, until nothing is. */
async function comeToRest(): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    tick();
    const due = await world.database.query<{ key: string }>(`select key from due_work where kind = 'match-day' order by key`);
    if (due.length === 0) return;
    await world.rematch(due.map(({ key }) => key));
  }
  throw new Error(`days are still due after ${ROUNDS_MAX} rounds`);
}

const breaks = () => world.database.query<{ kind: string }>(`select id, kind, type, business_date::text, order_key, alipay_id, ours_minor, theirs_minor, risk_minor, caused_by from breaks where status <> 'resolved' order by id`);
const hashes = () => world.database.query(`select distinct on (business_date, kind) business_date::text, kind, hash, lines, matched from runs order by business_date, kind, version desc`);

/** What is known in the end, when files come in this way, and what we know of the payments before, between or after them. */
async function outcome(trades: readonly Trade[], how: Layout) {
  await begin();
  const files = filesOf(reportsOf(trades), how).map((each) => () => send(each));
  const events = ([0, 1] as const).map((day) => async () => {
    tick();
    await world.receive(eventsOf(world, trades, day));
  });
  for (const step of shuffler(how.seed + 1)([...files, ...events])) await step();
  expect(await world.database.query(`select name, status, reason from files where status <> 'in-force'`)).toEqual([]);
  await comeToRest();
  for (const name of await portions(world.database)) tablesOfLarge.add(name.replace(/_portion_\d+$/, ''));
  return { runs: await hashes(), breaks: await breaks() };
}

describe('the files of some days', () => {
  it('come to the same, with the same hash of each day, in whatever order and parts they and our payments come', async () => {
    const kinds = new Set<string>();
    await fc.assert(fc.asyncProperty(fc.array(trade, { minLength: 1, maxLength: 8 }), layout, layout, async (trades, one, other) => {
      const first = await outcome(trades, { seed: one.seed, partsMax: 1 });
      expect(await outcome(trades, other)).toEqual(first);
      for (const { kind } of first.breaks) kinds.add(kind);
    }), { numRuns: 3, endOnFailure: true, examples: [[EVERY_FAULT, { seed: 1, partsMax: 1 }, { seed: 7, partsMax: 3 }]] });
    // Or it would show nothing.
    expect([...tablesOfLarge].sort()).toEqual(['lines', 'settled_lines']);
    expect([...kinds]).toEqual(expect.arrayContaining(['amount-differs', 'missing-at-alipay', 'missing-with-us', 'duplicate-line', 'fee-differs', 'unknown-type', 'wrong-store']));
  });

  it('agree from their lines to the batch, its summary and the bank, whatever was sold, and no cent can be another', async () => {
    const right = trade.map((each): Trade => ({ ...each, fault: 'none' }));
    await fc.assert(fc.asyncProperty(fc.array(right, { minLength: 1, maxLength: 6 }), layout, async (trades, how) => {
      const { breaks: found } = await outcome(trades, how);
      expect(found).toEqual([]);
      const sums = await world.database.query<{ batch: string; items: string; sums: string; total: string; paid: string }>(`select batch_id as batch, sum(net_minor)::text as items,
          (select sum(b.net_minor)::text from batch_sums b where b.batch_id = l.batch_id) as sums, (select s.net_minor::text from summary_rows s where s.batch_id = l.batch_id and s.type = 'TOTAL') as total,
          (select k.amount_minor::text from bank_lines k where k.text like '%' || l.batch_id) as paid
        from settled_lines l group by batch_id`);
      expect(sums).toHaveLength(new Set(trades.map(({ day }) => day)).size);
      for (const { items, ...others } of sums) expect(others).toMatchObject({ sums: items, total: items, paid: items });
      const bookings = sums.map(({ batch, paid }, index) => ({ day: '2026-11-30', text: `ALIPAY ${batch}`, amount: toMajorText(money('USD', BigInt(paid) + (index === 0 ? 1n : 0n))) }));
      const { body } = await world.upload(keys.finance, camt053('S-1', '2026-12-08', bookings), 'S-1.xml');
      expect(body.code).toBeUndefined();
      expect(await breaks()).toMatchObject([{ kind: 'summary-differs-from-bank', alipay_id: sums[0]?.batch, risk_minor: 1n, caused_by: null }]);
    }), { numRuns: 2, endOnFailure: true });
  });
});
