import { assert, ok, sameMoney, type Money, type PaymentId, type Result } from '@scantill/kernel';
import { hasEnded, type Bill, type ClosingCause, type Code, type Payment, type PaymentEvent, type Success } from './payment.js';

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
  | { readonly kind: 'cancel-confirmed' }
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
    case 'report': return applyReport(payment, input.report);
    case 'close': return startClosing(payment, input.cause);
    case 'cancel-sent': return payment.status === 'cancelling' ? ok([{ kind: 'CancelSent' }]) : nothing;
    case 'cancel-confirmed': return payment.status === 'cancelling' ? ok([closed(payment)]) : nothing;
    case 'cancel-unknown': return doubtCancel(payment);
    case 'cancel-refused': return refuseCancel(payment, input.resultCode, input.now);
    case 'too-late': return payment.status === 'requested' && payment.pays === 0 ? ok([{ kind: 'Expired', beforePay: true }]) : nothing;
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
  if (payment.status === 'requested' && payment.pays === 0) return ok([{ kind: 'Cancelled', paidBefore: false }]);
  const isOpen = payment.status === 'requested' || payment.status === 'unknown' || payment.status === 'code-issued';
  return isOpen ? ok([{ kind: 'ClosingStarted', cause }]) : nothing;
}

function applyReport(payment: Payment, report: StatusReport): Decision {
  const { verdict } = report;
  const inquired: PaymentEvent[] = report.source === 'inquiry' && !hasEnded(payment) ? [{ kind: 'Inquired' }] : [];
  switch (verdict.kind) {
    case 'success': return applySuccess(payment, report, verdict.amount, verdict.success);
    case 'failed': return applyFailure(payment, verdict.resultCode);
    case 'cancelled': return hasEnded(payment) ? nothing : ok([closed(payment)]);
    case 'not-found': return ok([...inquired, ...closeNotFound(payment, report.receivedAt)]);
    case 'processing':
    case 'unknown': return ok(inquired);
  }
}

function applySuccess(payment: Payment, report: StatusReport, amount: Money | null, success: Success): Decision {
  if (payment.status === 'succeeded' && payment.success.alipayPaymentId === success.alipayPaymentId) return nothing;
  const disagreement = disagreementOf(payment, amount, success);
  if (disagreement !== null) return setApart(payment, report.source, disagreement, amount);
  switch (payment.status) {
    case 'requested':
    case 'unknown':
    case 'code-issued': return ok([{ kind: 'Succeeded', success, reportedAt: report.receivedAt }]);
    // Once a cancel was sent, the money is on its way back: the cancel's own answer decides.
    case 'cancelling': return payment.isCancelSent ? ok([{ kind: 'PaidSeen' }]) : ok([{ kind: 'Succeeded', success, reportedAt: report.receivedAt }]);
    case 'cancelled':
      // Alipay's cancel gives the money back itself; a report that crossed it changes nothing.
      return payment.paidBefore ? nothing : lateSuccess(payment, success, report.receivedAt);
    case 'succeeded':
    case 'failed':
    case 'expired': return lateSuccess(payment, success, report.receivedAt);
  }
}

function lateSuccess(payment: Payment, success: Success, reportedAt: Date): Decision {
  return payment.attention === null ? ok([{ kind: 'LateSuccess', success, reportedAt }]) : nothing;
}

function disagreementOf(payment: Payment, amount: Money | null, success: Success): string | null {
  if (amount === null) return 'the report of success names no amount';
  if (!sameMoney(amount, payment.bill.amount)) return 'the reported amount differs from ours';
  if (payment.status === 'code-issued' && payment.alipayPaymentId !== success.alipayPaymentId) return "the reported payment id differs from the code's";
  return null;
}

function setApart(payment: Payment, source: StatusReport['source'], reason: string, reported: Money | null): Decision {
  if (source === 'notification') return ok([{ kind: 'ReportQuarantined', reason }]);
  return payment.attention === reason ? ok([{ kind: 'Inquired' }]) : ok([{ kind: 'Inquired' }, { kind: 'AttentionNeeded', reason, reported }]);
}

function applyFailure(payment: Payment, resultCode: string): Decision {
  switch (payment.status) {
    case 'requested':
    case 'unknown':
    case 'code-issued': return ok([resultCode === ORDER_IS_CLOSED ? { kind: 'Expired', beforePay: false } : { kind: 'Failed', resultCode, byCustomer: true }]);
    case 'cancelling': return ok([closed(payment)]);
    case 'succeeded': return ok([{ kind: 'AttentionNeeded', reason: 'reported as failed after it succeeded', reported: null }]);
    case 'failed':
    case 'expired':
    case 'cancelled': return nothing;
  }
}

/** Alipay does not know it. That closes a payment only when a pay that is still under way could not be paid any more. */
function closeNotFound(payment: Payment, at: Date): PaymentEvent[] {
  const canStillArrive = hasEnded(payment) || !('expiresAt' in payment) || payment.expiresAt === null || at < payment.expiresAt;
  return canStillArrive ? [] : [closed(payment)];
}

function refuseCancel(payment: Payment, resultCode: string, now: Date): Decision {
  if (payment.status !== 'cancelling') return nothing;
  if (resultCode === ORDER_NOT_EXIST) return ok(closeNotFound(payment, now));
  return payment.attention === null ? ok([{ kind: 'AttentionNeeded', reason: `Alipay refuses to cancel: ${resultCode}`, reported: null }]) : nothing;
}

function doubtCancel(payment: Payment): Decision {
  const isLong = payment.status === 'cancelling' && payment.asking.cancels >= CANCELS_BEFORE_ATTENTION && payment.attention === null;
  return isLong ? ok([{ kind: 'AttentionNeeded', reason: 'Alipay does not confirm the cancel', reported: null }]) : nothing;
}

/** How a payment ends that Alipay has confirmed closed. */
function closed(payment: Payment): PaymentEvent {
  assert(!hasEnded(payment), 'an ended payment is not closed again');
  return payment.status === 'cancelling' && payment.cause === 'code-expired' && !payment.isPaidSeen ? { kind: 'Expired', beforePay: false } : { kind: 'Cancelled', paidBefore: payment.status === 'cancelling' && payment.isPaidSeen };
}
