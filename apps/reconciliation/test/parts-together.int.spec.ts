import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '@scantill/testing';
import { file, row, sales } from './sales.js';
import { Hold, refusing } from './stages.js';
import { DATE, World } from './world.js';

let world: World;
let keys: Awaited<ReturnType<World['reset']>>;
beforeAll(async () => { world = await World.open(); });
afterAll(() => world.close());
beforeEach(async () => { keys = await world.reset(); });

const PARTS = sales(3).map((sale) => file([row(sale)]));
const send = (sequence: number) => world.send(keys.finance, PARTS[sequence]!, `transactionItems_${DATE.replaceAll('-', '')}_00${sequence}.csv`);
const statuses = async () => (await world.database.query<{ text: string }>(`select sequence || ' ' || status as text from files order by sequence`)).map(({ text }) => text);
const open = async () => (await world.database.query<{ kind: string }>(`select kind from breaks where kind like 'file-%' and status <> 'resolved'`)).map(({ kind }) => kind);

async function allIn(): Promise<void> {
  await until('all parts are in force', async () => {
    await world.takeUp();
    return (await statuses()).join() === '0 in-force,1 in-force,2 in-force';
  });
  expect(await open()).toEqual([]);
}

describe('a part that is refused because the one before it is not there yet', () => {
  beforeEach(async () => { expect((await send(0)).status).toBe(201); });

  it('follows when that one comes while its refusal is being written down', async () => {
    const hold = await Hold.at(world.database.url, refusing);
    try {
      const last = send(2);
      await hold.isReached();
      const middle = send(1);
      // Either it waits for the refusal to be known, or it is through.
      await until('the part before it came', async () => (await world.database.waitingFor('advisory')) === 2 || (await statuses()).includes('1 in-force'));
      await hold.release();
      expect([(await last).status, (await middle).status]).toEqual([422, 201]);
    } finally {
      await hold.remove();
    }
    await allIn();
  });

  it('goes on at once when that one came in before the refusal was written down', async () => {
    await world.database.query('begin');
    await world.database.query(`select pg_advisory_xact_lock(hashtextextended('account demo-usd', 0))`);
    const last = send(2);
    await until('it comes to the account', async () => (await world.database.waitingFor('advisory')) === 1);
    const middle = send(1);
    await until('both do', async () => (await world.database.waitingFor('advisory')) === 2);
    await world.database.query('rollback');
    expect([(await last).status, (await middle).status]).toEqual([201, 201]);
    expect(await statuses()).toEqual(['0 in-force', '1 in-force', '2 in-force']);
    expect(await open()).toEqual([]);
  });
});
