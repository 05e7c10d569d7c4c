import { setTimeout as wait } from 'node:timers/promises';
import { PAYMENT_ENDS } from '../audit/books.ts';
import { rows } from '../audit/rows.ts';
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
/** Whoever pays one of these codes does so while Alipay does not answer us. */
const PAID_BEFORE_END_MS = 2_000;
/** From a code that came after the outage to the customer's thumb. */
const THINKING_MAX_MS = 5_000;
/** Three of ten leave without paying. */
const LEAVES = (index: number): boolean => index % 10 < 3;
const CODE_SECONDS = 60;
const UNPAID_DEADLINE_SECONDS = 150;
const ANSWER_P99_MAX_MS = 1_000;

const CODES_WITHIN_MS = 60_000;
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
  const before = planWith(stage, `${prefix}-b`, BEFORE_SECONDS * PER_SECOND);
  const during = planWith(stage, `${prefix}-d`, OUTAGE_SECONDS * PER_SECOND);
  customers.expect(during);
  report(part, `${before.length} orders before it, ${during.length} while it lasts, at ${PER_SECOND}/s`);
  const usual = new TillAnswers();
  const unsold = await sellAtPace(before, PER_SECOND, usual.timed(before, PER_SECOND, (order) => till.place(order, '?wait=code')));
  report(part, `before it: ${usual.text()}`);
  await untilCodes(stage, `${prefix}-b`, before.length);

  // Who pays meanwhile is not heard of: only questions can tell.
  await alipay.plan(notificationsDropped);
  await alipay.beginOutage(mode);
  const paying = payMeanwhile(stage, `${prefix}-b`, before);
  const answers = new TillAnswers();
  unsold.push(...await sellAtPace(during, PER_SECOND, answers.timed(during, PER_SECOND, (order) => till.place(order, '?wait=code'))));
  await paying;
  const met = await alipay.endOutage(mode);
  await alipay.mend();
  const recoveredAtMs = Date.now();
  report(part, `while it lasted: ${answers.text()}; ${met} calls met it`);
  checks.none(part, 'every order was taken', unsold);
  checks.add(part, 'p99 of the answer to the till below 1 s', { passed: answers.p99Ms < ANSWER_P99_MAX_MS, seen: answers.text() });
  await checkKnown(stage, part, { prefix, recoveredAtMs });
  await checkEnds(stage, part, { prefix, before, during });
  await auditOwn(stage, part, { prefix, withinMs: BOOKS_WITHIN_MS });
}

function planWith(stage: FaultStage, prefix: string, count: number): PlannedOrder[] {
  return planSome(stage, prefix, count).map(({ validSeconds: _usual, ...order }, index) => (LEAVES(index)
    ? { ...order, codeSeconds: CODE_SECONDS, deadlineSeconds: UNPAID_DEADLINE_SECONDS }
    : { ...order, fate: 'pay', thinkingMs: stage.chance.between(0, THINKING_MAX_MS) }));
}

/** The customers of codes that were there before: at random moments of the outage. */
async function payMeanwhile({ alipay, chance, demo }: FaultStage, prefix: string, orders: readonly PlannedOrder[]): Promise<void> {
  const payers = new Set(orders.filter(({ fate }) => fate === 'pay').map(({ orderId }) => `${demo.chain.id}_${orderId}`));
  const payments = (await alipay.payments(prefix)).filter(({ referenceOrderId }) => payers.has(referenceOrderId ?? ''));
  await Promise.all(payments.map(async ({ paymentRequestId }) => {
    await wait(chance.between(0, OUTAGE_SECONDS * 1_000 - PAID_BEFORE_END_MS));
    await alipay.confirm({ paymentRequestId });
  }));
}

/**
 * What nobody could know when Alipay came back: whether codes of before were paid or ran out, and whether what was sent has made a
 * code. Orders for which nothing was sent yet are no such doubt; how long they take is only told.
 */
async function checkKnown(stage: FaultStage, part: string, { prefix, recoveredAtMs }: { readonly prefix: string; readonly recoveredAtMs: number }): Promise<void> {
  const { checks } = stage;
  const codes = await idsOf(stage, prefix, `status = 'code-issued'`);
  const sent = await idsOf(stage, prefix, `(status in ('unknown', 'cancelling') or status = 'requested' and (state->>'pays')::int > 0)`);
  const ends = PAYMENT_ENDS.map((end) => `'${end}'`).join(', ');
  const doubtful = `(${oneOf(codes)} and status not in (${ends}) or ${oneOf(sent)} and status in ('requested', 'unknown', 'cancelling'))`;
  const held = `created_at <= timestamptz '${new Date(recoveredAtMs).toISOString()}' and status = 'requested'`;
  const since = { sinceMs: recoveredAtMs, withinMs: GIVEN_UP_AFTER_MS };
  const [knownMs, servedMs] = await Promise.all([
    untilNone(stage, prefix, { ...since, condition: doubtful }),
    untilNone(stage, prefix, { ...since, condition: held }),
  ]);
  report(part, `what was held back had its code, or was not wanted any more, ${inSeconds(servedMs)} after the recovery`);
  const passed = codes.length > 0 && knownMs <= KNOWN_WITHIN_MS;
  checks.add(part, `the true state of every payment is known within ${KNOWN_WITHIN_MS / 1_000} s`, { passed, seen: `${codes.length} codes and ${sent.length} sent payments in doubt, the last known ${inSeconds(knownMs)} after the recovery` });
}

async function idsOf({ demo, target }: FaultStage, prefix: string, condition: string): Promise<string[]> {
  const ids: string[] = [];
  const query = `select id from payments where starts_with(order_key, '${demo.chain.id}:${prefix}') and ${condition}`;
  for await (const { id } of rows<{ id: string }>(target.databaseUrls['payment-gateway'], query)) ids.push(id);
  return ids;
}

function oneOf(ids: readonly string[]): string {
  return ids.length === 0 ? 'false' : `id in (${ids.map((id) => `'${id}'`).join(', ')})`;
}

/** A busy machine may be behind; an outage without open codes would prove nothing. */
async function untilCodes({ alipay }: FaultStage, prefix: string, wanted: number): Promise<void> {
  const deadline = Date.now() + CODES_WITHIN_MS;
  while ((await alipay.payments(prefix)).length < wanted && Date.now() < deadline) await wait(LOOK_EVERY_MS);
}

interface Until {
  readonly condition: string;
  readonly sinceMs: number;
  readonly withinMs: number;
}

/** Waits until no payment is so. @returns how long that took, or Infinity */
async function untilNone(stage: FaultStage, prefix: string, { condition, sinceMs, withinMs }: Until): Promise<number> {
  for (;;) {
    if ((await paymentsOf(stage, prefix, condition)) === 0) return Date.now() - sinceMs;
    if (Date.now() - sinceMs > withinMs) return Infinity;
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
