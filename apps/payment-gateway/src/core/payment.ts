import type { Money, OrderKey, PaymentId } from '@scantill/kernel';
import { evolveRefunds, isRefundEvent, type Refund, type RefundEvent } from './refund.js';

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
  /** What the wallet took, in its own currency, and the rate from ours to it as decimal text; null where the currencies are the same. */
  readonly charged: Money | null;
  readonly quote: { readonly pair: string; readonly price: string } | null;
}

/** Why a payment is being closed at Alipay. */
export type ClosingCause = 'order-cancelled' | 'code-expired' | 'pay-unknown' | 'operator';

/** How often we have asked already; bounds the asking and spaces it out. */
export interface Asking {
  readonly inquiries: number;
  readonly cancels: number;
}

export type PaymentState =
  /**
   * Not sent, or sent and being sent again: `expiresAt` is fixed by the first sending, since every repetition is identical.
   * `isDelayed`: held back because Alipay does not answer.
   */
  | { readonly status: 'requested'; readonly pays: number; readonly expiresAt: Date | null; readonly isDelayed: boolean }
  /** Alipay may or may not have made a code. */
  | { readonly status: 'unknown'; readonly pays: number; readonly expiresAt: Date; readonly asking: Asking }
  | { readonly status: 'code-issued'; readonly alipayPaymentId: string; readonly code: Code; readonly issuedAt: Date; readonly asking: Asking }
  /** `paidSeen`: money was seen after our cancel was sent. */
  | { readonly status: 'cancelling'; readonly cause: ClosingCause; readonly expiresAt: Date; readonly isCancelSent: boolean; readonly paidSeen: Success | null; readonly asking: Asking }
  | { readonly status: 'succeeded'; readonly success: Success }
  | { readonly status: 'failed'; readonly resultCode: string }
  /** `cancelledAt`: when Alipay confirmed our cancel; what was paid until then, it has given back. */
  | { readonly status: 'expired'; readonly beforePay: boolean; readonly cancelledAt: Date | null }
  | { readonly status: 'cancelled'; readonly paidBefore: boolean; readonly cancelledAt: Date | null };

/** How money that nobody expects goes back; a person decides where neither way is open. */
export interface GivingBack {
  readonly by: 'cancel' | 'refund' | 'person';
  readonly tries: number;
}

export type Payment = {
  readonly id: PaymentId;
  readonly bill: Bill;
  readonly createdAt: Date;
  readonly attention: string | null;
  readonly refunds: readonly Refund[];
  /** Money that came after the end. */
  readonly lateSuccess?: Success;
  /** It is on its way back. */
  readonly givingBack?: GivingBack;
  /** Somebody wants to know how it stands at Alipay, whatever the schedule says. */
  readonly isInquiryWanted?: boolean;
} & PaymentState;
export type PaymentStatus = PaymentState['status'];

export type PaymentEvent =
  | { readonly kind: 'PaymentRequested'; readonly id: PaymentId; readonly bill: Bill; readonly at: Date }
  | { readonly kind: 'PaySent'; readonly expiresAt: Date }
  /** It was not sent after all, because Alipay does not answer. */
  | { readonly kind: 'PayWithheld'; readonly isFirst: boolean; readonly wasWritten: boolean }
  | { readonly kind: 'PayUnknown'; readonly isFirst: boolean; readonly mayRepeat: boolean }
  | { readonly kind: 'CodeIssued'; readonly alipayPaymentId: string; readonly code: Code; readonly at: Date }
  | { readonly kind: 'Inquired' }
  | { readonly kind: 'InquiryWanted' }
  | { readonly kind: 'ClosingStarted'; readonly cause: ClosingCause }
  | { readonly kind: 'CancelSent' }
  /** Money was seen after our cancel was sent: the cancel gives it back. */
  | { readonly kind: 'PaidSeen'; readonly success: Success }
  | { readonly kind: 'Succeeded'; readonly success: Success; readonly reportedAt: Date }
  | { readonly kind: 'Failed'; readonly resultCode: string; readonly byCustomer: boolean }
  | { readonly kind: 'Expired'; readonly beforePay: boolean; readonly cancelledAt: Date | null }
  | { readonly kind: 'Cancelled'; readonly paidBefore: boolean; readonly cancelledAt: Date | null }
  | { readonly kind: 'LateSuccess'; readonly success: Success; readonly reportedAt: Date }
  | { readonly kind: 'GivingBack'; readonly by: GivingBack['by'] }
  | { readonly kind: 'GiveBackTried' }
  /** Alipay confirmed the cancel of what nobody expected. A refund that gives back says so itself. */
  | { readonly kind: 'GivenBack'; readonly cancelledAt: Date }
  /** A signed report that disagrees with ours is set apart; our own inquiry decides. */
  | { readonly kind: 'ReportQuarantined'; readonly reason: string }
  | { readonly kind: 'AttentionNeeded'; readonly reason: string; readonly reported: Money | null }
  | RefundEvent;

const NOT_ASKED: Asking = { inquiries: 0, cancels: 0 };
/** As often as no repetition is left. */
export const PAYS_MAX = 3;

/** What a report of success can get wrong. */
export const disagreements = {
  incomplete: 'the report of success names no amount or no payment id',
  amount: 'the reported amount differs from ours',
  id: "the reported payment id differs from the code's",
} as const;

export function isDisagreement(reason: string | null): boolean {
  return Object.values(disagreements).some((each) => each === reason);
}

/** Alipay itself says it was paid, but not as we asked. Cancelling would give the money back: that is for a person to decide. */
export function isDisputed(payment: Payment): boolean {
  const isDecided = payment.status === 'cancelling' && payment.cause === 'operator';
  return !hasEnded(payment) && !isDecided && isDisagreement(payment.attention);
}

/** The state after an event; the first event of a payment makes it. */
export function evolve(payment: Payment | undefined, event: PaymentEvent): Payment {
  if (event.kind === 'PaymentRequested') return { id: event.id, bill: event.bill, createdAt: event.at, attention: null, refunds: [], status: 'requested', pays: 0, expiresAt: null, isDelayed: false };
  const before = payment as Payment;
  if (isRefundEvent(event)) return afterRefund({ ...before, refunds: evolveRefunds(before.refunds, event) }, event);
  const { id, bill, createdAt, attention, refunds } = before;
  const same = { id, bill, createdAt, attention, refunds };
  switch (event.kind) {
    case 'PaySent': return { ...same, status: 'requested', pays: paysOf(before) + 1, expiresAt: event.expiresAt, isDelayed: before.status === 'requested' && before.isDelayed };
    case 'PayWithheld': return withheld(before, event.wasWritten);
    case 'PayUnknown': return { ...same, status: 'unknown', pays: event.mayRepeat ? paysOf(before) : PAYS_MAX, expiresAt: expiryOf(before), asking: askingOf(before) };
    case 'CodeIssued': return { ...same, status: 'code-issued', alipayPaymentId: event.alipayPaymentId, code: event.code, issuedAt: event.at, asking: NOT_ASKED };
    case 'Inquired': return inquired(before);
    case 'InquiryWanted': return { ...before, isInquiryWanted: true };
    case 'ClosingStarted': return { ...same, status: 'cancelling', cause: event.cause, expiresAt: expiryOf(before), ...cancelOf(before), asking: NOT_ASKED };
    case 'CancelSent': return before.status === 'cancelling' ? { ...before, isCancelSent: true, asking: { ...before.asking, cancels: before.asking.cancels + 1 } } : before;
    case 'PaidSeen': return before.status === 'cancelling' ? { ...before, paidSeen: event.success } : before;
    case 'Succeeded': return { ...same, status: 'succeeded', success: event.success };
    case 'Failed': return { ...same, status: 'failed', resultCode: event.resultCode };
    case 'Expired': return { ...same, status: 'expired', beforePay: event.beforePay, cancelledAt: event.cancelledAt };
    case 'Cancelled': return { ...same, status: 'cancelled', paidBefore: event.paidBefore, cancelledAt: event.cancelledAt };
    case 'LateSuccess': return { ...before, lateSuccess: event.success };
    case 'GivingBack': return { ...before, givingBack: { by: event.by, tries: 0 } };
    case 'GiveBackTried': return before.givingBack === undefined ? before : { ...before, givingBack: { ...before.givingBack, tries: before.givingBack.tries + 1 } };
    case 'GivenBack': return { ...withoutGivingBack(before), attention: null };
    case 'AttentionNeeded': return { ...before, attention: event.reason };
    // Asked again before anything else is sent: a cancel would give back what may have been paid.
    case 'ReportQuarantined': return before.status === 'cancelling' ? { ...before, asking: { ...before.asking, inquiries: Math.min(before.asking.inquiries, before.asking.cancels) } } : before;
  }
}

/** `wasWritten`: a sending was noted that did not happen. */
function withheld(before: Payment, wasWritten: boolean): Payment {
  if (before.status !== 'requested') return before;
  const pays = wasWritten ? Math.max(0, before.pays - 1) : before.pays;
  return { ...before, pays, expiresAt: pays === 0 ? null : before.expiresAt, isDelayed: true };
}

function inquired(before: Payment): Payment {
  const { isInquiryWanted: _answered, ...rest } = before;
  const after = rest as Payment;
  return 'asking' in after ? { ...after, asking: { ...after.asking, inquiries: after.asking.inquiries + 1 } } : after;
}

function withoutGivingBack(before: Payment): Payment {
  const { givingBack: _done, ...after } = before;
  return after as Payment;
}

/** A refund without a caller's key gives late money back: with it, that is done. */
function afterRefund(payment: Payment, event: RefundEvent): Payment {
  const isGiveBack = event.kind === 'RefundSucceeded' && payment.refunds.some(({ id, key }) => id === event.id && key === null);
  return isGiveBack ? { ...withoutGivingBack(payment), attention: null } : payment;
}

function paysOf(payment: Payment): number {
  return 'pays' in payment ? payment.pays : 0;
}

/** What was sent stays sent when a person takes the closing over. */
function cancelOf(payment: Payment): { readonly isCancelSent: boolean; readonly paidSeen: Success | null } {
  return payment.status === 'cancelling' ? { isCancelSent: payment.isCancelSent, paidSeen: payment.paidSeen } : { isCancelSent: false, paidSeen: null };
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
