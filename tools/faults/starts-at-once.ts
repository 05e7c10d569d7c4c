import { setTimeout as wait } from 'node:timers/promises';
import type { PlannedOrder } from '../crash/orders.ts';
import { requestMessage } from '../crash/store-messages.ts';
import type { FaultStage } from './fault-stage.ts';
import { auditOwn } from './own-books.ts';
import { paymentsOf } from './paying-orders.ts';
import { planSome, untilOrder } from './single-orders.ts';

const PART = 'starts at once';
const STARTS = 50;
const ORDERS = { full: 20, short: 3 };
const BOOKS_WITHIN_MS = 60_000;
const TAKEN = [201, 202];
/** For messages of which nothing must come. */
const NOTHING_COMES_MS = 3_000;

/** One order, asked for fifty times in the same moment, half by HTTP and half by Kafka: one payment and one code come of it. */
export async function runStartsAtOnce(stage: FaultStage, isShort: boolean): Promise<void> {
  const prefix = `start-${stage.run}`;
  const { alipay, checks, demo } = stage;
  const orders = planSome(stage, prefix, ORDERS[isShort ? 'short' : 'full']).map(({ validSeconds: _own, ...order }) => order);
  const wrong: string[] = [];
  for (const order of orders) wrong.push(...await startAtOnce(stage, order));
  checks.none(PART, `each of ${STARTS} starts of ${orders.length} orders is answered with the same code`, wrong);
  await wait(NOTHING_COMES_MS);
  checks.equal(PART, 'payments at the gateway', { expected: orders.length, found: await paymentsOf(stage, prefix, 'true') });
  checks.equal(PART, 'codes at Alipay', { expected: orders.length, found: (await alipay.payments(prefix)).length });
  for (const { orderId } of orders) await untilOrder(stage.till, orderId, ({ status }) => status === 'paid', 'is paid');
  await auditOwn(stage, PART, { prefix, withinMs: BOOKS_WITHIN_MS });
}

/** @returns what is wrong with the answers; the customer has paid then */
async function startAtOnce({ alipay, demo, shop, till }: FaultStage, order: PlannedOrder): Promise<string[]> {
  const messages = Array.from({ length: STARTS / 2 }, () => requestMessage(demo.chain, order));
  const [answers] = await Promise.all([
    Promise.all(Array.from({ length: STARTS / 2 }, () => till.place(order, '?wait=code&waitSeconds=10'))),
    Promise.all(messages.map((message) => shop.publish([message]))),
  ]);
  const codes = new Set(answers.flatMap(({ order: view }) => view?.code?.text ?? []));
  const refused = answers.filter(({ status }) => !TAKEN.includes(status)).map(({ status, problem }) => `${order.orderId}: ${status} ${problem}`);
  const [code] = codes;
  if (code !== undefined) await alipay.confirm({ code });
  return codes.size === 1 ? refused : [...refused, `${order.orderId}: ${codes.size} codes`];
}
