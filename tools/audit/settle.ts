import { services } from '@scantill/contracts';
import '@scantill/platform/kafka-timers';
import kafkajs, { type Admin } from 'kafkajs';
import { setTimeout as wait } from 'node:timers/promises';
import { readings } from '../contracts/readers.ts';
import { ORDER_ENDS, PAYMENT_ENDS } from './books.ts';
import type { AuditTarget } from './read-books.ts';
import { readAlipayStats } from './read-ledger.ts';
import { count } from './rows.ts';

const { Kafka, logLevel } = kafkajs;

const LOOK_EVERY_MS = 1_000;
const TELL_EVERY_MS = 5_000;
/** Offsets are committed once a second, so one quiet look could fall between a message and what it sets off. */
const QUIET_LOOKS = 2;

/** What the system has still to do, by name; only what is not zero. */
export type OpenWork = Readonly<Record<string, number>>;

export interface SettleOptions {
  readonly withinMs: number;
  readonly tell: (open: string) => void;
}

/** Waits until nothing is open any more, telling what is. @returns false when time ran out first */
export async function settle(target: AuditTarget, { withinMs, tell }: SettleOptions): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  let toldAt = Date.now();
  let quiet = 0;
  const admin = new Kafka({ brokers: [...target.brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    for (;;) {
      const open = await openWork(target, admin);
      quiet = Object.keys(open).length === 0 ? quiet + 1 : 0;
      if (quiet >= QUIET_LOOKS) return true;
      if (Date.now() > deadline) {
        tell(`not settled: ${textOf(open)}`);
        return false;
      }
      if (Date.now() - toldAt > TELL_EVERY_MS) {
        tell(textOf(open));
        toldAt = Date.now();
      }
      await wait(LOOK_EVERY_MS);
    }
  } finally {
    await admin.disconnect();
  }
}

function textOf(open: OpenWork): string {
  return Object.entries(open).map(([name, amount]) => `${amount} ${name}`).join(', ') || 'nothing open';
}

/** What waits for a person is left out: it would be waited for in vain. */
async function openWork({ databaseUrls, simulatorUrl }: AuditTarget, admin: Admin): Promise<OpenWork> {
  const list = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');
  const gateway = databaseUrls['payment-gateway'];
  const [orders, payments, refunds, givingBack, unsent, unread, alipay] = await Promise.all([
    count(databaseUrls.order, `select count(*) from orders where status not in (${list(ORDER_ENDS)}) and attention is null`),
    count(gateway, `select count(*) from payments where status not in (${list(PAYMENT_ENDS)}) and attention is null`),
    count(gateway, `select count(*) from refunds r join payments p on p.id = r.payment_id where r.status in ('requested', 'unknown') and p.attention is null`),
    count(gateway, `select count(*) from payments where state ? 'givingBack' and attention is null`),
    Promise.all(services.map((service) => count(databaseUrls[service], 'select count(*) from outbox'))),
    lag(admin),
    readAlipayStats(simulatorUrl),
  ]);
  const all = {
    'orders open': orders,
    'payments open': payments,
    'refunds open': refunds,
    'late payments being given back': givingBack,
    'events to send': unsent.reduce((sum, each) => sum + each, 0),
    'messages to read': unread,
    'codes open at Alipay': alipay.payments.PROCESSING,
    "notifications of Alipay's to come": alipay.notificationsPending,
  };
  return Object.fromEntries(Object.entries(all).filter(([, amount]) => amount > 0));
}

/** Over what each service reads; its consumer group has its name. */
async function lag(admin: Admin): Promise<number> {
  const lags = await Promise.all(readings().map(({ service, topic }) => topicLag(admin, service, topic)));
  return lags.reduce((sum, each) => sum + each, 0);
}

async function topicLag(admin: Admin, groupId: string, topic: string): Promise<number> {
  const [ends, [committed]] = await Promise.all([admin.fetchTopicOffsets(topic), admin.fetchOffsets({ groupId, topics: [topic] })]);
  const positions = new Map((committed?.partitions ?? []).map(({ partition, offset }) => [partition, Number(offset)]));
  return ends.reduce((sum, { partition, high, low }) => sum + Number(high) - Math.max(positions.get(partition) ?? 0, Number(low)), 0);
}
