import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { FixedClock, TestDatabase, until } from '@scantill/testing';
import { createLog, createMetrics, Database, DueWorker, schedule } from '../src/index.js';
import { SERVICE } from './test-service.js';

const log = createLog(SERVICE, 'silent');
const metrics = createMetrics(SERVICE);

describe('due work', () => {
  const clock = new FixedClock(new Date('2026-11-25T08:00:00Z'));
  const workers: DueWorker[] = [];
  let outside: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    outside = await TestDatabase.open(SERVICE);
    database = new Database({ url: outside.url, maxConnections: 6, applicationName: 'due work' }, log);
  });

  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.stop()));
  });

  afterAll(async () => {
    await database.close();
    await outside.close();
  });

  function work(kind: string, settings: { claimMax?: number; leaseMs?: number }, perform: (keys: readonly string[]) => Promise<void>): DueWorker {
    const worker = new DueWorker({ kind, database, clock, metrics, log, leaseMs: settings.leaseMs ?? 30_000, claimMax: () => settings.claimMax ?? 10, work: perform });
    workers.push(worker);
    worker.start();
    return worker;
  }

  const plan = (kind: string, keys: readonly string[], dueAt: (index: number) => Date) =>
    database.transaction((tx) => schedule(tx, kind, keys.map((key, index) => ({ key, dueAt: dueAt(index) }))));
  const end = (kind: string, keys: readonly string[]) => database.transaction((tx) => schedule(tx, kind, [], keys));

  // First of all, while the table is empty: the plans that are made then are the ones to be afraid of.
  it('is taken up earliest first, no more of it than there is room, and not before its time', async () => {
    const taken: string[][] = [];
    await plan('ordered', ['third', 'first', 'second', 'later'], (index) => new Date(clock.now().getTime() + [-1_000, -3_000, -2_000, 60_000][index]!));
    work('ordered', { claimMax: 1 }, async (keys) => {
      taken.push([...keys]);
      await end('ordered', keys);
    });
    await until('three are done', () => taken.length === 3);
    expect(taken).toEqual([['first'], ['second'], ['third']]);
    clock.forward(60_000);
    await until('the later one is due now', () => taken.length === 4);
  });

  it('is never taken up by two workers at once', async () => {
    const taken: string[] = [];
    await plan('shared', Array.from({ length: 200 }, (_, n) => `key ${n}`), () => clock.now());
    const perform = async (keys: readonly string[]) => {
      taken.push(...keys);
      await end('shared', keys);
    };
    for (let n = 0; n < 3; n += 1) work('shared', { claimMax: 7 }, perform);
    await until('all is done', async () => (await outside.count(`due_work where kind = 'shared'`)) === 0);
    expect(taken).toHaveLength(200);
    expect(new Set(taken).size).toBe(200);
  });

  it('passes to another worker when the lease of the first is over', async () => {
    /** Long beside a commit on a busy disk: the first must not take it twice. */
    const LEASE_MS = 4_000;
    const taken: string[] = [];
    const plannedAt = Date.now();
    await plan('leased', ['left lying'], () => clock.now());
    const first = work('leased', { leaseMs: LEASE_MS }, () => Promise.resolve(void taken.push('first')));
    await until('the first has it', () => taken.length === 1);
    await first.stop();
    work('leased', {}, async (keys) => {
      taken.push('second');
      await end('leased', keys);
    });
    await until('the second has it', () => taken.length === 2);
    expect(taken).toEqual(['first', 'second']);
    expect(Date.now() - plannedAt).toBeGreaterThanOrEqual(LEASE_MS);
  });
});
