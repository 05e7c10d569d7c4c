import { services, type Service } from '@scantill/contracts';
import '@scantill/platform/kafka-timers';
import kafkajs from 'kafkajs';
import { report } from '../bootstrap/progress.mjs';
import { count } from '../audit/rows.ts';
import { planOrders, type PlannedOrder } from './orders.ts';
import { deadLettersOf, describeLetter, findingsOf, statusesOf, untilPaid } from './own-orders.ts';
import { sellAtPace, type Stage } from './stage.ts';

const { Kafka, logLevel } = kafkajs;

const PART = 'instances';

const ORDERS = { full: 2_000, short: 300 };
const PER_SECOND = { full: 100, short: 60 };
const PAID_WITHIN_MS = 300_000;
const BOOKS_WITHIN_MS = 60_000;
/** No order is given up for being slow: all must be paid. */
const DEADLINE_SECONDS = 3_600;
const MEMBERS = 2;

/** Two of every service on the same databases and topics. */
export async function runInstances(stage: Stage, isShort: boolean): Promise<void> {
  const { chance, checks, customers, demo, stack, target, run } = stage;
  const size = isShort ? 'short' : 'full';
  const startedAtMs = Date.now();
  const others = await Promise.all(services.map((service) => stack.addInstance(service)));
  const secondOrder = others[services.indexOf('order')] ?? '';
  report(PART, `${others.join(', ')} are ready`, startedAtMs);
  try {
    const prefix = `pair-${run}`;
    const own = { target, prefix };
    const before = await deadlocks(stage);
    const orders = planOrders({ prefix, count: ORDERS[size], fates: ['pay'], doors: ['http', 'kafka'], deadlineSeconds: DEADLINE_SECONDS, validSeconds: DEADLINE_SECONDS }, demo, chance);
    customers.expect(orders);
    report(PART, `${orders.length} orders at ${PER_SECOND[size]}/s`);
    const untaken = await sellAtPace(orders, PER_SECOND[size], (order) => sellAtBoth(stage, order, [stack.urls.order, stack.urlOf(secondOrder)]));
    await untilPaid(own, { orders: orders.length, withinMs: PAID_WITHIN_MS });
    report(PART, 'done', startedAtMs);

    checks.none(PART, 'every order was taken', untaken);
    checks.none(PART, 'two instances share each topic', await lonelyGroups(stage));
    const statuses = [...(await statusesOf(own)).values()];
    checks.equal(PART, 'every order is paid', { expected: orders.length, found: statuses.filter((status) => status === 'paid').length });
    checks.none(PART, 'nothing was set aside', (await deadLettersOf(own)).map(describeLetter));
    checks.none(PART, 'the five books agree: nothing lost, nothing double', await findingsOf(own, BOOKS_WITHIN_MS));
    const after = await deadlocks(stage);
    for (const service of services) checks.equal(PART, `deadlocks in the database of ${service}`, { expected: 0, found: after[service] - before[service] });
  } finally {
    await Promise.all(others.map((name) => stack.kill(name, 'SIGTERM')));
  }
}

/** A till that sends twice reaches both instances at the same moment. */
async function sellAtBoth({ shop }: Stage, order: PlannedOrder, urls: readonly string[]): Promise<void> {
  const url = urls[order.amountMinor % urls.length];
  await Promise.all((order.isRepeated ? urls : [url]).map((each) => shop.sell({ ...order, isRepeated: false }, each)));
}

async function deadlocks({ target }: Stage): Promise<Record<Service, number>> {
  const query = 'select deadlocks as count from pg_stat_database where datname = current_database()';
  const counts = await Promise.all(services.map(async (service) => [service, await count(target.databaseUrls[service], query)] as const));
  return Object.fromEntries(counts) as Record<Service, number>;
}

/** Consumer groups, named like their service, that do not have one member of each instance: there, nothing would be proved. */
async function lonelyGroups({ stack }: Stage): Promise<string[]> {
  const admin = new Kafka({ brokers: [...stack.brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const { groups } = await admin.describeGroups([...services]);
    return groups.filter(({ members }) => members.length !== MEMBERS).map(({ groupId, members }) => `${groupId} has ${members.length}`);
  } finally {
    await admin.disconnect();
  }
}
