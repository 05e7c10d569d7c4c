import { money } from '@scantill/kernel';
import type { NextCall, Payment, PaymentInput } from './cores.ts';

/** A rule of the gateway, broken on its way into the simulation; the product itself has no such switch. */
export interface BrokenRule {
  /** Another call than the one that is due. */
  readonly call?: (call: NextCall, payment: Payment) => NextCall;
  /** Decided without a call. */
  readonly instead?: (call: NextCall, payment: Payment, now: Date) => PaymentInput | undefined;
  /** Something else than what was learned. */
  readonly learn?: (input: PaymentInput, payment: Payment) => PaymentInput;
  /** Another request id than the payment's own. */
  readonly requestId?: (payment: Payment) => string;
}

export const brokenRules = {
  'skip-the-inquiry': {
    call: (call, payment) => (payment.status === 'cancelling' && call.kind === 'inquire' ? { kind: 'cancel' } : call),
  },
  'close-on-our-clock': {
    instead: (_call, payment, now) => {
      const hasRunOut = payment.status === 'code-issued' && now >= payment.code.expiresAt;
      return hasRunOut ? { kind: 'report', report: { source: 'inquiry', receivedAt: now, verdict: { kind: 'failed', resultCode: 'ORDER_IS_CLOSED' } } } : undefined;
    },
  },
  'unknown-is-failed': {
    learn: (input) => (input.kind === 'pay-unknown' ? { kind: 'pay-refused', resultCode: 'UNKNOWN_EXCEPTION', byCustomer: false } : input),
  },
  'new-id-on-retry': {
    requestId: (payment) => ('pays' in payment && payment.pays > 1 ? `${payment.id.slice(0, -1)}${payment.pays}` : payment.id),
  },
  'forget-the-reserve': {
    learn: (input) => (input.kind === 'refund-answered' && input.answer.kind === 'unknown' ? { ...input, answer: { kind: 'refused', problem: 'refund.refused', resultCode: 'UNKNOWN_EXCEPTION' } } : input),
  },
  'take-any-amount': {
    learn: (input, { bill }) => {
      if (input.kind !== 'report' || input.report.verdict.kind !== 'success') return input;
      const { currency, minor } = bill.amount;
      return { ...input, report: { ...input.report, verdict: { ...input.report.verdict, amount: money(currency, minor) } } };
    },
  },
} as const satisfies Record<string, BrokenRule>;

export type BrokenRuleName = keyof typeof brokenRules;
