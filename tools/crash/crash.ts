import { services } from '@scantill/contracts';
import { setTimeout as wait } from 'node:timers/promises';
import { report } from '../bootstrap/progress.mjs';
import { killInTurn } from './kills.ts';
import { endsByFate, planOrders, type Fate, type PlannedOrder } from './orders.ts';
import { deadLettersOf, describeLetter, findingsOf, statusesOf, untilEnded } from './own-orders.ts';
import { sellAtPace, type Stage } from './stage.ts';

const PART = 'crash';

interface Size {
  readonly orders: number;
  readonly perSecond: number;
  readonly deadlineSeconds: number;
  /** For orders that nobody will pay, which are waited for to the end. */
  readonly unpaidDeadlineSeconds: number;
  /** How many of the services are killed while orders come in. */
  readonly services: number;
  readonly othersToKill: readonly string[];
  /** Killed once more when the first orders pass their deadline. */
  readonly killedAtDeadline: readonly string[];
}

const FULL: Size = { orders: 2_000, perSecond: 33, deadlineSeconds: 120, unpaidDeadlineSeconds: 120, services: services.length, othersToKill: ['kafka', 'simulator'], killedAtDeadline: ['order', 'payment-gateway'] };
/** Takes as long as the shortest deadline that an order may have. */
const SHORT: Size = { orders: 240, perSecond: 30, deadlineSeconds: 120, unpaidDeadlineSeconds: 60, services: 2, othersToKill: ['kafka'], killedAtDeadline: [] };

const FATES: readonly Fate[] = [...Array<Fate>(14).fill('pay'), 'decline', 'decline', 'abandon', 'cancel', 'cancel', 'race'];
/** Closing at Alipay takes a few calls, and the last kill may be just behind us. */
const ENDED_AFTER_DEADLINE_MS = 60_000;
const BOOKS_WITHIN_MS = 60_000;
/** Of those who want to pay; the others' codes may come too late to be shown to anybody. */
const PAID_MIN = 0.9;

/**
 * Sells while one process after another is killed. Resolves when all orders are taken and everything runs again.
 * @returns waits until all of them have ended, and looks at the books
 */
export async function beginCrash(stage: Stage, isShort: boolean): Promise<() => Promise<void>> {
  const size = isShort ? SHORT : FULL;
  const { chance, checks, customers, shop, run } = stage;
  const prefix = `crash-${run}`;
  const orders = plan(stage, size, prefix);
  const victims = chance.shuffled([...chance.shuffled(services).slice(0, size.services), ...size.othersToKill]);
  const startedAtMs = Date.now();
  report(PART, `${orders.length} orders at ${size.perSecond}/s, kill -9 of ${victims.join(', ')}`);
  customers.expect(orders);
  const overMs = (size.orders / size.perSecond) * 1_000;
  const [untaken, unstarted] = await Promise.all([sellAtPace(orders, size.perSecond, (order) => shop.sell(order)), killInTurn(stage, { victims, overMs })]);
  const takenAtMs = Date.now();
  report(PART, 'all orders are taken', startedAtMs);
  checks.none(PART, `what was killed is ready again: ${victims.join(', ')}`, unstarted);
  checks.none(PART, 'every order was taken in the end', untaken);

  return async () => {
    const deadlineAtMs = startedAtMs + size.deadlineSeconds * 1_000;
    if (size.killedAtDeadline.length > 0) await killAtDeadline(stage, size, deadlineAtMs);
    const endedAtMs = takenAtMs + size.deadlineSeconds * 1_000 + ENDED_AFTER_DEADLINE_MS;
    await untilEnded({ target: stage.target, prefix }, { orders: orders.length, withinMs: endedAtMs - Date.now() });
    await look(stage, prefix, orders);
  };
}

/** Any of them may wait for its code as long as it lives: how slow a restart may be is not what is asked here. */
function plan({ chance, demo }: Stage, size: Size, prefix: string): PlannedOrder[] {
  const { orders, deadlineSeconds, unpaidDeadlineSeconds } = size;
  return planOrders({ prefix, count: orders, fates: FATES, doors: ['http', 'kafka'], deadlineSeconds, validSeconds: deadlineSeconds }, demo, chance)
    .map((order) => (order.fate === 'decline' || order.fate === 'abandon' ? { ...order, deadlineSeconds: unpaidDeadlineSeconds } : order));
}

async function killAtDeadline(stage: Stage, { killedAtDeadline, orders, perSecond }: Size, deadlineAtMs: number): Promise<void> {
  await wait(Math.max(0, deadlineAtMs - Date.now()));
  report(PART, `the first deadlines pass: kill -9 of ${killedAtDeadline.join(', ')}`);
  const unstarted = await killInTurn(stage, { victims: killedAtDeadline, overMs: ((orders / perSecond) * 1_000) / 2 });
  stage.checks.none(PART, `what was killed at the deadline is ready again: ${killedAtDeadline.join(', ')}`, unstarted);
}

async function look({ target, checks }: Stage, prefix: string, orders: readonly PlannedOrder[]): Promise<void> {
  const own = { target, prefix };
  const statuses = await statusesOf(own);
  report(PART, countsByFate(orders, statuses));
  const astray = orders.flatMap(({ orderId, fate }) => {
    const status = statuses.get(orderId) ?? 'unknown';
    return endsByFate[fate].includes(status) ? [] : [`${orderId} (${fate}) is ${status}`];
  });
  checks.equal(PART, 'no order is there that was not sold', { expected: orders.length, found: statuses.size });
  checks.none(PART, 'every order ended, paid or given up by rule', astray);
  const payers = orders.filter(({ fate }) => fate === 'pay');
  const paid = payers.filter(({ orderId }) => statuses.get(orderId) === 'paid').length;
  checks.add(PART, `${PAID_MIN * 100} % of those who wanted to pay did`, { passed: paid >= payers.length * PAID_MIN, seen: `${paid} of ${payers.length}` });
  checks.none(PART, 'nothing was set aside', (await deadLettersOf(own)).map(describeLetter));
  checks.none(PART, 'the five books agree: nothing lost, nothing double', await findingsOf(own, BOOKS_WITHIN_MS));
}

/** Like `pay: 1390 paid, 2 expired; decline: 201 expired`. */
function countsByFate(orders: readonly PlannedOrder[], statuses: ReadonlyMap<string, string>): string {
  const counts = new Map<Fate, Map<string, number>>();
  for (const { orderId, fate } of orders) {
    const of = counts.get(fate) ?? new Map<string, number>();
    const status = statuses.get(orderId) ?? 'unknown';
    counts.set(fate, of.set(status, (of.get(status) ?? 0) + 1));
  }
  return [...counts].map(([fate, of]) => `${fate}: ${[...of].map(([status, times]) => `${times} ${status}`).join(', ')}`).join('; ');
}
