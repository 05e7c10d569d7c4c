import { setTimeout as wait } from 'node:timers/promises';
import { report } from '../bootstrap/progress.mjs';
import { Books } from '../audit/books.ts';
import { readBooks } from '../audit/read-books.ts';
import { judge } from '../audit/judge.ts';
import { deadLettersOf, describeLetter, type OwnOrders } from '../crash/own-orders.ts';
import type { FaultStage } from './fault-stage.ts';

const LOOK_EVERY_MS = 2_000;
const TELL_EVERY_MS = 10_000;

type Verdict = ReturnType<typeof judge>;

/**
 * The audit of these orders alone: others may sell on the same stack. What is only on its way is given time to arrive.
 * @returns their books as they are in the end
 */
export async function auditOwn({ target, checks, demo }: FaultStage, part: string, { prefix, withinMs }: { readonly prefix: string; readonly withinMs: number }): Promise<Books> {
  const own: OwnOrders = { target, prefix };
  const deadline = Date.now() + withinMs;
  let toldAt = Date.now();
  for (;;) {
    const books = await readOwnBooks(own, demo.chain.id);
    const verdict = judge(books, { nowMs: Date.now(), isSettled: true });
    const found = findingsOf(verdict);
    if (found.length === 0 || Date.now() > deadline) {
      checks.none(part, `the audit of ${summaryOf(verdict)}`, found);
      checks.none(part, 'nothing was set aside', (await deadLettersOf(own)).map(describeLetter));
      return books;
    }
    if (Date.now() - toldAt > TELL_EVERY_MS) {
      report('waiting', `${found.length} findings in the books, ${found[0]} for one`);
      toldAt = Date.now();
    }
    await wait(LOOK_EVERY_MS);
  }
}

/** What the five books say of these orders now. */
export async function readOwnBooks({ target, prefix }: OwnOrders, chainId: string): Promise<Books> {
  const own = new Books();
  for (const [orderKey, books] of await readBooks(target)) if (orderKey.startsWith(`${chainId}:${prefix}`)) Object.assign(own.of(orderKey), books);
  return own;
}

function findingsOf({ findings, invariants }: Verdict): string[] {
  const broken = invariants.filter(({ holds }) => !holds).flatMap(({ name, findings: broke }) => broke.map((what) => `invariant "${name}": ${what}`));
  return [...findings.map(({ kind, orderKey, what }) => `${kind} ${orderKey}: ${what}`), ...broken];
}

function summaryOf({ counts, invariants, statuses }: Verdict): string {
  const byStatus = Object.entries(statuses).map(([status, times]) => `${times} ${status}`).join(', ');
  const { orders, lost, double, disagree } = counts;
  return `${orders} orders (${byStatus}): ${lost} lost, ${double} double, ${disagree} disagree; ${invariants.filter(({ holds }) => holds).length} of ${invariants.length} invariants hold`;
}
