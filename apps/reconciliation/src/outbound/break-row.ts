import { createHash } from 'node:crypto';
import { money, type Money } from '@scantill/kernel';
import type { BreakKind, Verdict } from '../core/break.js';
import type { Difference } from './day-matching.js';
import type { Day } from './file.repository.js';

/** A difference that somebody has to explain, with what proves it. */
export interface Break {
  readonly id: string;
  /** Its version: opened, changed, resolved, opened again. */
  readonly sequence: number;
  readonly status: 'open' | 'resolved';
  readonly kind: BreakKind;
  readonly chainId: string;
  readonly accountId: string;
  readonly date: string;
  readonly type: string;
  readonly orderKey: string | null;
  readonly paymentId: string | null;
  /** Our request: the payment itself, or the refund. */
  readonly requestId: string | null;
  readonly alipayId: string | null;
  readonly ours: Money | null;
  readonly theirs: Money | null;
  readonly amountAtRisk: Money;
  readonly file: { readonly id: string; readonly line: number; readonly raw: string } | null;
  readonly eventId: string | null;
  readonly openedAt: Date;
  readonly resolvedAt: Date | null;
}

export interface BreakRow {
  readonly id: string;
  readonly sequence: number;
  readonly status: Break['status'];
  readonly kind: BreakKind;
  readonly chain_id: string;
  readonly account_id: string;
  readonly business_date: string;
  readonly type: string;
  readonly order_key: string | null;
  readonly payment_id: string | null;
  readonly request_id: string | null;
  readonly alipay_id: string | null;
  readonly ours_currency: string | null;
  readonly ours_minor: bigint | null;
  readonly theirs_currency: string | null;
  readonly theirs_minor: bigint | null;
  readonly risk_currency: string;
  readonly risk_minor: bigint;
  readonly file_id: string | null;
  readonly line: number | null;
  readonly raw: string | null;
  readonly event_id: string | null;
  readonly opened_at: Date;
  readonly resolved_at: Date | null;
}

/** What differs decides the id, so that the same difference has the same one whenever it is found. */
export function breakId(day: Day, kind: BreakKind, { type, requestId, alipayId, copy }: Difference): string {
  const request = type === 'REFUND' ? 'refund' : 'payment';
  const subject = kind === 'missing-with-us' || kind === 'duplicate-line' ? `line ${alipayId} ${copy}` : `${request} ${requestId}`;
  return createHash('sha256').update([day.accountId, kind, type, subject].join('\n')).digest('hex').slice(0, 32);
}

export function toNewRow(day: Day, { kind, amountAtRisk }: Verdict, difference: Difference) {
  const { date, type, orderKey, paymentId, requestId, alipayId, ours, theirs, file, eventId } = difference;
  return {
    id: breakId(day, kind, difference), kind, chain_id: day.chainId, account_id: day.accountId, business_date: date, type, order_key: orderKey, payment_id: paymentId, request_id: requestId, alipay_id: alipayId,
    ours_currency: ours?.currency ?? null, ours_minor: ours?.minor.toString() ?? null, theirs_currency: theirs?.currency ?? null, theirs_minor: theirs?.minor.toString() ?? null,
    risk_currency: amountAtRisk.currency, risk_minor: amountAtRisk.minor.toString(), file_id: file?.id ?? null, line: file?.line ?? null, raw: file?.raw ?? null, event_id: eventId,
  };
}

export function toBreak(row: BreakRow): Break {
  return {
    id: row.id, sequence: row.sequence, status: row.status, kind: row.kind, chainId: row.chain_id, accountId: row.account_id, date: row.business_date, type: row.type,
    orderKey: row.order_key, paymentId: row.payment_id, requestId: row.request_id, alipayId: row.alipay_id,
    ours: amount(row.ours_currency, row.ours_minor), theirs: amount(row.theirs_currency, row.theirs_minor), amountAtRisk: money(row.risk_currency, row.risk_minor),
    file: row.file_id === null || row.line === null ? null : { id: row.file_id, line: row.line, raw: row.raw ?? '' },
    eventId: row.event_id, openedAt: row.opened_at, resolvedAt: row.resolved_at,
  };
}

function amount(currency: string | null, minor: bigint | null): Money | null {
  return currency === null || minor === null ? null : money(currency, minor);
}
