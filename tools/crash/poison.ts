import { deadLetterTopic, topics } from '@scantill/contracts';
import { setTimeout as wait } from 'node:timers/promises';
import { report } from '../bootstrap/progress.mjs';
import { planOrders } from './orders.ts';
import { deadLettersOf, describeLetter, findingsOf, statusesOf, untilPaid, type DeadLetter, type OwnOrders } from './own-orders.ts';
import { POISON_KINDS, poisonMessages, type Poison } from './poison-messages.ts';
import { readTopic } from './read-topic.ts';
import type { Stage } from './stage.ts';
import { requestMessage, type StoreMessage } from './store-messages.ts';

const PART = 'poison';

const ORDERS = { full: 10_000, short: 1_000 };
const PAID_WITHIN_MS = { full: 600_000, short: 120_000 };
/** All on one, where a message that is not set aside holds everything up that comes behind it. */
const PARTITION = 0;
const VALID_SECONDS = 3_600;
const DEADLINE_SECONDS = 3_600;
const BATCH = 500;
/** The database goes when so many of the orders are paid; half of the messages come while it is away. */
const PAID_AT_KILL = 0.3;
const AWAY_MS = 2_000;
const BOOKS_WITHIN_MS = 60_000;

/** Ten messages that nobody can act on among many good ones, and a database that is killed in the middle. */
export async function runPoison(stage: Stage, isShort: boolean): Promise<void> {
  const { chance, customers, demo, target, run } = stage;
  const size = isShort ? 'short' : 'full';
  const prefix = `poison-${run}`;
  const own = { target, prefix };
  const plan = { fates: ['pay'], doors: ['kafka'], deadlineSeconds: DEADLINE_SECONDS, validSeconds: VALID_SECONDS } as const;
  const good = planOrders({ ...plan, prefix, count: ORDERS[size] }, demo, chance);
  const bad = poisonMessages(demo, planOrders({ ...plan, prefix: `${prefix}-bad`, count: POISON_KINDS }, demo, chance));
  const startedAtMs = Date.now();
  report(PART, `${good.length} good messages and ${bad.length} bad ones on one partition, kill -9 of postgres in the middle`);
  customers.expect(good);
  const messages = interleaved(stage, good.map((order) => requestMessage(demo.chain, order)), bad);
  const half = messages.length >> 1;
  await publish(stage, messages.slice(0, half));
  await untilPaid(own, { orders: good.length * PAID_AT_KILL, withinMs: PAID_WITHIN_MS[size] });
  await withoutPostgres(stage, () => publish(stage, messages.slice(half)));
  await untilPaid(own, { orders: good.length, withinMs: PAID_WITHIN_MS[size] });
  report(PART, 'done', startedAtMs);

  const statuses = await statusesOf(own);
  stage.checks.equal(PART, 'every good order is paid', { expected: good.length, found: good.filter(({ orderId }) => statuses.get(orderId) === 'paid').length });
  stage.checks.none(PART, 'no order was made of a bad message', [...statuses.keys()].filter((orderId) => orderId.startsWith(`${prefix}-bad`)));
  await checkLetters(stage, own, bad);
  stage.checks.none(PART, 'the five books agree: nothing lost, nothing double', await findingsOf(own, BOOKS_WITHIN_MS));
}

function interleaved({ chance }: Stage, good: readonly StoreMessage[], bad: readonly StoreMessage[]): StoreMessage[] {
  const positions = new Map(chance.shuffled(good.map((_, index) => index)).slice(0, bad.length).map((position, index) => [position, bad[index]]));
  return good.flatMap((message, index) => [positions.get(index) ?? [], message].flat());
}

async function publish({ shop }: Stage, messages: readonly StoreMessage[]): Promise<void> {
  for (let start = 0; start < messages.length; start += BATCH) await shop.publish(messages.slice(start, start + BATCH), PARTITION);
}

/** Kills the database, and starts it again when `meanwhile` is done and the consumers have met what it does. */
async function withoutPostgres({ stack }: Stage, meanwhile: () => Promise<void>): Promise<void> {
  const killedAtMs = Date.now();
  await stack.kill('postgres', 'SIGKILL');
  await meanwhile();
  await wait(AWAY_MS);
  await stack.restart('postgres');
  report('kill -9', 'postgres; ready again after', killedAtMs);
}

/** In the table of `order`, and on its topic: the same ten, each with its reason and its bytes, and nothing else anywhere. */
async function checkLetters({ stack, checks }: Stage, own: OwnOrders, bad: readonly Poison[]): Promise<void> {
  const letters = await deadLettersOf(own);
  checks.equal(PART, 'dead letters', { expected: bad.length, found: letters.length });
  const expected = new Map(bad.map((poison) => [poison.key, poison]));
  checks.none(PART, 'each is a bad message, with its reason, bytes and position, and holds nothing back', letters.filter((letter) => !fits(letter, expected.get(letter.key))).map(describeLetter));

  const told = (await readTopic(stack.brokers, deadLetterTopic('order'))).filter(({ key }) => expected.has(String(key)));
  const positions = new Set(told.map(({ headers }) => `${headers?.['dead-letter-partition']}@${headers?.['dead-letter-offset']}`));
  checks.equal(PART, `dead letters on ${deadLetterTopic('order')}`, { expected: bad.length, found: positions.size });
  const wrong = told.filter(({ key, value, headers }) => {
    const poison = expected.get(String(key));
    return value?.equals(poison?.value ?? Buffer.alloc(0)) !== true || String(headers?.['dead-letter-problem']) !== poison?.problem;
  });
  checks.none(PART, 'each is told with its reason and its bytes', wrong.map(({ key, headers }) => `${String(key)}: ${String(headers?.['dead-letter-problem'])}`));
  // A relay that lost its database may send again what it could not tick off; the position says that it is the same.
  if (told.length > positions.size) report(PART, `${told.length - positions.size} of them were sent twice`);
}

function fits({ service, topic, partition, problem, status, value }: DeadLetter, poison: Poison | undefined): boolean {
  return service === 'order' && topic === topics.storeOrders && partition === PARTITION && status === 'kept' && problem === poison?.problem && value.equals(poison.value);
}
