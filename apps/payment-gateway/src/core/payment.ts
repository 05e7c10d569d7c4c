import type { Money, OrderKey, PaymentId } from '@scantill/kernel';

/** What the order said when it was placed: all that paying needs. */
export interface Bill {
  readonly orderKey: OrderKey;
  readonly chainId: string;
  readonly orderId: string;
  readonly storeId: string;
  readonly tillId: string | null;
  readonly accountId: string;
  readonly amount: Money;
  readonly description: string;
  /** What the customer sees in the wallet. */
  readonly lines: readonly { readonly name: string; readonly quantity: number }[];
  readonly storeName: string;
  readonly storeMcc: string;
  readonly region: string;
  readonly referenceMerchantId: string;
  readonly merchantName: string;
  readonly merchantMcc: string;
  readonly settlementCurrency: string;
  readonly codeSeconds: number;
  readonly validUntil: Date;
  /** Follows the order through every service. */
  readonly correlationId: string;
}

export interface Code {
  readonly text: string;
  readonly expiresAt: Date;
}

/** What Alipay confirmed when somebody paid. */
export interface Success {
  readonly alipayPaymentId: string;
  readonly wallet: string | null;
  readonly paidAt: Date;
}

/** Why a payment is being closed at Alipay. */
export type ClosingCause = 'order-cancelled' | 'code-expired' | 'pay-unknown';

/** How often we have asked already; bounds the asking and spaces it out. */
export interface Asking {
  readonly inquiries: number;
  readonly cancels: number;
}

export type PaymentState =
  /** Not sent, or sent and being sent again: `expiresAt` is fixed by the first sending, since every repetition is identical. */
  | { readonly status: 'requested'; readonly pays: number; readonly expiresAt: Date | null }
  /** Alipay may or may not have made a code. */
  | { readonly status: 'unknown'; readonly pays: number; readonly expiresAt: Date; readonly asking: Asking }
  | { readonly status: 'code-issued'; readonly alipayPaymentId: string; readonly code: Code; readonly issuedAt: Date; readonly asking: Asking }
  | { readonly status: 'cancelling'; readonly cause: ClosingCause; readonly expiresAt: Date; readonly isCancelSent: boolean; readonly isPaidSeen: boolean; readonly asking: Asking }
  | { readonly status: 'succeeded'; readonly success: Success }
  | { readonly status: 'failed'; readonly resultCode: string }
  /** `cancelledAt`: when Alipay confirmed our cancel; what was paid until then, it has given back. */
  | { readonly status: 'expired'; readonly beforePay: boolean; readonly cancelledAt: Date | null }
  | { readonly status: 'cancelled'; readonly paidBefore: boolean; readonly cancelledAt: Date | null };

export type Payment = {
  readonly id: PaymentId;
  readonly bill: Bill;
  readonly createdAt: Date;
  readonly attention: string | null;
  /** Money that came after the end. It stays where it is until somebody gives it back. */
  readonly lateSuccess?: Success;
} & PaymentState;
export type PaymentStatus = PaymentState['status'];

export type PaymentEvent =
  | { readonly kind: 'PaymentRequested'; readonly id: PaymentId; readonly bill: Bill; readonly at: Date }
  | { readonly kind: 'PaySent'; readonly expiresAt: Date }
  | { readonly kind: 'PayUnknown'; readonly isFirst: boolean }
  | { readonly kind: 'CodeIssued'; readonly alipayPaymentId: string; readonly code: Code; readonly at: Date }
  | { readonly kind: 'Inquired' }
  | { readonly kind: 'ClosingStarted'; readonly cause: ClosingCause }
  | { readonly kind: 'CancelSent' }
  /** Money was seen after our cancel was sent: the cancel gives it back. */
  | { readonly kind: 'PaidSeen' }
  | { readonly kind: 'Succeeded'; readonly success: Success; readonly reportedAt: Date }
  | { readonly kind: 'Failed'; readonly resultCode: string; readonly byCustomer: boolean }
  | { readonly kind: 'Expired'; readonly beforePay: boolean; readonly cancelledAt: Date | null }
  | { readonly kind: 'Cancelled'; readonly paidBefore: boolean; readonly cancelledAt: Date | null }
  | { readonly kind: 'LateSuccess'; readonly success: Success; readonly reportedAt: Date }
  /** A signed report that disagrees with ours is set apart; our own inquiry decides. */
  | { readonly kind: 'ReportQuarantined'; readonly reason: string }
  | { readonly kind: 'AttentionNeeded'; readonly reason: string; readonly reported: Money | null };

const NOT_ASKED: Asking = { inquiries: 0, cancels: 0 };

/** What a report of success can get wrong. */
export const disagreements = {
  incomplete: 'the report of success names no amount or no payment id',
  amount: 'the reported amount differs from ours',
  id: "the reported payment id differs from the code's",
} as const;

/** Alipay itself says it was paid, but not as we asked. Cancelling would give the money back: that is for a person to decide. */
export function isDisputed(payment: Payment): boolean {
  return !hasEnded(payment) && Object.values(disagreements).some((reason) => reason === payment.attention);
}

/** The state after an event; the first event of a payment makes it. */
export function evolve(payment: Payment | undefined, event: PaymentEvent): Payment {
  if (event.kind === 'PaymentRequested') return { id: event.id, bill: event.bill, createdAt: event.at, attention: null, status: 'requested', pays: 0, expiresAt: null };
  const before = payment as Payment;
  const { id, bill, createdAt, attention } = before;
  const same = { id, bill, createdAt, attention };
  switch (event.kind) {
    case 'PaySent': return { ...same, status: 'requested', pays: paysOf(before) + 1, expiresAt: event.expiresAt };
    case 'PayUnknown': return { ...same, status: 'unknown', pays: paysOf(before), expiresAt: expiryOf(before), asking: askingOf(before) };
    case 'CodeIssued': return { ...same, status: 'code-issued', alipayPaymentId: event.alipayPaymentId, code: event.code, issuedAt: event.at, asking: NOT_ASKED };
    case 'Inquired': return 'asking' in before ? { ...before, asking: { ...before.asking, inquiries: before.asking.inquiries + 1 } } : before;
    case 'ClosingStarted': return { ...same, status: 'cancelling', cause: event.cause, expiresAt: expiryOf(before), isCancelSent: false, isPaidSeen: false, asking: NOT_ASKED };
    case 'CancelSent': return before.status === 'cancelling' ? { ...before, isCancelSent: true, asking: { ...before.asking, cancels: before.asking.cancels + 1 } } : before;
    case 'PaidSeen': return before.status === 'cancelling' ? { ...before, isPaidSeen: true } : before;
    case 'Succeeded': return { ...same, status: 'succeeded', success: event.success };
    case 'Failed': return { ...same, status: 'failed', resultCode: event.resultCode };
    case 'Expired': return { ...same, status: 'expired', beforePay: event.beforePay, cancelledAt: event.cancelledAt };
    case 'Cancelled': return { ...same, status: 'cancelled', paidBefore: event.paidBefore, cancelledAt: event.cancelledAt };
    case 'LateSuccess': return { ...before, attention: 'late success', lateSuccess: event.success };
    case 'AttentionNeeded': return { ...before, attention: event.reason };
    // Asked again before anything else is sent: a cancel would give back what may have been paid.
    case 'ReportQuarantined': return before.status === 'cancelling' ? { ...before, asking: { ...before.asking, inquiries: Math.min(before.asking.inquiries, before.asking.cancels) } } : before;
  }
}

function paysOf(payment: Payment): number {
  return 'pays' in payment ? payment.pays : 0;
}

function askingOf(payment: Payment): Asking {
  return 'asking' in payment ? payment.asking : NOT_ASKED;
}

/** When the payment can no longer be paid at Alipay. Before the first sending it could not be paid at all. */
export function expiryOf(payment: Payment): Date {
  if (payment.status === 'code-issued') return payment.code.expiresAt;
  if ('expiresAt' in payment && payment.expiresAt !== null) return payment.expiresAt;
  return payment.createdAt;
}

export function hasEnded(payment: Payment): boolean {
  return payment.status === 'succeeded' || payment.status === 'failed' || payment.status === 'expired' || payment.status === 'cancelled';
}
