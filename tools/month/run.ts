import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { topics, type BreakView, type DayView } from '@scantill/contracts';
import { step } from '../bootstrap/progress.mjs';
import { askPostgres } from '../bench/ask-postgres.ts';
import { Checks } from '../crash/checks.ts';
import { breaksOf } from '../scantill/open-breaks.ts';
import type { Service } from '../scantill/service.ts';
import type { Stack } from '../stack/stack.ts';
import { acknowledgementsOf } from './acknowledgements.ts';
import { Alipay, type WrittenFile } from './alipay.ts';
import { announce, registerChain } from './chains.ts';
import { compareBreaks, defects, type DefectName } from './defects.ts';
import { eventsOf, expectationsIn } from './events.ts';
import { Processes } from './engines.ts';
import { takeIn } from './take-in.ts';
import { closingsOf } from './tills.ts';
import { Trading } from './trading.ts';
import { dateOf, defectWorld, monthWorld, type World } from './worlds.ts';

export interface MonthOptions {
  readonly seed: number;
  /** None: without the month. */
  readonly payments: number;
  readonly defects: readonly DefectName[];
}

/** Alipay's clock is so far ahead that every day is over. */
const ALIPAY_NOW = '2027-01-10T12:00:00+08:00';
/** Files come while nothing of the month is late. */
const FIRST_NOW = '2026-11-01T00:00:00+08:00';
/** Everything that was to be paid out should have been. */
const LAST_NOW = '2026-12-20T12:00:00+08:00';
/** Expectations are recorded in batches; what is due is looked at within seconds. */
const RECORDED_WITHIN_MS = 120_000;
const POLL_MS = 200;
const SETTLED_AFTER_MS = 4_000;
const SHOWN_MAX = 20;
const WORLDS_AT_ONCE = 3;

export async function runMonthTest(stack: Stack, { seed, payments, defects: names }: MonthOptions): Promise<Checks> {
  const checks = new Checks();
  const month = payments === 0 ? [] : [monthWorld(payments)];
  const worlds = [...month, ...names.map((name, index) => defectWorld(name, index + 1))];
  const trading = new Trading();
  worlds.forEach((world, index) => trading.add(world, seed + index));
  const processes = new Processes(stack);
  try {
    const alipay = new Alipay(stack.urls.simulator);
    const records = trading.records();
    await step('Alipay', { done: `remembers ${records.length} records` }, () => processes.startSimulator(worlds.flatMap(({ accounts }) => accounts), records, ALIPAY_NOW));
    const written = await step('days', { doing: 'closing', done: (files) => `closed, ${files.length} files` }, () => alipay.closeDays(worlds, seed));
    await step('reconciliation', { done: 'ready' }, () => processes.startReconciliation(FIRST_NOW));
    const services = await trade(stack, { worlds, alipay, storeOf: trading.storeOf });
    const refused = await importAll(stack, { worlds, written, services });
    await step('later', { done: 'everything is due' }, async () => {
      await processes.startReconciliation(LAST_NOW);
      await wait(SETTLED_AFTER_MS);
      await untilTills(stack.databaseUrls.reconciliation, 0);
    });
    for (const world of worlds) await judge(checks, world, { service: serviceOf(services, world), refused: refused.get(world.chainId) ?? [] });
    checks.none('end', 'both processes ran to it', processes.died);
  } finally {
    await processes.stop();
  }
  return checks;
}

/** The chains are made known, and everything that our gateway would have announced is kept as an expectation. */
async function trade(stack: Stack, { worlds, alipay, storeOf }: { worlds: readonly World[]; alipay: Alipay; storeOf: ReadonlyMap<string, string> }): Promise<Map<string, Service>> {
  const services = new Map<string, Service>();
  await step('chains', { done: `${worlds.length} known, with their contracts` }, async () => {
    for (const world of worlds) services.set(world.chainId, await registerChain(stack.brokers, stack.urls.reconciliation, world));
  });
  const ledger = await alipay.ledger();
  const events = worlds.flatMap((world) => eventsOf(world, ledger, storeOf));
  const heard = worlds.map((world) => acknowledgementsOf(world, ledger, storeOf));
  await step('events', { doing: 'announcing', done: `${events.length} announced` }, async () => {
    await announce(stack.brokers, topics.payment, events);
    for (const { order, notification } of heard) {
      await announce(stack.brokers, topics.order, order);
      await announce(stack.brokers, topics.notification, notification);
    }
    await untilRecorded(stack.databaseUrls.reconciliation, 'expectations', expectationsIn(events));
    await untilRecorded(stack.databaseUrls.reconciliation, 'acknowledgements', heard.flatMap(({ order, notification }) => [...order, ...notification]).length);
  });
  // Their days are over only later, by the clock that is set then.
  const closings = worlds.flatMap((world) => closingsOf(world, events.filter(({ key }) => key.startsWith(`${world.chainId}:`))));
  await step('tills', { doing: 'closing', done: `${closings.length} days closed` }, async () => {
    await announce(stack.brokers, topics.order, closings);
    await untilTills(stack.databaseUrls.reconciliation, closings.length);
  });
  return services;
}

async function untilRecorded(databaseUrl: string, table: 'expectations' | 'acknowledgements', expected: number): Promise<void> {
  for (const deadline = Date.now() + RECORDED_WITHIN_MS; ; await wait(POLL_MS)) {
    const [row] = await askPostgres<{ count: number }>(databaseUrl, `select count(*)::int as count from ${table}`);
    if (row?.count === expected) return;
    if (Date.now() > deadline) throw new Error(`${row?.count} ${table} were recorded of ${expected}`);
  }
}

/** Until so many trading days wait to be compared. */
async function untilTills(databaseUrl: string, expected: number): Promise<void> {
  for (const deadline = Date.now() + RECORDED_WITHIN_MS; ; await wait(POLL_MS)) {
    const [row] = await askPostgres<{ count: number }>(databaseUrl, `select count(*)::int as count from due_work where kind = 'compare-tills'`);
    if (row?.count === expected) return;
    if (Date.now() > deadline) throw new Error(`${row?.count} trading days wait to be compared, and not ${expected}`);
  }
}

/** @returns what was not taken in, by chain */
async function importAll({ folder }: Stack, { worlds, written, services }: { worlds: readonly World[]; written: readonly WrittenFile[]; services: ReadonlyMap<string, Service> }): Promise<Map<string, string[]>> {
  const refused = new Map<string, string[]>();
  const takeInWorld = async (world: World): Promise<void> => void refused.set(world.chainId, await takeIn(serviceOf(services, world), world, written, join(folder.files, 'bank')));
  for (let from = 0; from < worlds.length; ) {
    // The month fills the machine alone.
    const some = worlds.slice(from, worlds[from]?.defect === undefined ? from + 1 : from + WORLDS_AT_ONCE);
    await step(some.map(({ name }) => name).join(', '), { doing: 'importing', done: 'imported' }, () => Promise.all(some.map(takeInWorld)));
    from += some.length;
  }
  return refused;
}

async function judge(checks: Checks, world: World, { service, refused }: { service: Service; refused: readonly string[] }): Promise<void> {
  const open: BreakView[] = [];
  for await (const each of breaksOf(service, {})) open.push(each);
  if (world.defect !== undefined) {
    const differs = compareBreaks(defects[world.defect.name].expected, open);
    return checks.none(world.name, 'exactly its breaks are open', differs.length === 0 ? [] : [...differs, ...refused, ...open.slice(0, SHOWN_MAX).map(breakText)]);
  }
  checks.none(world.name, 'every file is taken in', refused);
  checks.none(world.name, 'nothing is open', open.slice(0, SHOWN_MAX).map(breakText));
  const days = await Promise.all(world.days.map((day) => service.get<DayView>(`/v1/days/${dateOf(day)}`)));
  const all = days.flatMap(({ date, accounts }) => accounts.map((account) => ({ date, ...account })));
  checks.equal(world.name, 'every day of every account is complete', { expected: world.days.length * world.accounts.length, found: all.filter(({ complete }) => complete).length });
  checks.none(world.name, 'what is expected is listed alike', all.filter(({ expected, matched }) => expected.count !== matched.count).map(({ date, accountId, expected, matched }) => `${accountId} ${date}: ${matched.count} of ${expected.count}`));
}

function breakText({ kind, accountId, businessDate, transactionType, orderId, amountAtRisk, causedBy }: BreakView): string {
  return `${kind} ${accountId} ${businessDate} ${transactionType} ${orderId ?? ''} ${amountAtRisk.minor} ${amountAtRisk.currency}${causedBy === null ? '' : ' (consequence)'}`;
}

function serviceOf(services: ReadonlyMap<string, Service>, { chainId }: World): Service {
  const service = services.get(chainId);
  if (service === undefined) throw new Error(`the chain ${chainId} is not registered`);
  return service;
}
