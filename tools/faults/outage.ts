import { setTimeout as wait } from 'node:timers/promises';
import { report } from '../bootstrap/progress.mjs';
import type { PlannedOrder } from '../crash/orders.ts';
import { statusesOf, untilEnded } from '../crash/own-orders.ts';
import { sellAtPace } from '../crash/stage.ts';
import { outageModes, type OutageMode } from './alipay.ts';
import type { FaultStage } from './fault-stage.ts';
import { auditOwn } from './own-books.ts';
import { notificationsDropped, paymentsOf } from './paying-orders.ts';
import { planSome } from './single-orders.ts';
import { TillAnswers } from './till-answers.ts';

const PER_SECOND = 100;
const OUTAGE_SECONDS = 60;
/** Codes that are open when the outage begins. */
const BEFORE_SECONDS = 10;
/** Nobody acts before the outage, and everybody who pays has done so before it ends. */
const PAY_IN_OUTAGE_MS = { from: 12_000, to: 58_000 };
const PAY_AFTERWARDS_MS = { from: 100, to: 5_000 };
/** Three of ten leave without paying. */
const LEAVES = (index: number): boolean => index % 10 < 3;
const CODE_SECONDS = 60;
const UNPAID_DEADLINE_SECONDS = 150;
const DEADLINE_SECONDS = 1_800;

const KNOWN_WITHIN_MS = 60_000;
const GIVEN_UP_AFTER_MS = 180_000;
const LOOK_EVERY_MS = 500;
const ENDED_WITHIN_MS = 300_000;
const BOOKS_WITHIN_MS = 90_000;

/** Alipay is away for a minute, in each of three ways, while tills go on selling. */
export async function runOutage(stage: FaultStage): Promise<void> {
  for (const mode of outageModes) await runOne(stage, mode);
}

async function runOne(stage: FaultStage, mode: OutageMode): Promise<void> {
  const part = `outage ${mode}`;
  const prefix = `out-${mode}-${stage.run}`;
  const { alipay, checks, customers, till } = stage;
  const before = planWith(stage, `${prefix}-b`, { count: BEFORE_SECONDS * PER_SECOND, payMs: PAY_IN_OUTAGE_MS });
  const during = planWith(stage, `${prefix}-d`, { count: OUTAGE_SECONDS * PER_SECOND, payMs: PAY_AFTERWARDS_MS });
  customers.expect([...before, ...during]);
  report(part, `${before.length} orders before it, ${during.length} while it lasts, at ${PER_SECOND}/s`);
  const usual = new TillAnswers();
  const unsold = await sellAtPace(before, PER_SECOND, usual.timed(before, PER_SECOND, (order) => till.place(order, '?wait=code')));
  report(part, `before it: ${usual.text()}`);

  // Who pays meanwhile is not heard of: only questions can tell.
  await alipay.plan(notificationsDropped);
  await alipay.beginOutage(mode);
  const answers = new TillAnswers();
  unsold.push(...await sellAtPace(during, PER_SECOND, answers.timed(during, PER_SECOND, (order) => till.place(order, '?wait=code'))));
  const met = await alipay.endOutage(mode);
  await alipay.mend();
  const recoveredAt = new Date();
  report(part, `while it lasted: ${answers.text()}; ${met} calls met it`);
  checks.none(part, 'every order was taken', unsold);
  checks.add(part, 'p99 of the answer to the till below 1 s', { passed: answers.p99Ms < 1_000, seen: answers.text() });
  await checkKnown(stage, part, { prefix, recoveredAt });
  await checkEnds(stage, part, { prefix, before, during });
  await auditOwn(stage, part, { prefix, withinMs: BOOKS_WITHIN_MS });
}

function planWith(stage: FaultStage, prefix: string, { count, payMs }: { readonly count: number; readonly payMs: { readonly from: number; readonly to: number } }): PlannedOrder[] {
  return planSome(stage, prefix, count).map(({ validSeconds: _usual, ...order }, index) => (LEAVES(index)
    ? { ...order, codeSeconds: CODE_SECONDS, deadlineSeconds: UNPAID_DEADLINE_SECONDS }
    : { ...order, fate: 'pay', deadlineSeconds: DEADLINE_SECONDS, thinkingMs: stage.chance.between(payMs.from, payMs.to) }));
}

/** Of all payments that there were when Alipay came back: which were paid, and whether there is a code at all. */
async function checkKnown(stage: FaultStage, part: string, { prefix, recoveredAt }: { readonly prefix: string; readonly recoveredAt: Date }): Promise<void> {
  const { alipay, checks } = stage;
  const earlier = `created_at <= timestamptz '${recoveredAt.toISOString()}'`;
  const paid = (await alipay.payments(prefix)).filter(({ paidAt }) => paidAt !== null && new Date(paidAt) <= recoveredAt).map(({ paymentRequestId }) => `'${paymentRequestId}'`);
  const unheard = `id in (${paid.join(', ') || `''`}) and status <> 'succeeded'`;
  const unknown = `${earlier} and status in ('requested', 'unknown', 'cancelling')`;
  const [paidMs, allMs] = await Promise.all([untilNone(stage, prefix, { condition: unheard, sinceMs: recoveredAt.getTime() }), untilNone(stage, prefix, { condition: unknown, sinceMs: recoveredAt.getTime() })]);
  const knownMs = Math.max(paidMs, allMs);
  checks.add(part, `the true state of every payment is known within ${KNOWN_WITHIN_MS / 1_000} s`, {
    passed: knownMs <= KNOWN_WITHIN_MS, seen: `${paid.length} paid unheard of were known after ${inSeconds(paidMs)}, whether there is a code of the others after ${inSeconds(allMs)}`,
  });
}

/** @returns how long it took; infinite when they never were */
async function untilNone(stage: FaultStage, prefix: string, { condition, sinceMs }: { readonly condition: string; readonly sinceMs: number }): Promise<number> {
  for (;;) {
    if ((await paymentsOf(stage, prefix, condition)) === 0) return Date.now() - sinceMs;
    if (Date.now() - sinceMs > GIVEN_UP_AFTER_MS) return Infinity;
    await wait(LOOK_EVERY_MS);
  }
}

interface Sold {
  readonly prefix: string;
  readonly before: readonly PlannedOrder[];
  readonly during: readonly PlannedOrder[];
}

async function checkEnds(stage: FaultStage, part: string, { prefix, before, during }: Sold): Promise<void> {
  const { checks, target } = stage;
  await untilEnded({ target, prefix }, { orders: before.length + during.length, withinMs: ENDED_WITHIN_MS });
  const statuses = await statusesOf({ target, prefix });
  const astray = (orders: readonly PlannedOrder[], wanted: (order: PlannedOrder) => readonly string[]): string[] => orders.flatMap((order) => {
    const status = statuses.get(order.orderId) ?? 'unknown';
    return wanted(order).includes(status) ? [] : [`${order.orderId} (${order.fate}) is ${status}`];
  });
  const counts = new Map<string, number>();
  for (const { orderId, fate } of during) counts.set(`${fate} ${statuses.get(orderId)}`, (counts.get(`${fate} ${statuses.get(orderId)}`) ?? 0) + 1);
  report(part, `sold while it lasted: ${[...counts].map(([name, times]) => `${times} ${name}`).join(', ')}`);
  const unpaid = ['expired', 'failed'];
  checks.none(part, 'what was sold before ended as its customer wished', astray(before, ({ fate }) => (fate === 'pay' ? ['paid'] : unpaid)));
  // Whose code came too late was gone: never asked for at Alipay.
  checks.none(part, 'what was sold meanwhile is paid, or ran out', astray(during, ({ fate }) => (fate === 'pay' ? ['paid', ...unpaid] : unpaid)));
}

function inSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
