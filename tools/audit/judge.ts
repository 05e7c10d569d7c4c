import { hasEnded, isPaid, type Books } from './books.ts';
import { compare } from './compare.ts';
import type { FindingKind, Moment } from './finding.ts';
import { invariantsOf, type Invariant } from './invariants.ts';

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
  readonly invariants: readonly Invariant[];
  /** Orders by status; `(unknown)` for what is only in the other books. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Orders that Alipay's ledger and order both call paid. */
  readonly paid: number;
  /** Not ended, and within their deadline. */
  readonly open: number;
  /** False when there was still something to do when the time to settle ran out. */
  readonly isSettled: boolean;
}

export const FINDINGS_SHOWN_MAX = 20;

/** @param moment when the books were read */
export function judge(books: Books, moment: Moment): Omit<AuditResult, 'isSettled'> {
  const counts = { orders: books.size, lost: 0, double: 0, disagree: 0 };
  const findings: OrderFinding[] = [];
  const statuses: Record<string, number> = {};
  let paid = 0;
  let open = 0;
  for (const [orderKey, each] of books) {
    const status = each.order?.status ?? '(unknown)';
    statuses[status] = (statuses[status] ?? 0) + 1;
    if (isPaid(each.order) && each.ledger.some(({ status: atAlipay }) => atAlipay === 'SUCCESS')) paid += 1;
    if (each.order !== undefined && !hasEnded(each.order)) open += 1;
    const found = compare(each, moment);
    for (const kind of new Set(found.map((finding) => finding.kind))) counts[kind] += 1;
    for (const { kind, what } of found) if (findings.length < FINDINGS_SHOWN_MAX) findings.push({ orderKey, kind, what });
  }
  return { counts, findings, invariants: invariantsOf(books, moment), statuses, paid, open };
}

export function isClean({ counts, invariants }: AuditResult): boolean {
  return counts.lost + counts.double + counts.disagree === 0 && invariants.every(({ holds }) => holds);
}

/** What programs read. */
export function auditJson({ counts, invariants }: AuditResult) {
  return { ...counts, invariants };
}

/** For people. */
export function auditText({ counts, findings, invariants, statuses, open }: AuditResult): string {
  const { orders, lost, double, disagree } = counts;
  const byStatus = Object.entries(statuses).map(([status, times]) => `${times} ${status}`).join(', ');
  const lines = [`${orders} orders (${byStatus || 'none'}; ${open} open): ${lost} lost, ${double} double, ${disagree} disagree`];
  const broken = invariants.filter(({ holds }) => !holds).flatMap(({ name, findings: broke }) => [`  does not hold: ${name}`, ...broke.map((what) => `    ${what}`)]);
  return [...lines, ...findings.map(({ kind, orderKey, what }) => `  ${kind.padEnd(8)} ${orderKey}: ${what}`), ...broken].join('\n');
}
