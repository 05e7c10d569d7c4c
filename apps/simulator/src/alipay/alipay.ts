import type { BusinessClock } from '../time.js';
import type { Ledger } from './ledger.js';
import type { Notifier } from './notifier.js';
import type { Payment } from './payment.js';
import type { RefundDesk } from './refund-desk.js';

/** What the calls of Alipay's API work on. */
export interface Alipay {
  readonly ledger: Ledger;
  readonly clock: BusinessClock;
  readonly notifier: Notifier;
  readonly refundDesk: RefundDesk;
  /** Begins the URL in every QR code. */
  readonly publicUrl: string;
  /** The till shows the code; from here on somebody may scan it. */
  readonly codeShown: (code: string) => void;
}

/** Finds a payment by one of its ids; `paymentId` wins. A code whose time is over is closed before anyone looks at it. */
export function findPayment(alipay: Alipay, ids: { paymentId?: string | undefined; paymentRequestId?: string | undefined }): Payment | undefined {
  const { ledger, clock } = alipay;
  const payment = ids.paymentId !== undefined ? ledger.findByPaymentId(ids.paymentId) : ledger.findByRequestId(ids.paymentRequestId ?? '');
  if (payment) ledger.closeIfExpired(payment, clock.now());
  return payment;
}
