import { randomUUID } from 'node:crypto';
import { topics } from '@scantill/contracts';
import { count } from '../audit/rows.ts';
import { envelopeOf, signedMessage, type StoreMessage } from '../crash/store-messages.ts';
import type { FaultStage } from './fault-stage.ts';
import { auditOwn } from './own-books.ts';
import { publish } from './publisher.ts';
import { planOne, reaches, sellPaid, type PaidOrder } from './single-orders.ts';

const PART = 'refunds at once';
const REFUNDS = { full: 100, short: 30 };
/** Fourteen pass, and less than one more is left over. */
const PAID_MINOR = 10_000;
const REFUND_MINOR = 700;
const PASS = Math.floor(PAID_MINOR / REFUND_MINOR);

const BOOKS_WITHIN_MS = 60_000;
const CREATED = 201;
const EXCEEDS = 'refund.exceeds-paid';

/** Many refunds of one payment in the same moment: exactly the allowed sum passes, whoever has to refuse the others. */
export async function runRefundsAtOnce(stage: FaultStage, isShort: boolean): Promise<void> {
  const refunds = REFUNDS[isShort ? 'short' : 'full'];
  await overHttp(stage, refunds);
  await overKafka(stage, refunds);
  await pastOrder(stage, refunds);
}

/** Order refuses at once what is too much. */
async function overHttp(stage: FaultStage, refunds: number): Promise<void> {
  const prefix = `back-${stage.run}-h`;
  const { till, checks } = stage;
  const { orderId } = await sellPaid(stage, planOne(stage, prefix, { amountMinor: PAID_MINOR }));
  const answers = await Promise.all(Array.from({ length: refunds }, (_, index) => till.refund(orderId, `back-${index}`, REFUND_MINOR)));
  const passed = answers.filter(({ status }) => status === CREATED).length;
  const refused = answers.filter(({ problem }) => problem === EXCEEDS).length;
  checks.add(PART, `of ${refunds} by HTTP exactly ${PASS} pass, the others are ${EXCEEDS}`, { passed: passed === PASS && refused === refunds - PASS, seen: `${passed} passed, ${refused} refused` });
  await checkGivenBack(stage, 'by HTTP', orderId);
  await auditOwn(stage, PART, { prefix, withinMs: BOOKS_WITHIN_MS });
}

async function overKafka(stage: FaultStage, refunds: number): Promise<void> {
  const prefix = `back-${stage.run}-k`;
  const { shop, checks, target } = stage;
  const paid = await sellPaid(stage, planOne(stage, prefix, { amountMinor: PAID_MINOR }));
  await shop.publish(Array.from({ length: refunds }, (_, index) => refundMessage(stage, paid, `back-${index}`)));
  const query = `select count(*) from store_events where order_id = '${paid.orderId}' and type in ('order.refunded', 'order.request-refused')`;
  const answered = await reaches(refunds, () => count(target.databaseUrls.notification, query));
  const passed = await count(target.databaseUrls.order, `select count(*) from order_refunds where order_key = '${stage.demo.chain.id}:${paid.orderId}' and status = 'succeeded'`);
  checks.add(PART, `of ${refunds} by Kafka exactly ${PASS} pass, and each is answered`, { passed: passed === PASS && answered === refunds, seen: `${passed} passed, ${answered} answered` });
  await checkGivenBack(stage, 'by Kafka', paid.orderId);
  await auditOwn(stage, PART, { prefix, withinMs: BOOKS_WITHIN_MS });
}

/**
 * As if order had let all of them through: the gateway has the last word. Order learns of refunds that nobody asked it for and calls a
 * person, so its books are not compared here.
 */
async function pastOrder(stage: FaultStage, refunds: number): Promise<void> {
  const prefix = `back-${stage.run}-g`;
  const { checks, demo, stack, target } = stage;
  const paid = await sellPaid(stage, planOne(stage, prefix, { amountMinor: PAID_MINOR }));
  await publish(stack.brokers, topics.order, Array.from({ length: refunds }, (_, index) => requestedEvent(stage, paid, `back-${index}`)));
  const gateway = target.databaseUrls['payment-gateway'];
  const of = `from refunds where payment_id = '${paid.paymentId}' and status`;
  const ended = await reaches(refunds, () => count(gateway, `select count(*) ${of} in ('succeeded', 'failed')`));
  const passed = await count(gateway, `select count(*) ${of} = 'succeeded'`);
  const asked = await count(gateway, `select count(*) from exchanges where payment_id = '${paid.paymentId}' and operation = 'refund'`);
  checks.add(PART, `of ${refunds} that order would have let pass the gateway lets exactly ${PASS} pass`, { passed: passed === PASS && ended === refunds, seen: `${passed} passed, ${ended - passed} refused` });
  checks.equal(PART, 'refunds that Alipay was asked for', { expected: PASS, found: asked });
  await checkGivenBack(stage, `past order (${demo.chain.id}:${paid.orderId})`, paid.orderId);
}

async function checkGivenBack({ alipay, checks, demo }: FaultStage, door: string, orderId: string): Promise<void> {
  const [payment] = await alipay.payments(orderId);
  checks.equal(PART, `given back at Alipay, in cents, ${door}`, { expected: PASS * REFUND_MINOR, found: Number(payment?.refunded ?? -1) });
}

function refundMessage({ demo }: FaultStage, { orderId, storeId }: PaidOrder, refundKey: string): StoreMessage {
  const amount = { currency: 'USD', minor: String(REFUND_MINOR) };
  return signedMessage(demo.chain, orderId, envelopeOf('store.refund-requested', { chainId: demo.chain.id, storeId, orderId, refundKey, amount }, new Date()));
}

function requestedEvent({ demo }: FaultStage, { orderId, storeId, tillId, paymentId }: PaidOrder, refundKey: string) {
  const data = { chainId: demo.chain.id, orderId, storeId, tillId, nextAction: 'hand-over-goods', paymentId, refundKey, amount: { currency: 'USD', minor: String(REFUND_MINOR) }, reason: null };
  return { key: `${demo.chain.id}:${orderId}`, type: 'order.refund-requested', source: 'order', subject: `${demo.chain.id}:${orderId}`, correlationId: randomUUID(), data };
}
