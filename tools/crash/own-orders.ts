import { deadLetterTopic, services, type Service } from '@scantill/contracts';
import { setTimeout as wait } from 'node:timers/promises';
import { report } from '../bootstrap/progress.mjs';
import { ORDER_ENDS } from '../audit/books.ts';
import { compare } from '../audit/compare.ts';
import { readBooks, type AuditTarget } from '../audit/read-books.ts';
import { count, rows } from '../audit/rows.ts';

const LOOK_EVERY_MS = 500;
const TELL_EVERY_MS = 10_000;
const AUDIT_EVERY_MS = 2_000;

/** Orders of one run, by the prefix of their ids: others may sell through the same system at the same time. */
export interface OwnOrders {
  readonly target: AuditTarget;
  readonly prefix: string;
}

/** Statuses as `order` has them, by order id. */
export async function statusesOf({ target, prefix }: OwnOrders): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const query = `select order_id, status from orders where starts_with(order_id, '${prefix}')`;
  for await (const { order_id, status } of rows<{ order_id: string; status: string }>(target.databaseUrls.order, query)) found.set(order_id, status);
  return found;
}

export interface Expected {
  readonly orders: number;
  readonly withinMs: number;
}

/** Waits until so many orders have ended, telling how many have not. @returns false when time ran out first */
export function untilEnded({ target, prefix }: OwnOrders, { orders, withinMs }: Expected): Promise<boolean> {
  const ends = ORDER_ENDS.map((status) => `'${status}'`).join(', ');
  const query = `select count(*) from orders where starts_with(order_id, '${prefix}') and status in (${ends})`;
  return until(withinMs, async () => {
    const ended = await count(target.databaseUrls.order, query);
    return ended >= orders ? undefined : `${orders - ended} of ${orders} orders have not ended`;
  });
}

/** Waits until so many orders are paid. @returns false when time ran out first */
export function untilPaid({ target, prefix }: OwnOrders, { orders, withinMs }: Expected): Promise<boolean> {
  const query = `select count(*) from orders where starts_with(order_id, '${prefix}') and status = 'paid'`;
  return until(withinMs, async () => {
    const paid = await count(target.databaseUrls.order, query);
    return paid >= orders ? undefined : `${orders - paid} of ${orders} orders are not paid`;
  });
}

/** What the five books say wrongly of these orders. What is only on its way is given time; a thing done twice stays. */
export async function findingsOf({ target, prefix }: OwnOrders, withinMs: number): Promise<string[]> {
  let findings: string[] = [];
  await until(withinMs, async () => {
    const moment = { nowMs: Date.now(), isSettled: true };
    findings = [...await readBooks(target)]
      .filter(([key]) => key.includes(`:${prefix}`))
      .flatMap(([key, books]) => compare(books, moment).map(({ kind, what }) => `${kind} ${key}: ${what}`));
    return findings.length === 0 ? undefined : `${findings.length} findings in the books`;
  }, AUDIT_EVERY_MS);
  return findings;
}

export interface DeadLetter {
  readonly service: Service;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string;
  readonly problem: string;
  readonly status: string;
  readonly value: Buffer;
}

/** What any service has set aside of these orders. */
export async function deadLettersOf({ target, prefix }: OwnOrders): Promise<DeadLetter[]> {
  const query = `select topic, partition, "offset"::text as "offset", key, problem, status, value from dead_letters where key like '%:${prefix}%' order by id`;
  const found: DeadLetter[] = [];
  for (const service of services) for await (const row of rows<Omit<DeadLetter, 'service'>>(target.databaseUrls[service], query)) found.push({ service, ...row });
  return found;
}

export function describeLetter({ service, topic, partition, offset, key, problem }: DeadLetter): string {
  return `${deadLetterTopic(service)} has ${key} of ${topic}/${partition}@${offset}: ${problem}`;
}

/** A database that is away only postpones the look. */
async function until(withinMs: number, missing: () => Promise<string | undefined>, everyMs = LOOK_EVERY_MS): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  let toldAt = Date.now();
  for (;;) {
    const lacking = await missing().catch((error: unknown) => `no answer: ${error instanceof Error ? error.message : String(error)}`);
    if (lacking === undefined) return true;
    if (Date.now() > deadline) return false;
    if (Date.now() - toldAt > TELL_EVERY_MS) {
      report('waiting', lacking);
      toldAt = Date.now();
    }
    await wait(everyMs);
  }
}
