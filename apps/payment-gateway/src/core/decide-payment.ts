import { assert, err, ok, sameMoney, type Money, type PaymentId, type RefundId, type Result } from '@scantill/kernel';
import { giveBackAnswered, giveBackRefund, lateSuccess, restartGivingBack } from './give-back.js';
import { disagreements, hasEnded, isDisagreement, isDisputed, type Bill, type ClosingCause, type Code, type Payment, type PaymentEvent, type Success } from './payment.js';
import { applyAnswer, ASKS_BEFORE_ATTENTION, refusalOf, sendRefund, type RefundAnswer, type RefundAsked } from './refund.js';

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

/** What Alipay says to a cancel. */
export type CancelAnswer = 'confirmed' | 'window-over' | 'not-found' | 'unknown';

export type PaymentInput =
  | { readonly kind: 'request'; readonly id: PaymentId; readonly bill: Bill; readonly now: Date }
  | { readonly kind: 'pay-sent'; readonly now: Date }
  | { readonly kind: 'pay-withheld'; readonly wasWritten: boolean }
  | { readonly kind: 'code-issued'; readonly alipayPaymentId: string; readonly code: Code; readonly now: Date }
  | { readonly kind: 'pay-refused'; readonly resultCode: string; readonly byCustomer: boolean }
  /** Keys, contract or request are wrong: this call did nothing, which says nothing about an earlier one. */
  | { readonly kind: 'pay-misconfigured'; readonly resultCode: string }
  | { readonly kind: 'pay-unknown'; readonly mayRepeat: boolean }
  | { readonly kind: 'report'; readonly report: StatusReport }
  | { readonly kind: 'close'; readonly cause: ClosingCause }
  | { readonly kind: 'cancel-sent' }
  | { readonly kind: 'cancel-answered'; readonly answer: CancelAnswer; readonly now: Date }
  | { readonly kind: 'too-late' }
  | { readonly kind: 'request-refund'; readonly refund: RefundAsked }
  | { readonly kind: 'refund-sent'; readonly id: RefundId }
  | { readonly kind: 'refund-answered'; readonly id: RefundId; readonly answer: RefundAnswer; readonly now: Date }
  /** By whichever of the ids is known. */
  | { readonly kind: 'refund-reversed'; readonly id: RefundId | null; readonly alipayRefundId: string | null; readonly amount: Money; readonly now: Date }
  /** Late money that no cancel gives back any more; the id is kept for every repetition. */
  | { readonly kind: 'give-back'; readonly id: RefundId; readonly now: Date }
  | { readonly kind: 'operate'; readonly action: OperatorAction };

export type OperatorAction = 'inquire' | 'close' | 'give-back';

/** Nothing that Alipay or an order says about a payment is refused to them; what cannot be right goes to a person. Operators are told. */
export type PaymentRejected = { readonly kind: 'PaymentNotFound' } | { readonly kind: 'PaymentAlreadyEnded' } | { readonly kind: 'NothingToGiveBack' };

type Decision = Result<readonly PaymentEvent[], PaymentRejected>;
const nothing: Decision = ok([]);

/** The code ran out unpaid: nobody declined. */
const ORDER_IS_CLOSED = 'ORDER_IS_CLOSED';
/** Then a person is told; the asking goes on. */
const CANCELS_BEFORE_ATTENTION = 6;

export function decide(payment: Payment | undefined, input: PaymentInput): Decision {
  if (input.kind === 'request') return payment === undefined ? ok([{ kind: 'PaymentRequested', id: input.id, bill: input.bill, at: input.now }]) : nothing;
  if (payment === undefined) return err({ kind: 'PaymentNotFound' });
  switch (input.kind) {
    case 'pay-sent': return canPay(payment) ? ok([{ kind: 'PaySent', expiresAt: firstExpiry(payment, input.now) }]) : nothing;
    case 'pay-withheld': return payment.status === 'requested' ? ok([{ kind: 'PayWithheld', isFirst: !payment.isDelayed, wasWritten: input.wasWritten }]) : nothing;
    case 'code-issued': return canPay(payment) ? ok([{ kind: 'CodeIssued', alipayPaymentId: input.alipayPaymentId, code: input.code, at: input.now }]) : nothing;
    case 'pay-refused': return refusePay(payment, input.resultCode, input.byCustomer);
    case 'pay-misconfigured': return misconfigurePay(payment, input.resultCode);
    case 'pay-unknown': return canPay(payment) ? ok([{ kind: 'PayUnknown', isFirst: isFirstUnknown(payment), mayRepeat: input.mayRepeat }]) : nothing;
    case 'report': return ok(applyReport(payment, input.report));
    case 'close': return startClosing(payment, input.cause);
    case 'cancel-sent': return payment.status === 'cancelling' ? ok([{ kind: 'CancelSent' }]) : nothing;
    case 'cancel-answered': return ok(hasEnded(payment) ? giveBackAnswered(payment, input.answer, input.now) : answerCancel(payment, input.answer, input.now));
    case 'too-late': return payment.status === 'requested' && payment.pays === 0 ? ok([{ kind: 'Expired', beforePay: true, cancelledAt: null }]) : nothing;
    case 'request-refund': return ok(requestRefund(payment, input.refund));
    case 'refund-sent': return ok(payment.refunds.filter(({ id }) => id === input.id).flatMap(sendRefund));
    case 'refund-answered': return ok(answerRefund(payment, input.id, input.answer, input.now));
    case 'refund-reversed': return ok(reverseRefund(payment, input));
    case 'give-back': return ok(giveBackRefund(payment, input.id, input.now));
    case 'operate': return operate(payment, input.action);
  }
}

function canPay(payment: Payment): boolean {
  return payment.status === 'requested' || payment.status === 'unknown';
}

function isFirstUnknown(payment: Payment): boolean {
  return payment.status === 'requested' && payment.pays <= 1 && !payment.isDelayed;
}

/** Fixed once: a repetition must be identical, or Alipay answers REPEAT_REQ_INCONSISTENT. */
function firstExpiry(payment: Payment, now: Date): Date {
  if ('expiresAt' in payment && payment.expiresAt !== null) return payment.expiresAt;
  return new Date(now.getTime() + payment.bill.codeSeconds * 1_000);
}

/**
 * What was refused in the first place is closed. A repetition that is refused says nothing about an earlier call that nobody answered:
 * that one may have made a code, so it is asked about.
 */
function refusePay(payment: Payment, resultCode: string, byCustomer: boolean): Decision {
  const isClosing = payment.status === 'cancelling' && !payment.isCancelSent;
  const failed: PaymentEvent = { kind: 'Failed', resultCode, byCustomer };
  if (canPay(payment)) return ok([isOnlyPay(payment) ? failed : { kind: 'PayUnknown', isFirst: false, mayRepeat: false }]);
  return isClosing ? ok([failed]) : nothing;
}

/** The first call of all did nothing, so there is nothing. An earlier one may have made a code: that is asked about. */
function misconfigurePay(payment: Payment, resultCode: string): Decision {
  if (!canPay(payment)) return nothing;
  const failed: PaymentEvent = { kind: 'Failed', resultCode, byCustomer: false };
  return ok([isOnlyPay(payment) ? failed : { kind: 'PayUnknown', isFirst: false, mayRepeat: false }]);
}

function isOnlyPay(payment: Payment): boolean {
  return payment.status === 'requested' && payment.pays <= 1;
}

function startClosing(payment: Payment, cause: ClosingCause): Decision {
  // Never sent: there is nothing to close at Alipay.
  if (payment.status === 'requested' && payment.pays === 0) return ok([{ kind: 'Cancelled', paidBefore: false, cancelledAt: null }]);
  const isOpen = payment.status === 'requested' || payment.status === 'unknown' || payment.status === 'code-issued';
  // A disputed payment is only asked about, also while it is being closed: until a person has decided.
  const isTakenOver = cause === 'operator' && payment.status === 'cancelling' && isDisputed(payment);
  return isOpen || isTakenOver ? ok([{ kind: 'ClosingStarted', cause }]) : nothing;
}

function applyReport(payment: Payment, report: StatusReport): PaymentEvent[] {
  const learned = learn(payment, report);
  const isAsked = report.source === 'inquiry' && (!hasEnded(payment) || payment.isInquiryWanted === true);
  return isAsked ? [{ kind: 'Inquired' }, ...learned] : learned;
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
    case 'cancelling': return payment.isCancelSent ? [{ kind: 'PaidSeen', success }] : [succeeded];
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
    case 'cancelling': return payment.paidSeen === null ? [closed(payment, null)] : [];
    case 'succeeded': return needAttention(payment, 'reported as failed after it succeeded');
    case 'failed':
    case 'expired':
    case 'cancelled': return [];
  }
}

/** Alipay does not know it. That closes a payment only when a pay that is still under way could not be paid any more. */
function closeNotFound(payment: Payment, at: Date): PaymentEvent[] {
  const canStillArrive = hasEnded(payment) || !('expiresAt' in payment) || payment.expiresAt === null || at < payment.expiresAt;
  const isPaidSeen = payment.status === 'cancelling' && payment.paidSeen !== null;
  return canStillArrive || isPaidSeen ? [] : [closed(payment, null)];
}

function answerCancel(payment: Payment, answer: CancelAnswer, now: Date): PaymentEvent[] {
  if (payment.status !== 'cancelling') return [];
  switch (answer) {
    case 'confirmed': return [closed(payment, now)];
    case 'not-found': return closeNotFound(payment, now);
    case 'unknown': return doubtCancel(payment);
    case 'window-over': {
      // A disputed payment that an operator closes too late ends here; its money is for a person to give back.
      const isDecided = payment.cause === 'operator' && isDisagreement(payment.attention);
      if (payment.paidSeen === null) return isDecided ? [closed(payment, null), { kind: 'GivingBack', by: 'person' }] : doubtCancel(payment);
      // It stays paid. Whoever gave the order up gets the money back as a refund; else the customer has simply paid in time.
      const isGivenUp = payment.cause === 'order-cancelled' || payment.cause === 'operator';
      if (!isGivenUp) return [{ kind: 'Succeeded', success: payment.paidSeen, reportedAt: now }];
      return [closed({ ...payment, paidSeen: null }, null), { kind: 'LateSuccess', success: payment.paidSeen, reportedAt: now }, { kind: 'GivingBack', by: 'refund' }];
    }
  }
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
  const isPaidSeen = payment.status === 'cancelling' && payment.paidSeen !== null;
  if (payment.status === 'cancelling' && payment.cause === 'code-expired' && !isPaidSeen) return { kind: 'Expired', beforePay: false, cancelledAt };
  return { kind: 'Cancelled', paidBefore: isPaidSeen, cancelledAt };
}

/** The gateway has the last word on what may be given back. The same key is the same refund. */
function requestRefund(payment: Payment, refund: RefundAsked): PaymentEvent[] {
  if (payment.refunds.some(({ key }) => key === refund.key)) return [];
  if (payment.status !== 'succeeded') return [{ kind: 'RefundRefused', refund, problem: 'order.not-paid' }];
  const problem = refusalOf(payment.refunds, refund.amount, payment.bill.amount);
  return [problem === undefined ? { kind: 'RefundRequested', refund } : { kind: 'RefundRefused', refund, problem }];
}

function answerRefund(payment: Payment, id: RefundId, answer: RefundAnswer, now: Date): PaymentEvent[] {
  const refund = payment.refunds.find((each) => each.id === id);
  if (refund === undefined) return [];
  const events = applyAnswer(refund, answer, now);
  const isLong = refund.asks >= ASKS_BEFORE_ATTENTION && events.some(({ kind }) => kind === 'RefundUnanswered' || kind === 'RefundNotArrived');
  // Nobody asked for a give-back who could ask again.
  const isGivenUp = refund.key === null && events.some(({ kind }) => kind === 'RefundFailed');
  if (isGivenUp) return [...events, { kind: 'GivingBack', by: 'person' }, ...needAttention(payment, 'late money could not be given back', refund.amount)];
  return isLong ? [...events, ...needAttention(payment, 'Alipay does not say what became of a refund', refund.amount)] : events;
}

function reverseRefund(payment: Payment, { id, alipayRefundId, amount, now }: Extract<PaymentInput, { kind: 'refund-reversed' }>): PaymentEvent[] {
  const isMeant = (refund: Payment['refunds'][number]) => refund.id === id || (alipayRefundId !== null && 'alipayRefundId' in refund && refund.alipayRefundId === alipayRefundId);
  const refund = payment.refunds.find(isMeant);
  if (refund?.status === 'reversed') return [];
  if (refund?.status !== 'succeeded' || !sameMoney(refund.amount, amount)) return needAttention(payment, 'a refund was reversed that is not ours', amount);
  return [{ kind: 'RefundReversed', id: refund.id, reversedAt: now }, ...needAttention(payment, 'a refund bounced: the customer is owed the money again', amount)];
}

function operate(payment: Payment, action: OperatorAction): Decision {
  switch (action) {
    case 'inquire': return ok([{ kind: 'InquiryWanted' }]);
    case 'close': return hasEnded(payment) ? err({ kind: 'PaymentAlreadyEnded' }) : startClosing(payment, 'operator');
    case 'give-back': {
      // The cancel that closes it gives back what was paid, whatever the amount.
      if (isDisputed(payment)) return startClosing(payment, 'operator');
      const again = restartGivingBack(payment);
      return again === undefined ? err({ kind: 'NothingToGiveBack' }) : ok(again);
    }
  }
}
