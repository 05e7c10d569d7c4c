import { compare, type FindingKind } from './compare.ts';
import { hasEnded } from './books.ts';
import { readBooks, type AuditTarget } from './read-books.ts';
import { settle } from './settle.ts';

/** Orders of all books together, and how many of them have a finding of each kind. */
export interface AuditCounts {
  readonly orders: number;
  readonly lost: number;
  readonly double: number;
  readonly disagree: number;
}

export interface OrderFinding {
  readonly orderKey: string;
  readonly kind: FindingKind;
  readonly what: string;
}

export interface AuditResult {
  readonly counts: AuditCounts;
  /** The first ones, for a person to read. */
  readonly findings: readonly OrderFinding[];
  /** Orders by status; `(unknown)` for what is only in the other books. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Orders that Alipay's ledger and order both call paid. */
  readonly paid: number;
  /** Not ended, and within their deadline. */
  readonly open: number;
  /** False when there was still something to do when the time to settle ran out. */
  readonly isSettled: boolean;
}

export interface AuditOptions {
  /** Waits at most this long until the system has nothing left to do; 0 looks at once. */
  readonly settleMs: number;
  readonly tell: (what: string) => void;
}

export const FINDINGS_SHOWN_MAX = 20;

/** Compares the books of the simulator, the gateway, order, notification and reconciliation, order by order. */
export async function runAudit(target: AuditTarget, { settleMs, tell }: AuditOptions): Promise<AuditResult> {
  const isSettled = settleMs > 0 ? await settle(target, { withinMs: settleMs, tell: (open) => tell(`waiting: ${open}`) }) : false;
  const books = await readBooks(target);
  const moment = { nowMs: Date.now(), isSettled: settleMs > 0 };
  const counts = { orders: books.size, lost: 0, double: 0, disagree: 0 };
  const findings: OrderFinding[] = [];
  const statuses: Record<string, number> = {};
  let paid = 0;
  let open = 0;
  for (const [orderKey, each] of books) {
    const status = each.order?.status ?? '(unknown)';
    statuses[status] = (statuses[status] ?? 0) + 1;
    if (status === 'paid' && each.ledger.some(({ status: atAlipay }) => atAlipay === 'SUCCESS')) paid += 1;
    if (each.order !== undefined && !hasEnded(each.order)) open += 1;
    const found = compare(each, moment);
    for (const kind of new Set(found.map((finding) => finding.kind))) counts[kind] += 1;
    for (const { kind, what } of found) if (findings.length < FINDINGS_SHOWN_MAX) findings.push({ orderKey, kind, what });
  }
  return { counts, findings, statuses, paid, open, isSettled };
}

export function isClean({ counts }: AuditResult): boolean {
  return counts.lost + counts.double + counts.disagree === 0;
}

/** For people. */
export function auditText({ counts, findings, statuses, open }: AuditResult): string {
  const { orders, lost, double, disagree } = counts;
  const byStatus = Object.entries(statuses).map(([status, times]) => `${times} ${status}`).join(', ');
  const lines = [`${orders} orders (${byStatus || 'none'}; ${open} open): ${lost} lost, ${double} double, ${disagree} disagree`];
  return [...lines, ...findings.map(({ kind, orderKey, what }) => `  ${kind.padEnd(8)} ${orderKey}: ${what}`)].join('\n');
}
