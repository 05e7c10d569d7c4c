import { describe, expect, it } from '@jest/globals';
import { money, type RefundId } from '@scantill/kernel';
import fc from 'fast-check';
import {
  ALIPAY_ID, AMOUNT, at, cancelAnswered, cancelSent, code, CODE_SECONDS, payRefused, payUnknown, payWithheld, requested, tell, type Story,
} from '../../test/payments.js';
import { decide, type PaymentInput, type StatusReport } from './decide-payment.js';
import { nextCall, nextLook } from './next-call.js';
import { hasEnded, isDisagreement, type Payment, type PaymentEvent } from './payment.js';
import { isOpen, sumsOf, type RefundAnswer } from './refund.js';

/** Taken from SEED, so that a failure can be repeated; it is printed with every failure. */
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000_000);
fc.configureGlobal({ seed, numRuns: 200 });

const amounts = fc.constantFrom(AMOUNT, AMOUNT, AMOUNT, money('USD', 1_100n), money('SGD', 1_099n), null);
const alipayIds = fc.constantFrom(ALIPAY_ID, ALIPAY_ID, ALIPAY_ID, 'another', '');
const verdicts = fc.oneof(
  fc.record({ kind: fc.constant('success' as const), amount: amounts, success: fc.record({ alipayPaymentId: alipayIds, wallet: fc.constant(null), charged: fc.constant(null), quote: fc.constant(null), paidAt: fc.integer({ min: 0, max: 2 * CODE_SECONDS }).map(at) }) }),
  fc.record({ kind: fc.constant('failed' as const), resultCode: fc.constantFrom('ORDER_IS_CLOSED', 'USER_BALANCE_NOT_ENOUGH') }),
  fc.constantFrom<StatusReport['verdict'][]>({ kind: 'cancelled' }, { kind: 'processing' }, { kind: 'not-found' }, { kind: 'unknown' }),
);

/** A caller asks for one amount under one key; that the ids of repetitions differ must not matter. Never do two keys have one id. */
const REFUND_KEYS = ['R-0', 'R-1', 'R-2'] as const;
const refundIds = fc.tuple(fc.constantFrom(...REFUND_KEYS), fc.constantFrom('a', 'a', 'a', 'b')).map(([key, which]) => `${key}${which}` as RefundId);
const refundAsks = fc.record({ id: refundIds, minor: fc.constantFrom(1n, 99n, 550n, 1_099n, 1_100n) });
const refundAnswers: fc.Arbitrary<RefundAnswer> = fc.oneof(
  fc.constantFrom<RefundAnswer[]>({ kind: 'in-process' }, { kind: 'not-found' }, { kind: 'unknown' }, { kind: 'refused', problem: 'refund.refused', resultCode: 'PROCESS_FAIL' }),
  fc.record({ kind: fc.constant('succeeded' as const), amount: fc.constantFrom(null, AMOUNT), alipayRefundId: fc.constantFrom('R1', 'R2'), refundedAt: fc.constant(at(0)) }),
);

/** Everything that can be said of a payment, at a time; whether it makes sense is not asked. */
function inputAt(now: Date): fc.Arbitrary<PaymentInput> {
  return fc.oneof(
    fc.constantFrom<PaymentInput[]>(
      requested, { kind: 'pay-sent', now }, payWithheld, { kind: 'code-issued', alipayPaymentId: ALIPAY_ID, code, now }, payRefused, payUnknown, { kind: 'pay-unknown', mayRepeat: false },
      { kind: 'pay-misconfigured', resultCode: 'KEY_NOT_FOUND' }, { kind: 'close', cause: 'order-cancelled' }, { kind: 'close', cause: 'code-expired' }, cancelSent, { kind: 'too-late' },
    ),
    fc.constantFrom('confirmed' as const, 'window-over' as const, 'not-found' as const, 'unknown' as const).map((answer) => cancelAnswered(answer, now)),
    fc.record({ kind: fc.constant('report' as const), report: fc.record({ source: fc.constantFrom('notification' as const, 'inquiry' as const), receivedAt: fc.constant(now), verdict: verdicts }) }),
    refundAsks.map(({ id, minor }): PaymentInput => ({ kind: 'request-refund', refund: { id, key: id.slice(0, -1), amount: money('USD', minor), reason: null, requestedAt: now } })),
    fc.record({ id: refundIds, answer: refundAnswers }).map(({ id, answer }): PaymentInput => ({ kind: 'refund-answered', id, answer, now })),
    fc.record({ kind: fc.constant('give-back' as const), id: fc.constantFrom('g1' as RefundId, 'g2' as RefundId), now: fc.constant(now) }),
    fc.record({ kind: fc.constant('refund-answered' as const), id: fc.constantFrom('g1' as RefundId, 'g2' as RefundId), answer: refundAnswers, now: fc.constant(now) }),
    fc.record({ kind: fc.constant('refund-reversed' as const), id: refundIds, alipayRefundId: fc.constant(null), amount: fc.constantFrom(AMOUNT, money('USD', 99n)), now: fc.constant(now) }),
    fc.record({ kind: fc.constant('operate' as const), action: fc.constantFrom('inquire' as const, 'close' as const, 'give-back' as const) }),
  );
}

const inputs = fc.array(fc.integer({ min: 0, max: 2 * CODE_SECONDS }), { maxLength: 60 }).chain((seconds) => fc.tuple(...seconds.sort((a, b) => a - b).map((second) => inputAt(at(second)))));

interface Step {
  readonly before: Payment;
  readonly input: PaymentInput;
  readonly after: Payment;
  readonly events: readonly PaymentEvent[];
}

function steps(told: readonly PaymentInput[]): Step[] {
  let before = tell([requested]).payment;
  return told.map((input) => {
    const { payment: after, events } = apply(before, input);
    const step = { before, input, after, events };
    before = after;
    return step;
  });
}

/** As the unit of work does; what an operator is refused changes nothing. */
function apply(before: Payment, input: PaymentInput): Story {
  return decide(before, input).ok ? tell([input], before) : { payment: before, events: [] };
}

function holds(rule: (step: Step) => void): void {
  fc.assert(fc.property(inputs, (told) => steps(told).forEach(rule)));
}

const reportedSuccess = (input: PaymentInput) => (input.kind === 'report' && input.report.verdict.kind === 'success' ? { ...input.report.verdict, source: input.report.source } : undefined);

/** Alipay's own word that nothing can be paid any more, or that it knows nothing of a payment whose time is over. */
function isWordOfTheEnd({ before, input }: Step): boolean {
  if (input.kind === 'pay-refused') return true;
  const expiresAt = 'expiresAt' in before ? before.expiresAt : null;
  const isOver = (now: Date) => expiresAt !== null && now >= expiresAt;
  if (input.kind === 'cancel-answered') return input.answer === 'confirmed' || (input.answer === 'not-found' && isOver(input.now)) || isGivenUpPaid(before, input);
  if (input.kind !== 'report') return false;
  const { verdict, receivedAt } = input.report;
  return verdict.kind === 'failed' || verdict.kind === 'cancelled' || (verdict.kind === 'not-found' && isOver(receivedAt));
}

/**
 * Paid, and too late to cancel: it ends here as cancelled, and the money goes back as a refund. Or a person gave up what Alipay says was paid
 * otherwise than we asked, and it is too late for that: it ends here, too, and its money is for a person to give back.
 */
function isGivenUpPaid(before: Payment, input: PaymentInput): boolean {
  if (before.status !== 'cancelling' || input.kind !== 'cancel-answered' || input.answer !== 'window-over') return false;
  return before.paidSeen !== null || (before.cause === 'operator' && isDisagreement(before.attention));
}

/** Our own mistake kept the only call from Alipay. */
function isNeverArrived({ before, input }: Step): boolean {
  return before.status === 'requested' && (before.pays === 0 || (input.kind === 'pay-misconfigured' && before.pays <= 1));
}

describe(`whatever is said of a payment, in any order and as often as you like (SEED=${seed})`, () => {
  it('it succeeds only by a report that names our amount and currency', () => {
    holds(({ before, input, after }) => {
      if (before.status === 'succeeded' || after.status !== 'succeeded') return;
      const wasSeen = before.status === 'cancelling' && before.paidSeen !== null && input.kind === 'cancel-answered' && input.answer === 'window-over';
      if (!wasSeen) expect(reportedSuccess(input)?.amount).toEqual(AMOUNT);
    });
  });

  it('it ends unpaid only by the word of Alipay, or before anything arrived there', () => {
    holds((step) => {
      const endsUnpaid = !hasEnded(step.before) && hasEnded(step.after) && step.after.status !== 'succeeded';
      if (endsUnpaid) expect(isNeverArrived(step) || isWordOfTheEnd(step)).toBe(true);
    });
  });

  it('what has ended stays as it ended; only money goes back', () => {
    holds(({ before, after }) => {
      if (!hasEnded(before)) return;
      const { attention: _before, lateSuccess: _none, givingBack: _back, refunds: _refunds, isInquiryWanted: _wanted, ...stood } = before;
      expect(after).toMatchObject(stood);
    });
  });

  it('money is never forgotten: it is ours, given back or on its way, asked about, or told to a person', () => {
    holds(({ input, after }) => {
      const reported = reportedSuccess(input);
      if (reported === undefined) return;
      const isOurs = after.status === 'succeeded' && after.success.alipayPaymentId === reported.success.alipayPaymentId;
      const isOnItsWayBack = (after.status === 'cancelling' && after.paidSeen !== null) || after.givingBack !== undefined;
      const isByCancel = (after.status === 'cancelled' || after.status === 'expired') && after.cancelledAt !== null && reported.success.paidAt <= after.cancelledAt;
      const isKnownLate = after.lateSuccess?.alipayPaymentId === reported.success.alipayPaymentId;
      const isAskedAbout = !hasEnded(after) && reported.source === 'notification';
      expect(isOurs || isOnItsWayBack || isByCancel || isKnownLate || isAskedAbout || after.attention !== null).toBe(true);
    });
  });

  it('late money stops being on its way back only when Alipay says that it was given back', () => {
    holds(({ before, input, after }) => {
      if (before.givingBack === undefined || after.givingBack !== undefined) return;
      const isCancelled = input.kind === 'cancel-answered' && input.answer === 'confirmed';
      const isRefunded = input.kind === 'refund-answered' && input.answer.kind === 'succeeded' && input.id.startsWith('g');
      expect(isCancelled || isRefunded).toBe(true);
    });
  });

  it('money that only a person can give back is told to a person', () => {
    holds(({ before, after }) => {
      if (after.givingBack?.by === 'person' && before.givingBack?.by !== 'person') expect(after.attention).not.toBeNull();
    });
  });

  it('the same late money is told once', () => {
    holds(({ before, input, events }) => {
      const isLate = events.some(({ kind }) => kind === 'LateSuccess');
      const success = reportedSuccess(input)?.success ?? (before.status === 'cancelling' ? before.paidSeen : undefined);
      if (isLate) expect(before.lateSuccess?.alipayPaymentId).not.toBe(success?.alipayPaymentId);
    });
  });

  it('never more is given back or reserved than was paid', () => {
    holds(({ after }) => {
      const { refunded, pending } = sumsOf(after.refunds, AMOUNT.currency);
      expect(refunded.minor + pending.minor).toBeLessThanOrEqual(after.status === 'succeeded' ? AMOUNT.minor : 0n);
    });
  });

  it('saying it twice is saying it once, but for what is counted', () => {
    const counted = new Set(['Inquired', 'InquiryWanted', 'PaySent', 'PayWithheld', 'PayUnknown', 'CancelSent', 'PaidSeen', 'ReportQuarantined', 'GivingBack', 'GiveBackTried', 'RefundSent', 'RefundUnanswered', 'RefundNotArrived']);
    const isOperator = (input: PaymentInput) => input.kind === 'operate';
    holds(({ input, after }) => {
      if (isOperator(input)) return;
      expect(apply(after, input).events.filter(({ kind }) => !counted.has(kind))).toEqual([]);
    });
  });

  it('what is open or owes is looked at again within a minute, anything else never', () => {
    holds(({ after }) => {
      const now = at(CODE_SECONDS);
      const look = nextLook(after, now);
      const owes = after.isInquiryWanted === true || after.refunds.some(isOpen) || (after.givingBack !== undefined && after.givingBack.by !== 'person');
      expect(look !== undefined).toBe(!hasEnded(after) || owes);
      if (look !== undefined) expect(look.getTime() - now.getTime()).toBeLessThanOrEqual(60_000);
      expect(nextCall(after, now).kind === 'nothing').toBe(look === undefined);
    });
  });
});
