import type { Ledger } from '../alipay/ledger.js';
import type { Payment } from '../alipay/payment.js';
import { instantText } from '../time.js';

export interface LedgerPage {
  readonly payments: readonly LedgerEntry[];
  /** Where the next page begins; `null` after the last payment. */
  readonly next: number | null;
}

/** A payment as an audit needs it. Amounts are in the smallest unit; times are booked times. */
export interface LedgerEntry {
  readonly referenceOrderId: string | null;
  readonly paymentRequestId: string;
  readonly paymentId: string;
  readonly amount: { readonly currency: string; readonly value: string };
  readonly status: Payment['status'];
  readonly resultCode: string;
  readonly issuedAt: string;
  readonly paidAt: string | null;
  readonly cancelledAt: string | null;
  /** Sum of the refunds that are done. */
  readonly refunded: string;
  readonly refundsInProcess: number;
  readonly notification: Payment['notification'];
}

/** @param cursor running number of the first payment of the page @param now business time, to close what has expired */
export function ledgerPage(ledger: Ledger, range: { cursor: number; limit: number }, now: number): LedgerPage {
  const end = Math.min(range.cursor + range.limit, ledger.payments.length);
  const payments = ledger.payments.slice(range.cursor, end).map((payment) => {
    ledger.closeIfExpired(payment, now);
    return entryOf(ledger, payment);
  });
  return { payments, next: end < ledger.payments.length ? end : null };
}

function entryOf(ledger: Ledger, payment: Payment): LedgerEntry {
  const done = payment.refunds.filter((refund) => refund.completedAt !== undefined);
  return {
    referenceOrderId: payment.orderId ?? null,
    paymentRequestId: payment.requestId,
    paymentId: ledger.paymentId(payment),
    amount: { currency: payment.currency, value: payment.value },
    status: payment.status,
    resultCode: payment.resultCode,
    issuedAt: instantText(payment.issuedAt),
    paidAt: payment.paidAt === undefined ? null : instantText(payment.paidAt),
    cancelledAt: payment.cancelledAt === undefined ? null : instantText(payment.cancelledAt),
    refunded: String(done.reduce((sum, refund) => sum + BigInt(refund.value), 0n)),
    refundsInProcess: payment.refunds.length - done.length,
    notification: payment.notification,
  };
}
