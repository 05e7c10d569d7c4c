import type { PaymentStatus, RefundStatus } from '@scantill/alipay';

/** Who sells, and where it wants to be told how a payment ended. One object for all payments of a shop. */
export interface Merchant {
  readonly merchantId: string;
  readonly merchantName: string;
  readonly storeId: string;
  readonly storeName: string;
  readonly notifyUrl?: string | undefined;
}

/** A line of the order as the customer sees it. */
export interface OrderLine {
  readonly name: string;
  readonly quantity: string;
}

/** A wallet and its customer, as merchants get to know them. */
export interface PayingWallet {
  readonly paymentMethodType: string;
  readonly pspName: string;
  readonly pspCustomerId: string;
  /** Masked: the only form in which the customer's login leaves the wallet. */
  readonly displayCustomerId: string;
}

/** What a wallet reports once its customer has confirmed. The value is in the smallest unit of the wallet's currency. */
export interface Charge {
  readonly wallet: PayingWallet;
  readonly currency: string;
  readonly value: string;
  /** Missing when the wallet's currency is the merchant's. */
  readonly quote?: { readonly pair: string; readonly price: string } | undefined;
}

/** A refund that ends a while after it was accepted. */
export interface AsynchronousRefund {
  /** Of business time, from its acceptance. */
  readonly ms: number;
  readonly outcome: 'SUCCESS' | 'FAIL';
}

export interface Refund {
  readonly number: number;
  readonly payment: Payment;
  readonly requestId: string;
  readonly referenceId: string | undefined;
  readonly value: string;
  readonly acceptedAt: number;
  /** Booked time; until then the refund is in process. */
  completedAt: number | undefined;
  /** Alipay's result code, once the refund has failed. */
  failureCode: string | undefined;
  readonly asynchronous: AsynchronousRefund | undefined;
}

export type NotificationState = 'none' | 'pending' | 'acknowledged' | 'given-up';

/** A payment as Alipay keeps it. Times are epoch milliseconds; those marked booked decide in which day's file a row stands. */
export interface Payment {
  readonly number: number;
  readonly clientId: string;
  readonly requestId: string;
  readonly orderId: string | undefined;
  readonly currency: string;
  readonly value: string;
  readonly settlementCurrency: string | undefined;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly merchant: Merchant;
  readonly description: string;
  readonly isSandbox: boolean;
  /** Let go once nobody can pay any more. */
  lines: readonly OrderLine[];
  status: PaymentStatus;
  /** How the payment went, in Alipay's result codes: `PAYMENT_IN_PROCESS`, `SUCCESS`, `ORDER_IS_CLOSED` … */
  resultCode: string;
  charge: Charge | undefined;
  /** Booked. */
  paidAt: number | undefined;
  /** Booked. */
  cancelledAt: number | undefined;
  refunds: readonly Refund[];
  notification: NotificationState;
  notificationsSent: number;
  /** Real time in epoch milliseconds. */
  nextNotificationAt: number;
}

export function refundStatus({ completedAt, failureCode }: Refund): RefundStatus {
  if (completedAt !== undefined) return 'SUCCESS';
  return failureCode === undefined ? 'PROCESSING' : 'FAIL';
}

/** Those that are done or may still succeed. */
export function standingRefunds(payment: Payment): readonly Refund[] {
  return payment.refunds.filter((refund) => refund.failureCode === undefined);
}

/** Standing refunds together, also those still in process: Alipay never lets them exceed the payment. */
export function refundedValue(payment: Payment): bigint {
  return standingRefunds(payment).reduce((sum, refund) => sum + BigInt(refund.value), 0n);
}
