import { assert, ok, sameMoney, type Money, type PaymentId, type Result } from '@scantill/kernel';
import { disagreements, hasEnded, type Bill, type ClosingCause, type Code, type Payment, type PaymentEvent, type Success } from './payment.js';

/** What Alipay says about a payment, from a notification or an inquiry; both are applied alike. */
export interface StatusReport {
  readonly source: 'notification' | 'inquiry';
  readonly receivedAt: Date;
  readonly verdict:
    | { readonly kind: 'success'; readonly amount: Money | null; readonly success: Success }
    | { readonly kind: 'failed'; readonly resultCode: string }
    | { readonly kind: 'cancelled' }
    | { readonly kind: 'processing' }
    | { readonly kind: 'not-found' }
    /** No believable answer. */
    | { readonly kind: 'unknown' };
}

export type PaymentInput =
  | { readonly kind: 'request'; readonly id: PaymentId; readonly bill: Bill; readonly now: Date }
  | { readonly kind: 'pay-sent'; readonly now: Date }
  | { readonly kind: 'code-issued'; readonly alipayPaymentId: string; readonly code: Code; readonly now: Date }
  | { readonly kind: 'pay-refused'; readonly resultCode: string }
  | { readonly kind: 'pay-unknown' }
  | { readonly kind: 'report'; readonly report: StatusReport }
  | { readonly kind: 'close'; readonly cause: ClosingCause }
  | { readonly kind: 'cancel-sent' }
  | { readonly kind: 'cancel-confirmed'; readonly now: Date }
  | { readonly kind: 'cancel-unknown' }
  | { readonly kind: 'cancel-refused'; readonly resultCode: string; readonly now: Date }
  | { readonly kind: 'too-late' };

/** Nothing that Alipay or an order says about a payment is refused to them; what cannot be right goes to a person. */
export type PaymentRejected = { readonly kind: 'PaymentNotFound' };

type Decision = Result<readonly PaymentEvent[], PaymentRejected>;
const nothing: Decision = ok([]);

/** Alipay's word for a payment that it does not know. */
const ORDER_NOT_EXIST = 'ORDER_NOT_EXIST';
/** The code ran out unpaid: nobody declined. */
const ORDER_IS_CLOSED = 'ORDER_IS_CLOSED';
/** It cannot be cancelled as it stands now; asking says how it stands. */
const ORDER_STATUS_INVALID = 'ORDER_STATUS_INVALID';
/** Then a person is told; the asking goes on. */
const CANCELS_BEFORE_ATTENTION = 6;

export function decide(payment: Payment | undefined, input: PaymentInput): Decision {
  if (input.kind === 'request') return payment === undefined ? ok([{ kind: 'PaymentRequested', id: input.id, bill: input.bill, at: input.now }]) : nothing;
  if (payment === undefined) return { ok: false, error: { kind: 'PaymentNotFound' } };
  switch (input.kind) {
    case 'pay-sent': return canPay(payment) ? ok([{ kind: 'PaySent', expiresAt: firstExpiry(payment, input.now) }]) : nothing;
    case 'code-issued': return issueCode(payment, input.alipayPaymentId, input.code, input.now);
    case 'pay-refused': return payment.status === 'requested' || payment.status === 'unknown' ? ok([{ kind: 'Failed', resultCode: input.resultCode, byCustomer: false }]) : closeRefused(payment, input.resultCode);
    case 'pay-unknown': return canPay(payment) ? ok([{ kind: 'PayUnknown', isFirst: paysSoFar(payment) <= 1 }]) : nothing;
    case 'report': return ok(applyReport(payment, input.report));
    case 'close': return startClosing(payment, input.cause);
    case 'cancel-sent': return payment.status === 'cancelling' ? ok([{ kind: 'CancelSent' }]) : nothing;
    case 'cancel-confirmed': return payment.status === 'cancelling' ? ok([closed(payment, input.now)]) : nothing;
    case 'cancel-unknown': return ok(doubtCancel(payment));
    case 'cancel-refused': return ok(refuseCancel(payment, input.resultCode, input.now));
    case 'too-late': return payment.status === 'requested' && payment.pays === 0 ? ok([{ kind: 'Expired', beforePay: true, cancelledAt: null }]) : nothing;
  }
}

function canPay(payment: Payment): boolean {
  return payment.status === 'requested' || payment.status === 'unknown';
}

function paysSoFar(payment: Payment): number {
  return 'pays' in payment ? payment.pays : 0;
}

/** Fixed once: a repetition must be identical, or Alipay answers REPEAT_REQ_INCONSISTENT. */
function firstExpiry(payment: Payment, now: Date): Date {
  if ('expiresAt' in payment && payment.expiresAt !== null) return payment.expiresAt;
  return new Date(now.getTime() + payment.bill.codeSeconds * 1_000);
}

function issueCode(payment: Payment, alipayPaymentId: string, code: Code, now: Date): Decision {
  return canPay(payment) ? ok([{ kind: 'CodeIssued', alipayPaymentId, code, at: now }]) : nothing;
}

/** A payment that is being closed and was refused in the first place is closed. */
function closeRefused(payment: Payment, resultCode: string): Decision {
  return payment.status === 'cancelling' && !payment.isCancelSent ? ok([{ kind: 'Failed', resultCode, byCustomer: false }]) : nothing;
}

function startClosing(payment: Payment, cause: ClosingCause): Decision {
  // Never sent: there is nothing to close at Alipay.
  if (payment.status === 'requested' && payment.pays === 0) return ok([{ kind: 'Cancelled', paidBefore: false, cancelledAt: null }]);
  const isOpen = payment.status === 'requested' || payment.status === 'unknown' || payment.status === 'code-issued';
  return isOpen ? ok([{ kind: 'ClosingStarted', cause }]) : nothing;
}

function applyReport(payment: Payment, report: StatusReport): PaymentEvent[] {
  const learned = learn(payment, report);
  return report.source === 'inquiry' && !hasEnded(payment) ? [{ kind: 'Inquired' }, ...learned] : learned;
}

function learn(payment: Payment, report: StatusReport): PaymentEvent[] {
  const { verdict, receivedAt } = report;
  switch (verdict.kind) {
    case 'success': return applySuccess(payment, report, verdict.amount, verdict.success);
    case 'failed': return applyFailure(payment, verdict.resultCode);
    case 'cancelled': {
      if (payment.status === 'succeeded') return needAttention(payment, 'reported as cancelled after it succeeded');
      return hasEnded(payment) ? [] : [closed(payment, receivedAt)];
    }
    case 'not-found': return closeNotFound(payment, receivedAt);
    case 'processing':
    case 'unknown': return [];
  }
}

function applySuccess(payment: Payment, { source, receivedAt }: StatusReport, amount: Money | null, success: Success): PaymentEvent[] {
  const disagreement = disagreementOf(payment, amount, success);
  if (disagreement !== null) return setApart(payment, source, disagreement, amount);
  const succeeded: PaymentEvent = { kind: 'Succeeded', success, reportedAt: receivedAt };
  switch (payment.status) {
    case 'requested':
    case 'unknown':
    case 'code-issued': return [succeeded];
    // Once a cancel was sent, the money is on its way back: the cancel's own answer decides.
    case 'cancelling': return payment.isCancelSent ? [{ kind: 'PaidSeen' }] : [succeeded];
    case 'cancelled':
    case 'expired': {
      // A report that crossed our cancel changes nothing: Alipay's cancel gives the money back itself.
      const isGivenBack = payment.cancelledAt !== null && success.paidAt <= payment.cancelledAt;
      return isGivenBack ? [] : lateSuccess(payment, success, receivedAt);
    }
    case 'succeeded': return payment.success.alipayPaymentId === success.alipayPaymentId ? [] : lateSuccess(payment, success, receivedAt);
    case 'failed': return lateSuccess(payment, success, receivedAt);
  }
}

/** Whatever a person was told before, money that nobody expects is told as well; the same money only once. */
function lateSuccess(payment: Payment, success: Success, reportedAt: Date): PaymentEvent[] {
  return payment.lateSuccess?.alipayPaymentId === success.alipayPaymentId ? [] : [{ kind: 'LateSuccess', success, reportedAt }];
}

function disagreementOf(payment: Payment, amount: Money | null, success: Success): string | null {
  if (amount === null || success.alipayPaymentId === '') return disagreements.incomplete;
  if (!sameMoney(amount, payment.bill.amount)) return disagreements.amount;
  if (payment.status === 'code-issued' && payment.alipayPaymentId !== success.alipayPaymentId) return disagreements.id;
  return null;
}

/** A notification that disagrees is checked by an inquiry of ours; where none follows any more, a person is told at once. */
function setApart(payment: Payment, source: StatusReport['source'], reason: string, reported: Money | null): PaymentEvent[] {
  return source === 'notification' && !hasEnded(payment) ? [{ kind: 'ReportQuarantined', reason }] : needAttention(payment, reason, reported);
}

function applyFailure(payment: Payment, resultCode: string): PaymentEvent[] {
  switch (payment.status) {
    case 'requested':
    case 'unknown':
    case 'code-issued': return [resultCode === ORDER_IS_CLOSED ? { kind: 'Expired', beforePay: false, cancelledAt: null } : { kind: 'Failed', resultCode, byCustomer: true }];
    // What was seen paid is over only when its cancel is confirmed.
    case 'cancelling': return payment.isPaidSeen ? [] : [closed(payment, null)];
    case 'succeeded': return needAttention(payment, 'reported as failed after it succeeded');
    case 'failed':
    case 'expired':
    case 'cancelled': return [];
  }
}

/** Alipay does not know it. That closes a payment only when a pay that is still under way could not be paid any more. */
function closeNotFound(payment: Payment, at: Date): PaymentEvent[] {
  const canStillArrive = hasEnded(payment) || !('expiresAt' in payment) || payment.expiresAt === null || at < payment.expiresAt;
  const isPaidSeen = payment.status === 'cancelling' && payment.isPaidSeen;
  return canStillArrive || isPaidSeen ? [] : [closed(payment, null)];
}

function refuseCancel(payment: Payment, resultCode: string, now: Date): PaymentEvent[] {
  if (payment.status !== 'cancelling') return [];
  if (resultCode === ORDER_NOT_EXIST && !payment.isPaidSeen) return closeNotFound(payment, now);
  if (resultCode === ORDER_STATUS_INVALID) return doubtCancel(payment);
  return payment.attention === null ? needAttention(payment, `Alipay refuses to cancel: ${resultCode}`) : [];
}

function doubtCancel(payment: Payment): PaymentEvent[] {
  const isLong = payment.status === 'cancelling' && payment.asking.cancels >= CANCELS_BEFORE_ATTENTION && payment.attention === null;
  return isLong ? needAttention(payment, 'Alipay does not confirm the cancel') : [];
}

function needAttention(payment: Payment, reason: string, reported: Money | null = null): PaymentEvent[] {
  return payment.attention === reason ? [] : [{ kind: 'AttentionNeeded', reason, reported }];
}

/** How a payment ends that Alipay has confirmed closed; `cancelledAt` where it was closed by a cancel. */
function closed(payment: Payment, cancelledAt: Date | null): PaymentEvent {
  assert(!hasEnded(payment), 'an ended payment is not closed again');
  const isPaidSeen = payment.status === 'cancelling' && payment.isPaidSeen;
  if (payment.status === 'cancelling' && payment.cause === 'code-expired' && !isPaidSeen) return { kind: 'Expired', beforePay: false, cancelledAt };
  return { kind: 'Cancelled', paidBefore: isPaidSeen, cancelledAt };
}
