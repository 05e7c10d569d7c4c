import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { BreakDetailView, BreakListView, BreaksView } from '@scantill/contracts';
import type { Tx } from '@scantill/platform';
import { blocksTouched, prepareFor, type Executed, type OutgoingMessage, type Session } from '@scantill/testing';
import { TillDays } from '../src/outbound/till-days.js';
import { FROM, TILL_DAY, Tills, total, UNTIL } from './tills.js';
import { DATE, World, type Sale } from './world.js';

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
  world.platform.clock.set('2026-11-25T04:02:00+08:00');
});

const sale = (number: number, minor: bigint, changes: Partial<Sale> = {}): Sale => ({ number, minor, ...changes });
const paid = (...args: Parameters<typeof sale>) => world.succeeded(sale(...args));
const refunded = (number: number, minor: bigint, changes: { isGiveBack?: boolean } = {}) => world.refunded({ ...sale(number, minor), refund: number, ...changes });
/** 10.00 + 5.00 in two sales, of which 2.00 went back. */
const trade = () => world.receive([paid(1, 1_000n), paid(2, 500n), refunded(1, 200n)]);
const AGREES = total([2, 1_500], [1, 200]);
const told = (query = '') => tills.told(keys.ann, query);
const list = async (query = '') => (await world.ask<BreakListView>('GET', `/v1/breaks?family=till${query}`, keys.ann)).body.breaks;
const detail = async (breakId = '') => (await world.ask<BreakDetailView>('GET', `/v1/breaks/${breakId}`, keys.ann)).body;
const idOf = (message: OutgoingMessage) => message.headers['id'];

describe('the tills of a store that agree', () => {
  it('have no break, and are compared a quarter of an hour after the end of the day', async () => {
    await trade();
    await tills.receive(tills.closed([AGREES]));
    expect(await tills.due()).toEqual([{ key: TILL_DAY, due_at: new Date('2026-11-25T04:15:00+08:00') }]);
    world.platform.clock.set('2026-11-25T04:15:00+08:00');
    expect(await tills.compare()).toEqual([TILL_DAY]);
    expect([await told('&status=all'), await tills.due()]).toEqual([[], []]);
  });

  it('count what was paid from the first moment of the day on and before its end, in their own store', async () => {
    const lastMoment = '2026-11-25T03:59:59.999+08:00';
    await world.receive([paid(1, 100n, { paidAt: FROM }), paid(2, 20n, { paidAt: lastMoment }), paid(3, 3n, { paidAt: UNTIL }), paid(4, 4n, { paidAt: '2026-11-24T03:59:59.999+08:00' })]);
    await tills.receive(tills.closed([total([2, 120])]), tills.closed([], { storeId: 'S002' }));
    await tills.compare();
    expect(await told()).toEqual([]);
  });

  it('count neither late money nor what went back unasked, was given up, or is for a person to look at', async () => {
    await world.receive([paid(1, 1_000n), world.lateSuccess(sale(2, 700n)), refunded(2, 700n, { isGiveBack: true }), world.cancelled(3, true), world.lateSuccess(sale(3, 50n)), world.reported(sale(4, 60n))]);
    await tills.receive(tills.closed([total([1, 1_000])]));
    await tills.compare();
    expect(await told()).toEqual([]);
  });

  it('count a refund that bounced as the refund that it was', async () => {
    await world.receive([paid(1, 1_000n), refunded(1, 200n), world.reversed({ ...sale(1, 200n), refund: 1 })]);
    await tills.receive(tills.closed([total([1, 1_000], [1, 200])]));
    await tills.compare();
    expect(await told()).toEqual([]);
  });
});

describe('the tills of a store that differ', () => {
  it('have a break for each side and currency, at risk of the difference', async () => {
    await trade();
    await world.receive([paid(5, 300n, { currency: 'JPY' })]);
    const closed = tills.closed([total([3, 1_600], [2, 250]), total([1, 7], [0, 0], 'KWD')], { accounts: { USD: 'demo-usd', JPY: 'demo-jpy', KWD: 'demo-kwd' } });
    await tills.receive(closed);
    await tills.compare();
    expect(await told()).toEqual([
      `demo-jpy S001 ${DATE} PAYMENT JPY 300 0 at risk 300`, `demo-kwd S001 ${DATE} PAYMENT KWD 0 7 at risk 7`,
      `demo-usd S001 ${DATE} PAYMENT USD 1500 1600 at risk 100`, `demo-usd S001 ${DATE} REFUND USD 200 250 at risk 50`,
    ]);
    const sales = (await list('&account=demo-usd')).find(({ transactionType }) => transactionType === 'PAYMENT');
    expect(await detail(sales?.breakId)).toMatchObject({
      kind: 'till-differs', severity: 'medium', dueOn: '2026-11-26', orderId: null, refundId: null,
      evidence: { file: null, eventId: idOf(closed), note: '3 sales at the till, 2 here, from 2026-11-23T20:00:00.000Z until 2026-11-24T20:00:00.000Z' },
      history: [{ action: 'opened', details: { ours: { minor: '1500' }, theirs: { minor: '1600' }, note: expect.stringContaining('3 sales at the till') } }],
    });
    expect((await world.ask<BreaksView>('GET', `/v1/days/${DATE}/breaks`, keys.finance)).body.breaks).toHaveLength(4);
    expect((await world.call('GET', '/v1/breaks?family=till&format=csv', keys.ann)).text).toContain(',"3 sales at the till, 2 here, from ');
  });

  it('in a currency in which the store does not sell any more have their break under one of its accounts', async () => {
    await world.receive([paid(1, 300n, { currency: 'JPY' })]);
    await tills.receive(tills.closed([total([2, 500], [0, 0], 'JPY')]));
    await tills.compare();
    expect(await told()).toEqual([`demo-usd S001 ${DATE} PAYMENT JPY 300 500 at risk 200`]);
  });

  it('only in their numbers risk nothing, and say so; other numbers are another question', async () => {
    await trade();
    await tills.receive(tills.closed([total([3, 1_500], [1, 200])]));
    await tills.compare();
    const [found] = await list();
    expect(await told()).toEqual([`demo-usd S001 ${DATE} PAYMENT USD 1500 1500 at risk 0`]);
    expect(found?.evidence.note).toMatch(/^only the number differs: 3 sales at the till, 2 here, /);
    await tills.receive(tills.closed([total([4, 1_500], [1, 200])], { closedAt: 1 }));
    await tills.compare();
    expect(await detail(found?.breakId)).toMatchObject({ status: 'open', evidence: { note: expect.stringMatching(/^only the number differs: 4 sales/) }, history: [{ action: 'opened' }, { action: 'changed' }] });
  });

  it('stay resolved as two persons left them, and open again with other sums', async () => {
    await trade();
    await tills.receive(tills.closed([total([2, 1_400], [1, 200])]));
    await tills.compare();
    const [found] = await list();
    await world.ask('POST', `/v1/breaks/${found?.breakId}/propose-resolution`, keys.ann, { reason: 'The till was restarted' });
    await world.ask('POST', `/v1/breaks/${found?.breakId}/approve`, keys.ben, {});
    await tills.receive(tills.closed([total([2, 1_400], [1, 200])], { closedAt: 1 }));
    await tills.compare();
    expect((await detail(found?.breakId)).status).toBe('resolved');
    await tills.receive(tills.closed([total([2, 1_300], [1, 200])], { closedAt: 2 }));
    await tills.compare();
    expect((await detail(found?.breakId)).status).toBe('reopened');
  });

  it('are looked at again by due work without a change', async () => {
    await trade();
    await tills.receive(tills.closed([total([3, 1_600], [1, 200])]));
    await tills.compare();
    const stand = async () => [await world.database.query('select * from break_history order by break_id, number'), await world.database.count('outbox'), await told('&status=all')];
    const before = await stand();
    await world.more.compareTills.run([TILL_DAY, 'demo:S002:2026-11-24', TILL_DAY]);
    expect(await stand()).toEqual(before);
  });
});

describe('the tills of several stores and days', () => {
  it('are compared together, each with its own', async () => {
    const dayBefore = { date: '2026-11-23', from: '2026-11-23T04:00:00+08:00', until: FROM };
    await world.receive([paid(1, 1_000n), paid(2, 500n, { paidAt: '2026-11-24T03:00:00+08:00' }), refunded(1, 200n)]);
    await tills.receive(tills.closed([total([1, 1_000], [1, 200])]), tills.closed([total([2, 30])], { storeId: 'S002' }), tills.closed([total([1, 400])], dayBefore));
    expect(await tills.compare()).toEqual(['demo:S001:2026-11-23', TILL_DAY, 'demo:S002:2026-11-24']);
    expect(await told()).toEqual([`demo-usd S001 2026-11-23 PAYMENT USD 500 400 at risk 100`, `demo-usd S002 ${DATE} PAYMENT USD 0 30 at risk 30`]);
    await tills.receive(tills.closed([], { storeId: 'S002', closedAt: 1 }));
    expect(await tills.compare()).toEqual(['demo:S002:2026-11-24']);
    expect(await told()).toEqual([`demo-usd S001 2026-11-23 PAYMENT USD 500 400 at risk 100`]);
  });
});

describe('a break of the tills', () => {
  it('closes with a payment that we hear of later, which is named', async () => {
    await world.receive([paid(1, 1_000n), refunded(1, 200n)]);
    await tills.receive(tills.closed([AGREES]));
    await tills.compare();
    const [found] = await list();
    const late = paid(2, 500n);
    await world.receive([late]);
    expect(await tills.compare()).toEqual([TILL_DAY]);
    expect(await told()).toEqual([]);
    expect(await detail(found?.breakId)).toMatchObject({ status: 'resolved', resolution: { by: 'evidence', file: null, eventId: idOf(late) }, history: [{ action: 'opened' }, { action: 'closed-by-evidence', details: { eventId: idOf(late) } }] });
  });

  it('closes with a corrected edition, which is named, and opens with the next; an older one that comes late changes nothing', async () => {
    await trade();
    await tills.receive(tills.closed([total([3, 1_600], [1, 200])]));
    await tills.compare();
    const [found] = await list();
    const corrected = tills.closed([AGREES], { closedAt: 2 });
    await tills.receive(corrected);
    await tills.compare();
    expect(await detail(found?.breakId)).toMatchObject({ status: 'resolved', resolution: { by: 'evidence', eventId: idOf(corrected) } });
    await tills.receive(tills.closed([total([9, 9_999])], { closedAt: 1 }));
    expect(await tills.compare()).toEqual([TILL_DAY]);
    expect(await told()).toEqual([]);
    await tills.receive(tills.closed([total([1, 1_000], [1, 200])], { closedAt: 3 }));
    await tills.compare();
    expect(await told()).toEqual([`demo-usd S001 ${DATE} PAYMENT USD 1500 1000 at risk 500`]);
    expect((await detail(found?.breakId)).history.map(({ action }) => action)).toEqual(['opened', 'closed-by-evidence', 'found-again']);
  });

  it('moves with the account under which the store says that it sells', async () => {
    await trade();
    await tills.receive(tills.closed([total([1, 1_500], [1, 200])]));
    await tills.compare();
    await tills.receive(tills.closed([total([1, 1_500], [1, 200])], { closedAt: 1, accounts: { USD: 'demo-new' } }));
    await tills.compare();
    expect(await told()).toEqual([`demo-new S001 ${DATE} PAYMENT USD 1500 1500 at risk 0`]);
  });

  it('is the same in whatever order everything comes, with comparisons between or only at the end', async () => {
    const ends = new Set<string>();
    for (const order of [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [1, 3, 0, 2]]) {
      for (const isBetween of [false, true]) ends.add(await endOf(order, isBetween));
    }
    expect(ends.size).toBe(1);
    expect(await told()).toEqual([`demo-usd S001 ${DATE} PAYMENT USD 1500 1550 at risk 50`, `demo-usd S001 ${DATE} REFUND USD 200 250 at risk 50`]);
  });
});

/** What is open after everything came, in this order. */
async function endOf(order: readonly number[], isComparedBetween: boolean): Promise<string> {
  keys = await world.reset();
  world.platform.clock.set('2026-11-25T05:00:00+08:00');
  const steps: readonly (() => Promise<unknown>)[] = [
    () => world.receive([paid(1, 1_000n)]),
    () => world.receive([paid(2, 500n), refunded(1, 200n)]),
    () => tills.receive(tills.closed([AGREES], { id: 'first' })),
    () => tills.receive(tills.closed([total([2, 1_550], [2, 250])], { id: 'second', closedAt: 1 })),
  ];
  for (const step of order) {
    await steps[step]?.();
    if (isComparedBetween) await tills.compare();
  }
  await tills.compare();
  return JSON.stringify((await list()).map(({ breakId, ours, theirs, amountAtRisk, evidence: { note, eventId } }) => [breakId, ours, theirs, amountAtRisk, note, eventId]).sort());
}

describe('what tills came to', () => {
  it('is kept edition by edition, once each, and nobody can change it', async () => {
    const closed = tills.closed([AGREES]);
    await tills.receive(closed, tills.closed([], { closedAt: 1 }));
    await tills.receive(closed);
    expect(await world.database.query('select event_id, signed_by, sent_by from till_closings where event_id = $1', [idOf(closed)])).toEqual([{ event_id: idOf(closed), signed_by: 'demo-orders-1', sent_by: 'pos' }]);
    expect(await world.database.count('till_closings')).toBe(2);
    await expect(world.database.query('update till_closings set totals = $1', ['[]'])).rejects.toThrow('added and never changed');
    await expect(world.database.query('delete from till_closings')).rejects.toThrow('added and never changed');
  });

  it('is not compared before its day is over, also when a payment of it is heard of late', async () => {
    world.platform.clock.set('2026-11-25T03:55:00+08:00');
    await tills.receive(tills.closed([AGREES]));
    await world.receive([paid(1, 1_000n)]);
    expect((await tills.due()).map(({ due_at }) => due_at.toISOString())).toEqual(['2026-11-24T20:15:00.000Z']);
  });

  it('is not looked at again for a payment of another store or time', async () => {
    await tills.receive(tills.closed([AGREES], { storeId: 'S002' }), tills.closed([], { date: '2026-11-23', from: '2026-11-23T04:00:00+08:00', until: FROM }));
    await tills.compare();
    await world.receive([paid(1, 1_000n), refunded(1, 200n)]);
    expect(await tills.due()).toEqual([]);
  });

  it('costs a late payment a few blocks, however many days there are', async () => {
    const session = (await world.platform.database.pool.connect()) as unknown as Session & { release(): void };
    try {
      const asked: Executed[] = [];
      const tx: Tx = { query: async (statement, values) => { asked.push({ ...statement, values }); return []; }, afterCommit: () => undefined };
      await new TillDays(world.platform.database).changed(tx, [{ chainId: 'demo', storeId: 'S7', paidAt: new Date('2026-06-01T12:00:00Z') }], world.platform.clock.now());
      expect(asked).toHaveLength(1);
      await prepareFor(session, asked[0]!);
      await world.database.query(`insert into till_closings (chain_id, store_id, trading_date, event_id, from_at, until_at, totals, accounts, closed_at, signed_by, sent_by, recorded_at)
        select 'demo', 'S' || s, date '2026-01-01' + d, 'e', timestamptz '2026-01-01' + d * interval '1 day', timestamptz '2026-01-02' + d * interval '1 day', '[]', '{}', now(), 'k', 'pos', now()
        from generate_series(1, 200) s, generate_series(0, 364) d`);
      expect(await blocksTouched(session, asked[0]!)).toBeLessThan(20);
    } finally {
      session.release();
    }
  });
});
