import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { paymentSucceededV1, type BreakDetailView, type BreakListView, type EventData } from '@scantill/contracts';
import { currencies } from '@scantill/kernel';
import { eventMessage, type OutgoingMessage } from '@scantill/testing';
import { EDITIONS_MAX } from '../src/outbound/till-closing.repository.js';
import { FROM, TILL_DAY, Tills, total, UNTIL } from './tills.js';
import { DATE, World, type Sale } from './world.js';

const NEXT_DAY = { date: '2026-11-25', from: UNTIL, until: '2026-11-26T04:00:00+08:00' };
const LAST_MINUTE = '2026-11-25T03:59:00+08:00';

let world: World;
let tills: Tills;
let keys: Awaited<ReturnType<World['reset']>>;

beforeAll(async () => {
  world = await World.open();
  tills = new Tills(world);
});
afterAll(() => world.close());
beforeEach(async () => {
  keys = await world.reset();
  world.platform.clock.set('2026-11-26T04:02:00+08:00');
});

/** The customer of order A-1 pays. */
function again(sale: Sale): OutgoingMessage {
  const { data } = JSON.parse(world.succeeded(sale).value.toString()) as { data: EventData<typeof paymentSucceededV1> };
  return eventMessage(paymentSucceededV1, 'demo:A-1', { ...data, orderId: 'A-1' });
}

const told = () => tills.told(keys.ann);

describe('an order that was paid twice', () => {
  it('is one sale, as it was told to the till', async () => {
    await world.receive([again({ number: 1, minor: 1_000n }), again({ number: 2, minor: 1_000n }), world.succeeded({ number: 3, minor: 5n })]);
    await tills.receive(tills.closed([total([2, 1_005])]));
    await tills.compare();
    expect(await told()).toEqual([]);
  });

  it('is a sale of the day of its first payment, and of no other', async () => {
    await world.receive([again({ number: 1, minor: 1_000n, paidAt: `${DATE}T23:30:00+08:00` }), again({ number: 2, minor: 1_000n, paidAt: UNTIL })]);
    await tills.receive(tills.closed([total([1, 1_000])]));
    expect(await tills.compare()).toEqual([TILL_DAY]);
    await tills.receive(tills.closed([], NEXT_DAY));
    expect(await tills.compare()).toEqual(['demo:S001:2026-11-25']);
    expect(await told()).toEqual([]);
  });

  it('is no sale any more of the day of its second payment once the first is heard of', async () => {
    await world.receive([again({ number: 2, minor: 1_000n, paidAt: '2026-11-26T03:00:00+08:00' })]);
    await tills.receive(tills.closed([total([1, 1_000])]), tills.closed([], NEXT_DAY));
    await tills.compare();
    expect(await told()).toEqual([`demo-usd S001 ${DATE} PAYMENT USD 0 1000 at risk 1000`, 'demo-usd S001 2026-11-25 PAYMENT USD 1000 0 at risk 1000']);
    await world.receive([again({ number: 1, minor: 1_000n, paidAt: LAST_MINUTE })]);
    expect(await tills.compare()).toEqual([TILL_DAY, 'demo:S001:2026-11-25']);
    expect(await told()).toEqual([]);
  });
});

describe('days that are due together', () => {
  it('do not wait for an import, which holds its account for minutes', async () => {
    await tills.receive(tills.closed([total([1, 5])]));
    await world.platform.database.transaction(async (tx) => {
      await tx.query({ name: 'an-import', text: `select pg_advisory_xact_lock(hashtextextended('account demo-usd', 0))` }, []);
      expect(await tills.compare()).toEqual([TILL_DAY]);
    });
    expect(await told()).toHaveLength(1);
  });

  it('wait for another comparison of their chain, and see what became known meanwhile', async () => {
    await tills.receive(tills.closed([total([1, 1_000])]));
    let comparing: Promise<unknown> | undefined;
    await world.platform.database.transaction(async (tx) => {
      await tx.query({ name: 'another-comparison', text: `select pg_advisory_xact_lock(hashtextextended('tills of demo', 0))` }, []);
      comparing = tills.compare();
      const isWaiting = async () => (await world.database.waitingFor('advisory')) > 0;
      for (let looks = 0; looks < 250 && !(await isWaiting()); looks += 1) await setTimeout(20);
      await world.receive([world.succeeded({ number: 1, minor: 1_000n })]);
    });
    await comparing;
    expect(await told()).toEqual([]);
  });

  it('are compared and ended without those of a chain that cannot be', async () => {
    const impossible = { chainId: 'a', accounts: {} };
    await tills.receive(tills.closed([total([1, 5])], impossible), tills.closed([total([1, 5])]), tills.closed([total([1, 7])], { chainId: 'other', accounts: { USD: 'other-usd' } }));
    await expect(tills.compare()).rejects.toThrow('sells under an account');
    expect(await told()).toHaveLength(1);
    expect((await world.database.query(`select chain_id from breaks order by chain_id`))).toEqual([{ chain_id: 'demo' }, { chain_id: 'other' }]);
    expect((await tills.due()).map(({ key }) => key)).toEqual([`a:S001:${DATE}`]);
  });

  it('end all their breaks at once, however many there are, each with what ended it', async () => {
    const stores = Array.from({ length: 60 }, (_, number) => `T${number}`);
    const twenty = currencies.slice(0, 20).map((currency) => total([1, 5], [1, 2], currency));
    await tills.receive(...stores.map((storeId) => tills.closed(twenty, { storeId })));
    await tills.compare();
    expect(await world.database.query(`select count(*)::int as count from breaks where status = 'open'`)).toEqual([{ count: 60 * 40 }]);
    const corrected = stores.map((storeId) => tills.closed([], { storeId, closedAt: 1 }));
    await tills.receive(...corrected);
    await tills.compare();
    expect(await world.database.query(`select status, count(*)::int as count from breaks group by status`)).toEqual([{ status: 'resolved', count: 60 * 40 }]);
    const named = await world.database.query<{ id: string }>(`select distinct details ->> 'eventId' as id from break_history where action = 'closed-by-evidence'`);
    expect(named.map(({ id }) => id).sort()).toEqual(corrected.map(({ headers }) => headers['id']).sort());
  });

  it('close each side with its own event, where a payment and a refund came late', async () => {
    await tills.receive(tills.closed([total([1, 1_000], [1, 200])]), tills.closed([total([1, 7])], { storeId: 'S002' }));
    await tills.compare();
    const late = [world.succeeded({ number: 1, minor: 1_000n }), world.refunded({ number: 1, minor: 200n, refund: 1 })];
    await world.receive(late);
    await tills.compare();
    const all = (await world.ask<BreakListView>('GET', '/v1/breaks?family=till&status=all', keys.ann)).body.breaks;
    const ends = await Promise.all(all.map(async ({ breakId, transactionType, storeId }) => {
      const { resolution } = (await world.ask<BreakDetailView>('GET', `/v1/breaks/${breakId}`, keys.ann)).body;
      return `${storeId} ${transactionType} ${resolution?.by === 'evidence' ? resolution.eventId : null}`;
    }));
    expect(ends.sort()).toEqual([`S001 PAYMENT ${late[0]?.headers['id']}`, `S001 REFUND ${late[1]?.headers['id']}`, 'S002 PAYMENT null']);
  });
});

describe('editions of a day', () => {
  it('that came at one moment stand in the order in which they came, whatever they are called', async () => {
    await tills.receive(tills.closed([], { id: 'z' }), tills.closed([total([1, 5])], { id: 'm' }), tills.closed([total([1, 6])], { id: 'a' }));
    await tills.compare();
    expect(await told()).toEqual([`demo-usd S001 ${DATE} PAYMENT USD 0 6 at risk 6`]);
  });

  it('are left out, and told of, once there are too many', async () => {
    const warn = jest.spyOn(world.platform.log, 'warn');
    const most = Array.from({ length: EDITIONS_MAX - 1 }, (_, number) => tills.closed([total([1, number])], { id: `edition-${number}` }));
    await tills.receive(...most);
    await tills.receive(...most.slice(0, 5), tills.closed([total([1, 700])], { closedAt: 1 }), tills.closed([total([1, 800])], { closedAt: 2 }), tills.closed([], { date: '2026-11-23', from: '2026-11-23T04:00:00+08:00', until: FROM }));
    await tills.compare();
    expect(await told()).toEqual([`demo-usd S001 ${DATE} PAYMENT USD 0 700 at risk 700`]);
    expect(await world.database.count('till_closings')).toBe(EDITIONS_MAX + 1);
    expect(warn.mock.calls).toEqual([[{ chainId: 'demo', storeId: 'S001', date: DATE }, expect.stringContaining(`more than ${EDITIONS_MAX} times`)]]);
  });
});
