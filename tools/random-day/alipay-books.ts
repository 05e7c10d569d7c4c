import type { Money } from '@scantill/kernel';

/** Alipay's own record of one refund. */
export interface RefundRecord {
  readonly requestId: string;
  readonly refundId: string;
  readonly amount: Money;
  status: 'PROCESSING' | 'SUCCESS' | 'FAIL';
  endedMs: number;
  isReversed: boolean;
}

/** Alipay's own record of one payment. `amount` is what it took: rarely not what it was asked for. */
export interface PaymentRecord {
  readonly requestId: string;
  readonly paymentId: string;
  readonly orderKey: string;
  readonly expiresMs: number;
  readonly createdMs: number;
  readonly refunds: RefundRecord[];
  amount: Money;
  status: 'PROCESSING' | 'SUCCESS' | 'FAIL' | 'CANCELLED';
  resultCode: string;
  paidMs: number | null;
  /** The wallet took the money in time and reported it after the end. */
  isLate: boolean;
}

const DAY_MS = 86_400_000;
const BEIJING_MS = 8 * 3_600_000;
const QUARTER_MS = 15 * 60_000;

/** Until 00:15 of the next day in UTC+8 a cancel gives paid money back. */
export function isCancelWindowOver(record: PaymentRecord, nowMs: number): boolean {
  const midnightMs = Math.floor((record.createdMs + BEIJING_MS) / DAY_MS + 1) * DAY_MS - BEIJING_MS;
  return nowMs >= midnightMs + QUARTER_MS;
}

/** What Alipay has given back or is giving back of a payment. */
export function refundedMinor(record: PaymentRecord): bigint {
  return sum(record.refunds.filter(({ status, isReversed }) => status !== 'FAIL' && !isReversed));
}

/** Money that Alipay holds for us. */
export function heldMinor(record: PaymentRecord): bigint {
  return record.status === 'SUCCESS' ? record.amount.minor - refundedMinor(record) : 0n;
}

function sum(refunds: readonly RefundRecord[]): bigint {
  return refunds.reduce((total, { amount }) => total + amount.minor, 0n);
}

/** Whether somebody could still pay it. */
export function canBePaid(record: PaymentRecord, nowMs: number): boolean {
  return record.status === 'PROCESSING' && nowMs < record.expiresMs;
}
