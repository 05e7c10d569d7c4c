import { money } from '@scantill/kernel';
import type { Books, LedgerEntry, LedgerRefund } from './books.ts';

interface LedgerPage {
  readonly payments: readonly LedgerRow[];
  readonly next: number | null;
}

/** Amounts are in the smallest unit, as at Alipay. */
interface LedgerRow {
  readonly referenceOrderId: string | null;
  readonly paymentRequestId: string;
  readonly amount: { readonly currency: string; readonly value: string };
  readonly status: LedgerEntry['status'];
  readonly resultCode: string;
  readonly issuedAt: string;
  readonly expiresAt: string;
  readonly paidAt: string | null;
  readonly cancelledAt: string | null;
  readonly refunds: readonly { readonly refundRequestId: string; readonly refundId: string; readonly value: string; readonly status: LedgerRefund['status'] }[];
}

export interface AlipayStats {
  /** Of the business. */
  readonly now: string;
  readonly payments: { readonly PROCESSING: number };
  readonly notificationsPending: number;
}

const LEDGER_PAGE = 5_000;
const TIMEOUT_MS = 30_000;
const DAY_MS = 86_400_000;
/** A code that ran out. Any other failure ended it at a time that the ledger does not keep. */
const RAN_OUT = 'ORDER_IS_CLOSED';

export async function readLedger(simulatorUrl: string, books: Books): Promise<void> {
  for (let cursor: number | null = 0; cursor !== null; ) {
    const page: LedgerPage = await ask(`${simulatorUrl}/control/ledger?cursor=${cursor}&limit=${LEDGER_PAGE}`);
    for (const row of page.payments) books.of(orderKeyOf(row.referenceOrderId)).ledger.push(toEntry(row));
    cursor = page.next;
  }
}

export function readAlipayStats(simulatorUrl: string): Promise<AlipayStats> {
  return ask(`${simulatorUrl}/control/stats`);
}

async function ask<Answer>(url: string): Promise<Answer> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`the simulator answered ${response.status} to ${url}`);
  return (await response.json()) as Answer;
}

export function toEntry(row: LedgerRow): LedgerEntry {
  const { paymentRequestId, amount, status, refunds } = row;
  return {
    paymentId: paymentRequestId, status, amount: money(amount.currency, BigInt(amount.value)), wasPaid: row.paidAt !== null,
    issuedAtMs: Date.parse(row.issuedAt), closedAtMs: closedAtMs(row),
    refunds: refunds.map(({ refundRequestId, refundId, value, status: ended }) => ({ id: refundRequestId, alipayRefundId: refundId, amount: money(amount.currency, BigInt(value)), status: ended })),
  };
}

/**
 * Payments and cancels carry the time that they are booked at, which days that were closed early put off by whole days; a code and its
 * expiry do not. A code ends within a day of its issue.
 */
function closedAtMs({ status, resultCode, issuedAt, expiresAt, paidAt, cancelledAt }: LedgerRow): number | undefined {
  if (status === 'PROCESSING' || (status === 'FAIL' && resultCode !== RAN_OUT)) return undefined;
  const issuedAtMs = Date.parse(issuedAt);
  const booked = [paidAt, cancelledAt].flatMap((at) => (at === null ? [] : [issuedAtMs + ((Date.parse(at) - issuedAtMs) % DAY_MS)]));
  return Math.min(Date.parse(expiresAt), ...booked);
}

/** At Alipay an order is `<chain>_<order id>`; a chain has no underscore in it, so the first one divides. */
function orderKeyOf(referenceOrderId: string | null): string {
  return (referenceOrderId ?? '(no order)').replace('_', ':');
}
