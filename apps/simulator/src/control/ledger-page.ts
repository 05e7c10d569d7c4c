import type { RefundStatus } from '@scantill/alipay';
import type { Ledger } from '../alipay/ledger.js';
import { refundStatus, type Payment, type Refund } from '../alipay/payment.js';
import { instantText } from '../time.js';

export interface LedgerPage {
  readonly payments: readonly LedgerEntry[];
  /** Where the next page begins; `null` after the last payment. */
  readonly next: number | null;
}

/** A payment as an audit needs it. Amounts are in the smallest unit of the payment's currency; times are booked times. */
export interface LedgerEntry {
  readonly clientId: string;
  readonly referenceOrderId: string | null;
  readonly paymentRequestId: string;
  readonly paymentId: string;
  readonly amount: { readonly currency: string; readonly value: string };
  readonly settlementCurrency: string | null;
  readonly status: Payment['status'];
  readonly resultCode: string;
  readonly issuedAt: string;
  readonly expiresAt: string;
  readonly paidAt: string | null;
  readonly cancelledAt: string | null;
  /** What the customer paid, and what a cancel gave back of it. */
  readonly paid: string;
  readonly cancelled: string;
  /** Sum of the refunds that are done. */
  readonly refunded: string;
  readonly refundsInProcess: number;
  readonly refunds: readonly LedgerRefund[];
  readonly notification: Payment['notification'];
}

export interface LedgerRefund {
  readonly refundRequestId: string;
  readonly referenceRefundId: string | null;
  readonly refundId: string;
  readonly value: string;
  readonly status: RefundStatus;
  readonly acceptedAt: string;
  readonly completedAt: string | null;
}

/**
 * @param range `cursor` is the running number of the first payment that is looked at, `limit` how many are; a page of one client holds its own among these
 * @param now business time, to close what has expired
 */
export function ledgerPage(ledger: Ledger, range: { cursor: number; limit: number; client?: string | undefined }, now: number): LedgerPage {
  const end = Math.min(range.cursor + range.limit, ledger.payments.length);
  const payments = ledger.payments.slice(range.cursor, end).filter(({ clientId }) => range.client === undefined || clientId === range.client);
  const entries = payments.map((payment) => {
    ledger.closeIfExpired(payment, now);
    return entryOf(ledger, payment);
  });
  return { payments: entries, next: end < ledger.payments.length ? end : null };
}

function entryOf(ledger: Ledger, payment: Payment): LedgerEntry {
  const { clientId, currency, value, status, resultCode, issuedAt, expiresAt, paidAt, cancelledAt, refunds, notification } = payment;
  const withStatus = (wanted: RefundStatus) => refunds.filter((refund) => refundStatus(refund) === wanted);
  return {
    clientId,
    referenceOrderId: payment.orderId ?? null,
    paymentRequestId: payment.requestId,
    paymentId: ledger.paymentId(payment),
    amount: { currency, value },
    settlementCurrency: payment.settlementCurrency ?? null,
    status,
    resultCode,
    issuedAt: instantText(issuedAt),
    expiresAt: instantText(expiresAt),
    paidAt: instantOrNull(paidAt),
    cancelledAt: instantOrNull(cancelledAt),
    paid: paidAt === undefined ? '0' : value,
    cancelled: paidAt === undefined || cancelledAt === undefined ? '0' : value,
    refunded: String(withStatus('SUCCESS').reduce((sum, refund) => sum + BigInt(refund.value), 0n)),
    refundsInProcess: withStatus('PROCESSING').length,
    refunds: refunds.map((refund) => refundOf(ledger, refund)),
    notification,
  };
}

function refundOf(ledger: Ledger, refund: Refund): LedgerRefund {
  return {
    refundRequestId: refund.requestId,
    referenceRefundId: refund.referenceId ?? null,
    refundId: ledger.refundId(refund),
    value: refund.value,
    status: refundStatus(refund),
    acceptedAt: instantText(refund.acceptedAt),
    completedAt: instantOrNull(refund.completedAt),
  };
}

function instantOrNull(at: number | undefined): string | null {
  return at === undefined ? null : instantText(at);
}
