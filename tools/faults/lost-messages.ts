import { report } from '../bootstrap/progress.mjs';
import { untilPaid } from '../crash/own-orders.ts';
import { sellAtPace } from '../crash/stage.ts';
import type { FaultStage } from './fault-stage.ts';
import { auditOwn } from './own-books.ts';
import { exchangesOf, inquiriesFailing, inquiriesRefused, notificationsDropped, planPaying, unpaidOf, type Size } from './paying-orders.ts';

const FULL: Size = { orders: 1_000, perSecond: 30, thinkingMaxMs: 20_000 };
/** Some think longer than the gateway waits before it asks for the first time. */
const SHORT: Size = { orders: 60, perSecond: 20, thinkingMaxMs: 8_000 };

const PAID_WITHIN_MS = { full: 240_000, short: 60_000 };
const BOOKS_WITHIN_MS = 60_000;

/** No notification arrives: every payment ends right all the same, because we ask. */
export async function runNotificationsDropped(stage: FaultStage, isShort: boolean): Promise<void> {
  const part = 'notifications-dropped';
  const prefix = `dropped-${stage.run}`;
  await stage.alipay.plan(notificationsDropped);
  await sellAll(stage, part, { prefix, isShort });
  stage.checks.equal(part, 'notifications that arrived', { expected: 0, found: await exchangesOf(stage, prefix, `operation = 'notifyPayment'`) });
  await stage.alipay.mend();
  await auditOwn(stage, part, { prefix, withinMs: BOOKS_WITHIN_MS });
}

/** No inquiry is answered: every payment ends right all the same, because Alipay says so by itself. */
export async function runInquiriesFailing(stage: FaultStage, isShort: boolean): Promise<void> {
  const part = 'inquiries-failing';
  const prefix = `deaf-${stage.run}`;
  await stage.alipay.plan(isShort ? inquiriesRefused : inquiriesFailing);
  await sellAll(stage, part, { prefix, isShort });
  const asked = await exchangesOf(stage, prefix, `operation = 'inquiryPayment'`);
  stage.checks.add(part, 'we asked, and were not told', { passed: asked > 0, seen: `${asked} inquiries` });
  stage.checks.equal(part, 'inquiries that were answered', { expected: 0, found: await exchangesOf(stage, prefix, `operation = 'inquiryPayment' and verdict like 'S %'`) });
  await stage.alipay.mend();
  await auditOwn(stage, part, { prefix, withinMs: BOOKS_WITHIN_MS });
}

async function sellAll(stage: FaultStage, part: string, { prefix, isShort }: { readonly prefix: string; readonly isShort: boolean }): Promise<void> {
  const size = isShort ? SHORT : FULL;
  const { checks, shop, target } = stage;
  const startedAtMs = Date.now();
  const orders = planPaying(stage, prefix, size);
  stage.customers.expect(orders);
  report(part, `${orders.length} orders at ${size.perSecond}/s, paid 0 to ${size.thinkingMaxMs / 1_000} s after their code`);
  const untaken = await sellAtPace(orders, size.perSecond, (order) => shop.sell(order));
  const takenAtMs = Date.now();
  const arePaid = await untilPaid({ target, prefix }, { orders: orders.length, withinMs: PAID_WITHIN_MS[isShort ? 'short' : 'full'] });
  if (arePaid) report(part, `all paid, ${((Date.now() - takenAtMs) / 1_000).toFixed(1)} s after the last was taken`, startedAtMs);
  checks.none(part, 'every order was taken', untaken);
  checks.none(part, 'every order is paid', await unpaidOf(stage, prefix, orders));
}
