import { Books } from '../../audit/books.ts';
import { judge, type AuditResult } from '../../audit/judge.ts';
import { readBooks, type AuditTarget } from '../../audit/read-books.ts';
import { readAlipayStats } from '../../audit/read-ledger.ts';
import { settle } from '../../audit/settle.ts';
import { report } from '../../bootstrap/progress.mjs';
import { deadLettersOf, describeLetter, statusesOf } from '../../crash/own-orders.ts';
import { Shop } from '../../crash/shop.ts';
import { readDemo } from '../../stack/demo.ts';
import type { Stack } from '../../stack/stack.ts';
import type { BusinessTime } from './business-time.ts';
import { closeDay, waitingForPeople, type ClosedDay } from './close.ts';
import { Customers } from './customers.ts';
import { explainBreaks } from './explain.ts';
import { hashOf, prefixOf, type DayPlan } from './plan.ts';
import { StoreSystem } from './store-system.ts';
import { Tills } from './tills.ts';
import { Weather } from './weather.ts';

/** Closing at Alipay, giving back and notifying again take a few business minutes; a machine that others use as well takes longer. */
const SETTLE_MS = 240_000;

export interface DayResult {
  readonly seed: number;
  readonly planHash: string;
  readonly seconds: number;
  readonly audit: Omit<AuditResult, 'isSettled'>;
  readonly closed: Pick<ClosedDay, 'date' | 'files' | 'lines' | 'planted'>;
  /** How often each kind of break was found, and what it comes from; what comes from nothing is a violation. */
  readonly breaks: Readonly<Record<string, number>>;
  /** Everything that must not be; empty on a good day. */
  readonly violations: readonly string[];
  /** Orders of which the audit found something. */
  readonly astray: readonly string[];
  readonly waitingForPeople: readonly string[];
  readonly answers: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly kills: Readonly<Record<string, number>>;
}

/** Where days are lived. */
export interface Stage {
  readonly stack: Stack;
  readonly time: BusinessTime;
  /** Gives the day up. */
  readonly signal: AbortSignal;
}

/** Lives one planned day on a running stack, lets time run on until nothing is open, closes it, and looks at the books. */
export async function liveDay({ stack, time, signal }: Stage, plan: DayPlan): Promise<DayResult> {
  const startedAtMs = Date.now();
  const demo = readDemo(stack.folder.demoFile);
  const target: AuditTarget = { simulatorUrl: stack.urls.simulator, databaseUrls: stack.databaseUrls, brokers: stack.brokers };
  const prefix = prefixOf(plan.seed);
  const shop = new Shop(demo);
  const storeSystem = new StoreSystem({ demo, shop, time });
  const tills = new Tills({ storeSystem, time, notificationUrl: target.databaseUrls.notification, prefix });
  const customers = new Customers(target.simulatorUrl, time);
  const weather = new Weather(stack, plan, signal);

  await weather.begin();
  customers.arrive(plan.sales);
  tills.open(plan.sales);
  await tills.errands.done();
  await weather.end();
  report(`day ${plan.seed}`, 'all faults are lifted, time runs on', startedAtMs);
  const isSettled = await untilNothingIsOpen(target, [tills, customers]);
  await tills.close();
  await customers.leave();
  await shop.close();

  const closed = await closeDay(demo, plan);
  const own = { target, prefix };
  const books = await ownBooks(target, prefix);
  const audit = await auditOf(target, books);
  const { explained, unexplained } = explainBreaks(closed.breaks, { planted: closed.planted, books, struck: weather.struck });
  const known = await statusesOf(own);
  const violations = [
    ...plan.sales.filter(({ orderId }) => !known.has(orderId)).map(({ orderId, door }) => `lost ${orderId}: taken by ${door}, and order does not know it`),
    ...audit.findings.map(({ orderKey, kind, what }) => `${kind} ${orderKey}: ${what}`),
    ...audit.invariants.filter(({ holds }) => !holds).flatMap(({ name, findings }) => [`does not hold: ${name}`, ...findings.map((what) => `  ${what}`)]),
    ...(isSettled ? [] : [`something was still open after ${SETTLE_MS / 1_000} s`]),
    ...(await deadLettersOf(own)).map(describeLetter),
    ...closed.refused, ...unexplained,
    ...tills.errands.troubles, ...customers.errands.troubles, ...weather.unstarted,
  ];
  return {
    seed: plan.seed, planHash: hashOf(plan), seconds: Math.round((Date.now() - startedAtMs) / 1_000), audit, violations,
    closed: { date: closed.date, files: closed.files, lines: closed.lines, planted: closed.planted },
    breaks: countsOf(closed.breaks.map(({ breakId, kind }) => `${kind} (${explained.get(breakId) ?? 'unexplained'})`)),
    astray: astrayIn(audit),
    waitingForPeople: await waitingForPeople(target, prefix),
    answers: Object.fromEntries([...storeSystem.answers].sort()), faults: Object.fromEntries([...weather.struck].sort()), kills: countsOf(plan.kills.map(({ victim }) => victim)),
  };
}

/** What settles may set people off again: a code that is closed, an order that is paid. */
async function untilNothingIsOpen(target: AuditTarget, people: readonly { readonly errands: Tills['errands'] }[]): Promise<boolean> {
  const deadline = Date.now() + SETTLE_MS;
  const begun = (): number => people.reduce((sum, { errands }) => sum + errands.begun, 0);
  for (;;) {
    const before = begun();
    for (const { errands } of people) await errands.done();
    const isSettled = await settle(target, { withinMs: Math.max(0, deadline - Date.now()), tell: (open) => report('waiting', open) });
    if (!isSettled || begun() === before) return isSettled;
  }
}

/** Of this day's orders alone. */
async function ownBooks(target: AuditTarget, prefix: string): Promise<Books> {
  const own = new Books();
  for (const [key, books] of await readBooks(target)) if (key.includes(`:${prefix}`)) Object.assign(own.of(key), books);
  return own;
}

async function auditOf(target: AuditTarget, own: Books): Promise<Omit<AuditResult, 'isSettled'>> {
  const { now } = await readAlipayStats(target.simulatorUrl);
  return judge(own, { nowMs: Date.parse(now), isSettled: true });
}

/** A finding of an invariant begins with the order's key, where it is of one order. */
function astrayIn({ findings, invariants }: DayResult['audit']): string[] {
  const keys = [...findings.map(({ orderKey }) => orderKey), ...invariants.flatMap((invariant) => invariant.findings.map((what) => what.split(': ')[0] ?? ''))];
  return [...new Set(keys)].filter((key) => key.includes(':')).map((key) => key.replace(/^[^:]*:/, ''));
}

function countsOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
