import { setTimeout as wait } from 'node:timers/promises';
import { report } from '../bootstrap/progress.mjs';
import { PAYMENT_ENDS } from '../audit/books.ts';
import type { PlannedOrder } from '../crash/orders.ts';
import { statusesOf } from '../crash/own-orders.ts';
import { sellAtPace } from '../crash/stage.ts';
import type { Rule } from './alipay.ts';
import type { FaultStage } from './fault-stage.ts';
import { auditOwn } from './own-books.ts';
import { exchangesOf, inquiriesFailing, notificationsDropped, paymentsOf, planPaying, unpaidOf, type Size } from './paying-orders.ts';

const PART = 'both-failing';
const DARK: Size = { orders: 1_000, perSecond: 30, thinkingMaxMs: 15_000 };
/** Long enough for the shortest codes to run out in the dark. */
const DARK_MS = 75_000;
const SHORT_CODE_SECONDS = 60;
const SHORT_CODE_EVERY = 10;
const ENDED_WITHIN_MS = 180_000;
const LOOK_EVERY_MS = 500;
const LOOKED_AT = 50;
const WAITING_ACTIONS = ['show-code', 'wait'];
const ENDS = ['paid', 'cancelled', 'expired', 'failed'];
const BOOKS_WITHIN_MS = 60_000;
const cancelsFailing: readonly Rule[] = [{ operation: 'cancel', fault: { kind: 'answer', resultStatus: 'U', resultCode: 'UNKNOWN_EXCEPTION' } }];

/**
 * Neither notifications nor inquiries get through, for codes that run out meanwhile cancels neither: nobody can know what was paid, so
 * nothing ends. When inquiries are answered again, everything ends right.
 */
export async function runBothFailing(stage: FaultStage): Promise<void> {
  const prefix = `dark-${stage.run}`;
  const { alipay, checks, customers, shop, target } = stage;
  const orders = planPaying(stage, prefix, DARK).map((order, index) => (index % SHORT_CODE_EVERY === 0 ? { ...order, codeSeconds: SHORT_CODE_SECONDS } : order));
  await alipay.plan([...notificationsDropped, ...inquiriesFailing, ...cancelsFailing]);
  customers.expect(orders);
  report(PART, `${orders.length} orders at ${DARK.perSecond}/s, every ${SHORT_CODE_EVERY}th with a code that runs out in the dark`);
  checks.none(PART, 'every order was taken', await sellAtPace(orders, DARK.perSecond, (order) => shop.sell(order)));
  await wait(DARK_MS);

  const ended = [...await statusesOf({ target, prefix })].filter(([, status]) => ENDS.includes(status));
  checks.none(PART, 'no order ends while nobody can know', ended.map(([orderId, status]) => `${orderId} is ${status}`));
  const closing = await paymentsOf(stage, prefix, `status = 'cancelling'`);
  checks.add(PART, 'codes that ran out are still asked about', { passed: closing > 0, seen: `${closing} payments cancelling` });
  checks.none(PART, 'tills are told to wait', await tillsThatDoNotWait(stage, orders));
  const asked = await exchangesOf(stage, prefix, `operation = 'inquiryPayment'`);

  await alipay.plan(notificationsDropped);
  const backAtMs = Date.now();
  await untilAllEnded(stage, prefix, orders.length);
  report(PART, `${orders.length} orders ended ${((Date.now() - backAtMs) / 1_000).toFixed(1)} s after inquiries came back; ${asked} had been asked in vain`);
  await alipay.mend();
  const long = orders.filter(({ codeSeconds }) => codeSeconds === undefined);
  checks.none(PART, 'every order whose code lived on is paid', await unpaidOf(stage, prefix, long));
  await auditOwn(stage, PART, { prefix, withinMs: BOOKS_WITHIN_MS });
}

async function tillsThatDoNotWait({ till, chance }: FaultStage, orders: readonly PlannedOrder[]): Promise<string[]> {
  const answers = await Promise.all(chance.shuffled(orders).slice(0, LOOKED_AT).map(async ({ orderId }) => ({ orderId, ...(await till.show(orderId)) })));
  return answers.filter(({ order }) => !WAITING_ACTIONS.includes(order?.nextAction ?? '')).map(({ orderId, order, status }) => `${orderId}: ${order?.nextAction ?? status}`);
}

/** A code that ran out leaves its order open for a new one; its payment has ended all the same. */
async function untilAllEnded(stage: FaultStage, prefix: string, payments: number): Promise<void> {
  const condition = `status in (${PAYMENT_ENDS.map((status) => `'${status}'`).join(', ')})`;
  const deadline = Date.now() + ENDED_WITHIN_MS;
  while ((await paymentsOf(stage, prefix, condition)) < payments && Date.now() < deadline) await wait(LOOK_EVERY_MS);
}
