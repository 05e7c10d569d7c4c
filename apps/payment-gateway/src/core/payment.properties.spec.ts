import { describe, expect, it } from '@jest/globals';
import { money } from '@scantill/kernel';
import fc from 'fast-check';
import { ALIPAY_ID, AMOUNT, at, code, CODE_SECONDS, requested, tell } from '../../test/payments.js';
import type { PaymentInput, StatusReport } from './decide-payment.js';
import { nextLook } from './next-call.js';
import { hasEnded, type Payment, type PaymentEvent } from './payment.js';

/** Taken from SEED, so that a failure can be repeated; it is printed with every failure. */
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000_000);
fc.configureGlobal({ seed, numRuns: 200 });

const amounts = fc.constantFrom(AMOUNT, AMOUNT, AMOUNT, money('USD', 1_100n), money('SGD', 1_099n), null);
const alipayIds = fc.constantFrom(ALIPAY_ID, ALIPAY_ID, ALIPAY_ID, 'another', '');
const verdicts = fc.oneof(
  fc.record({ kind: fc.constant('success' as const), amount: amounts, success: fc.record({ alipayPaymentId: alipayIds, wallet: fc.constant(null), paidAt: fc.integer({ min: 0, max: 2 * CODE_SECONDS }).map(at) }) }),
  fc.record({ kind: fc.constant('failed' as const), resultCode: fc.constantFrom('ORDER_IS_CLOSED', 'USER_BALANCE_NOT_ENOUGH') }),
  fc.constantFrom<StatusReport['verdict'][]>({ kind: 'cancelled' }, { kind: 'processing' }, { kind: 'not-found' }, { kind: 'unknown' }),
);

/** Everything that can be said of a payment, at a time; whether it makes sense is not asked. */
function inputAt(now: Date): fc.Arbitrary<PaymentInput> {
  return fc.oneof(
    fc.constantFrom<PaymentInput[]>(
      requested, { kind: 'pay-sent', now }, { kind: 'code-issued', alipayPaymentId: ALIPAY_ID, code, now }, { kind: 'pay-refused', resultCode: 'RISK_REJECT' }, { kind: 'pay-unknown' },
      { kind: 'close', cause: 'order-cancelled' }, { kind: 'close', cause: 'code-expired' }, { kind: 'cancel-sent' }, { kind: 'cancel-confirmed', now }, { kind: 'cancel-unknown' },
      { kind: 'cancel-refused', resultCode: 'ORDER_NOT_EXIST', now }, { kind: 'cancel-refused', resultCode: 'PROCESS_FAIL', now }, { kind: 'too-late' },
    ),
    fc.record({ kind: fc.constant('report' as const), report: fc.record({ source: fc.constantFrom('notification' as const, 'inquiry' as const), receivedAt: fc.constant(now), verdict: verdicts }) }),
  );
}

const inputs = fc.array(fc.integer({ min: 0, max: 2 * CODE_SECONDS }), { maxLength: 40 }).chain((seconds) => fc.tuple(...seconds.sort((a, b) => a - b).map((second) => inputAt(at(second)))));

interface Step {
  readonly before: Payment;
  readonly input: PaymentInput;
  readonly after: Payment;
  readonly events: readonly PaymentEvent[];
}

function steps(told: readonly PaymentInput[]): Step[] {
  let before = tell([requested]).payment;
  return told.map((input) => {
    const { payment: after, events } = tell([input], before);
    const step = { before, input, after, events };
    before = after;
    return step;
  });
}

function holds(rule: (step: Step) => void): void {
  fc.assert(fc.property(inputs, (told) => steps(told).forEach(rule)));
}

const reportedSuccess = (input: PaymentInput) => (input.kind === 'report' && input.report.verdict.kind === 'success' ? { ...input.report.verdict, source: input.report.source } : undefined);

/** Alipay's own word that nothing can be paid any more, or that it knows nothing of a payment whose time is over. */
function isWordOfTheEnd({ before, input }: Step): boolean {
  if (input.kind === 'cancel-confirmed' || input.kind === 'pay-refused') return true;
  const expiresAt = 'expiresAt' in before ? before.expiresAt : null;
  const isOver = (now: Date) => expiresAt !== null && now >= expiresAt;
  if (input.kind === 'cancel-refused') return input.resultCode === 'ORDER_NOT_EXIST' && isOver(input.now);
  if (input.kind !== 'report') return false;
  const { verdict, receivedAt } = input.report;
  return verdict.kind === 'failed' || verdict.kind === 'cancelled' || (verdict.kind === 'not-found' && isOver(receivedAt));
}

describe(`whatever is said of a payment, in any order and as often as you like (SEED=${seed})`, () => {
  it('it succeeds only by a report that names our amount and currency', () => {
    holds(({ before, input, after }) => {
      if (before.status === 'succeeded' || after.status !== 'succeeded') return;
      expect(reportedSuccess(input)?.amount).toEqual(AMOUNT);
    });
  });

  it('it ends unpaid only by the word of Alipay, or before anything was sent', () => {
    holds((step) => {
      const endsUnpaid = !hasEnded(step.before) && hasEnded(step.after) && step.after.status !== 'succeeded';
      if (!endsUnpaid) return;
      const wasNeverSent = step.before.status === 'requested' && step.before.pays === 0;
      expect(wasNeverSent || isWordOfTheEnd(step)).toBe(true);
    });
  });

  it('what has ended stays as it ended', () => {
    holds(({ before, after }) => {
      if (!hasEnded(before)) return;
      const { attention: _before, lateSuccess: _none, ...stood } = before;
      expect(after).toMatchObject(stood);
    });
  });

  it('money is never forgotten: it is ours, on its way back by a cancel, asked about, or told to a person', () => {
    holds(({ input, after }) => {
      const reported = reportedSuccess(input);
      if (reported === undefined) return;
      const isOnItsWayBack = after.status === 'cancelling' && after.isPaidSeen;
      const isGivenBack = (after.status === 'cancelled' || after.status === 'expired') && after.cancelledAt !== null && reported.success.paidAt <= after.cancelledAt;
      const isAskedAbout = !hasEnded(after) && reported.source === 'notification';
      expect(after.status === 'succeeded' || isOnItsWayBack || isGivenBack || isAskedAbout || after.attention !== null).toBe(true);
    });
  });

  it('the same late money is told once', () => {
    holds(({ before, input, events }) => {
      const isLate = events.some(({ kind }) => kind === 'LateSuccess');
      if (isLate) expect(before.lateSuccess?.alipayPaymentId).not.toBe(reportedSuccess(input)?.success.alipayPaymentId);
    });
  });

  it('saying it twice is saying it once, but for what is counted', () => {
    const counted = new Set(['Inquired', 'PaySent', 'PayUnknown', 'CancelSent', 'PaidSeen', 'ReportQuarantined']);
    holds(({ input, after }) => {
      const again = tell([input], after);
      expect(again.events.filter(({ kind }) => !counted.has(kind))).toEqual([]);
    });
  });

  it('a payment that has not ended is always looked at again', () => {
    holds(({ after }) => {
      const now = at(CODE_SECONDS);
      const look = nextLook(after, now);
      expect(look === undefined).toBe(hasEnded(after));
      if (look !== undefined) expect(look.getTime() - now.getTime()).toBeLessThanOrEqual(60_000);
    });
  });
});
