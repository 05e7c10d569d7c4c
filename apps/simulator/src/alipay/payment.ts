import type { PaymentStatus } from '@scantill/alipay';

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

export interface Refund {
  readonly number: number;
  readonly payment: Payment;
  readonly requestId: string;
  readonly referenceId: string | undefined;
  readonly value: string;
  readonly acceptedAt: number;
  /** Booked time; until then the refund is in process. */
  completedAt: number | undefined;
}

export type NotificationState = 'none' | 'pending' | 'acknowledged' | 'given-up';

/** A payment as Alipay keeps it. Times are epoch milliseconds; those marked booked decide in which day's file a row stands. */
export interface Payment {
  readonly number: number;
  readonly requestId: string;
  readonly orderId: string | undefined;
  readonly currency: string;
  readonly value: string;
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

/** Accepted refunds together, also those still in process: Alipay never lets them exceed the payment. */
export function refundedValue(payment: Payment): bigint {
  return payment.refunds.reduce((sum, refund) => sum + BigInt(refund.value), 0n);
}
