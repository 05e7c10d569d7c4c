import type { BusinessClock } from '../time.js';
import type { Account } from './accounts.js';
import type { Ledger } from './ledger.js';
import type { Notifier } from './notifier.js';
import type { AsynchronousRefund, Payment } from './payment.js';
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
  /** A customer confirms the code, at once or at a business time in epoch milliseconds. */
  readonly customerConfirms: (code: string) => void;
  readonly customerConfirmsAt: (code: string, at: number) => void;
  /** Payments whose customer is too late and yet will be charged. */
  readonly latecomers: Map<Payment, Lateness>;
}

/** Once its code has expired, or once its payment has been cancelled. */
export type Lateness = 'after-expiry' | 'after-cancel';

/** Who calls, and what is special about this call. */
export interface Caller {
  readonly account: Account;
  readonly isSandbox: boolean;
  /** The customer who is shown this code takes longer than it lives. */
  readonly dawdles?: boolean;
  /** A refund ends later, whether that was asked for or not. */
  readonly asynchronous?: AsynchronousRefund;
}

export interface PaymentIds {
  readonly paymentId?: string | undefined;
  readonly paymentRequestId?: string | undefined;
}

/** Finds one of the caller's payments by one of its ids; `paymentId` wins. A code whose time is over is closed before anyone looks at it. */
export function findPayment(alipay: Alipay, ids: PaymentIds, { account: { clientId } }: Caller): Payment | undefined {
  const { ledger, clock } = alipay;
  const payment = ids.paymentId !== undefined ? ledger.findByPaymentId(ids.paymentId) : ledger.of(clientId).payments.get(ids.paymentRequestId ?? '');
  if (payment?.clientId !== clientId) return undefined;
  ledger.closeIfExpired(payment, clock.now());
  return payment;
}
