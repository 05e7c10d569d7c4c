import { judge, type AuditResult } from './judge.ts';
import { readBooks, type AuditTarget } from './read-books.ts';
import { readAlipayStats } from './read-ledger.ts';
import { settle } from './settle.ts';

export interface AuditOptions {
  /** Waits at most this long until the system has nothing left to do; 0 looks at once. */
  readonly settleMs: number;
  readonly tell: (what: string) => void;
}

/** Compares the books of the simulator, the gateway, order, notification and reconciliation, order by order. */
export async function runAudit(target: AuditTarget, { settleMs, tell }: AuditOptions): Promise<AuditResult> {
  const isSettled = settleMs > 0 ? await settle(target, { withinMs: settleMs, tell: (open) => tell(`waiting: ${open}`) }) : false;
  const books = await readBooks(target);
  // Deadlines are by the clock of the business, which may run faster than ours.
  const { now } = await readAlipayStats(target.simulatorUrl);
  return { ...judge(books, { nowMs: Date.parse(now), isSettled: settleMs > 0 }), isSettled };
}
