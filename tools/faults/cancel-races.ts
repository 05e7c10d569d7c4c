import { setTimeout as wait } from 'node:timers/promises';
import { report } from '../bootstrap/progress.mjs';
import { heldAtAlipay, type Books, type OrderBooks } from '../audit/books.ts';
import type { PlannedOrder } from '../crash/orders.ts';
import { Turnstile } from '../crash/turnstile.ts';
import type { FaultStage } from './fault-stage.ts';
import { auditOwn } from './own-books.ts';
import { planSome, sellCode, untilOrder } from './single-orders.ts';

const PART = 'cancel and payment';
const RACES = { full: 1_000, short: 60 };
const AT_ONCE = 16;
/** From the till's cancel to the customer's thumb: a cancel takes about so long until it is at Alipay. */
const THUMB_MAX_MS = 500;
const BOOKS_WITHIN_MS = 90_000;
const ALREADY_PAID = 409;

/**
 * The till gives an order up in the moment in which its customer pays. Some meet by our clock; for the others Alipay lets the customer
 * pay in the very instant before or after it processes the cancel. Each is paid, or cancelled with the money back.
 */
export async function runCancelRaces(stage: FaultStage, isShort: boolean): Promise<void> {
  const prefix = `race-${stage.run}`;
  const { alipay, checks } = stage;
  const startedAtMs = Date.now();
  const orders = planSome(stage, prefix, RACES[isShort ? 'short' : 'full']);
  await alipay.plan([
    { operation: 'cancel', share: 0.4, fault: { kind: 'pay-crossing-cancel', when: 'before' } },
    { operation: 'cancel', share: 0.5, fault: { kind: 'pay-crossing-cancel', when: 'after' } },
  ]);
  const turnstile = new Turnstile(AT_ONCE);
  const failures: string[] = [];
  await Promise.all(orders.map((order, index) => turnstile.pass(() => race(stage, order, index)).catch((error: unknown) => void failures.push(`${order.orderId}: ${error instanceof Error ? error.message : String(error)}`))));
  checks.none(PART, 'every race was run to its end', failures);
  const books = await auditOwn(stage, PART, { prefix, withinMs: BOOKS_WITHIN_MS });
  await alipay.mend();
  judge(stage, books, orders);
  report(PART, 'done', startedAtMs);
}

/** Every third customer leaves the instant to Alipay. */
async function race({ alipay, chance, till, ...rest }: FaultStage, order: PlannedOrder, index: number): Promise<void> {
  const { code } = await sellCode({ alipay, chance, till, ...rest }, order);
  const thumbMs = index % 3 === 0 ? 0 : chance.between(0, THUMB_MAX_MS);
  const customer = index % 3 === 2 ? Promise.resolve() : wait(thumbMs).then(() => alipay.confirm({ code }));
  const [{ status, problem }] = await Promise.all([till.cancel(order.orderId), customer]);
  if (problem !== undefined && status !== ALREADY_PAID) throw new Error(`the cancel was answered ${status} ${problem}`);
  await untilOrder(till, order.orderId, ({ status: now }) => now === 'paid' || now === 'cancelled', 'is paid or cancelled');
}

function judge({ checks, demo }: FaultStage, books: Books, orders: readonly PlannedOrder[]): void {
  const own = orders.map(({ orderId }) => [orderId, books.of(`${demo.chain.id}:${orderId}`)] as const);
  const is = (wanted: string) => own.filter(([, { order }]) => order?.status === wanted);
  const wasPaid = ({ ledger }: OrderBooks): boolean => ledger.some((entry) => entry.wasPaid);
  const held = ({ ledger }: OrderBooks): bigint => ledger.reduce((sum, entry) => sum + heldAtAlipay(entry), 0n);
  const [paid, cancelled] = [is('paid'), is('cancelled')];
  const givenBack = cancelled.filter(([, each]) => wasPaid(each)).length;
  checks.add(PART, 'each is paid or cancelled', { passed: paid.length + cancelled.length === orders.length, seen: `${paid.length} paid, ${cancelled.length} cancelled, ${givenBack} of these with money given back` });
  checks.none(PART, 'what is paid is held at Alipay in full', paid.filter(([, each]) => held(each) !== each.order?.amount.minor).map(([orderId, each]) => `${orderId}: Alipay holds ${held(each)}`));
  checks.none(PART, 'what is cancelled is not held at Alipay', cancelled.filter(([, each]) => held(each) !== 0n).map(([orderId, each]) => `${orderId}: Alipay holds ${held(each)}`));
  checks.add(PART, 'both sides won some', { passed: paid.length > 0 && givenBack > 0, seen: '' });
}
