import { add, compare, sameMoney, zero, type Money, type RefundId } from '@scantill/kernel';
import type { RefundProblem } from './result-codes.js';

/** What somebody asked to be given back. */
export interface RefundAsked {
  readonly id: RefundId;
  /** The caller's own number; null where money that nobody expected is given back. */
  readonly key: string | null;
  readonly amount: Money;
  readonly reason: string | null;
  readonly requestedAt: Date;
}

export type RefundState =
  /** Reserved; not asked for yet, or to be asked for again with the same id. `isSent`: the call was begun, and nothing is known of its answer. */
  | { readonly status: 'requested'; readonly isSent?: true }
  /** Alipay may or may not have given it back. `isTaken`: it said that it is working on it. */
  | { readonly status: 'unknown'; readonly isTaken: boolean }
  | { readonly status: 'succeeded'; readonly alipayRefundId: string; readonly refundedAt: Date }
  | { readonly status: 'failed'; readonly problem: RefundProblem; readonly resultCode: string | null; readonly endedAt: Date }
  /** It bounced after it had succeeded: the customer is owed the money again. */
  | { readonly status: 'reversed'; readonly alipayRefundId: string; readonly refundedAt: Date; readonly reversedAt: Date };

/** `asks`: how often Alipay was asked for it or about it; bounds and spaces the asking. */
export type Refund = RefundAsked & { readonly asks: number } & RefundState;

export type RefundEvent =
  | { readonly kind: 'RefundRequested'; readonly refund: RefundAsked }
  /** Refused by us: Alipay was not asked. */
  | { readonly kind: 'RefundRefused'; readonly refund: RefundAsked; readonly problem: RefundProblem }
  | { readonly kind: 'RefundSent'; readonly id: RefundId }
  | { readonly kind: 'RefundUnanswered'; readonly id: RefundId; readonly isTaken: boolean }
  | { readonly kind: 'RefundNotArrived'; readonly id: RefundId }
  | { readonly kind: 'RefundSucceeded'; readonly id: RefundId; readonly alipayRefundId: string; readonly refundedAt: Date }
  | { readonly kind: 'RefundFailed'; readonly id: RefundId; readonly problem: RefundProblem; readonly resultCode: string; readonly at: Date }
  | { readonly kind: 'RefundReversed'; readonly id: RefundId; readonly reversedAt: Date };

/** What Alipay said of a refund. */
export type RefundAnswer =
  | { readonly kind: 'succeeded'; readonly amount: Money | null; readonly alipayRefundId: string; readonly refundedAt: Date }
  | { readonly kind: 'refused'; readonly problem: RefundProblem; readonly resultCode: string }
  | { readonly kind: 'in-process' }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'unknown' };

/** A bound for one payment's row and its time line. */
export const REFUNDS_MAX = 100;
/** Identical repetitions before Alipay is asked what became of it. */
const REPEATS_MAX = 3;
const GAPS_MS = [0, 1_000, 2_000, 3_000, 5_000, 10_000, 30_000] as const;
const SLOW_MS = 60_000;
/** Then a person is told; the asking goes on. */
export const ASKS_BEFORE_ATTENTION = 12;

export function isRefundEvent(event: { readonly kind: string }): event is RefundEvent {
  return event.kind.startsWith('Refund');
}

export function isOpen(refund: Refund): boolean {
  return refund.status === 'requested' || refund.status === 'unknown';
}

export function evolveRefunds(refunds: readonly Refund[], event: RefundEvent): Refund[] {
  if (event.kind === 'RefundRequested') return [...refunds, { ...event.refund, asks: 0, status: 'requested' }];
  if (event.kind === 'RefundRefused') return [...refunds, { ...event.refund, asks: 0, status: 'failed', problem: event.problem, resultCode: null, endedAt: event.refund.requestedAt }];
  return refunds.map((refund) => (refund.id === event.id ? evolveRefund(refund, event) : refund));
}

function evolveRefund(refund: Refund, event: Exclude<RefundEvent, { kind: 'RefundRequested' | 'RefundRefused' }>): Refund {
  const { id, key, amount, reason, requestedAt } = refund;
  const same = { id, key, amount, reason, requestedAt, asks: refund.asks + 1 };
  switch (event.kind) {
    case 'RefundSent': return { ...same, asks: refund.asks, status: 'requested', isSent: true };
    case 'RefundUnanswered': return { ...same, status: 'unknown', isTaken: event.isTaken };
    case 'RefundNotArrived': return { ...same, status: 'requested' };
    case 'RefundSucceeded': return { ...same, status: 'succeeded', alipayRefundId: event.alipayRefundId, refundedAt: event.refundedAt };
    case 'RefundFailed': return { ...same, status: 'failed', problem: event.problem, resultCode: event.resultCode, endedAt: event.at };
    case 'RefundReversed': return refund.status === 'succeeded' ? { ...same, asks: refund.asks, status: 'reversed', alipayRefundId: refund.alipayRefundId, refundedAt: refund.refundedAt, reversedAt: event.reversedAt } : refund;
  }
}

export interface RefundSums {
  /** Given back and not bounced. */
  readonly refunded: Money;
  /** Reserved for refunds that are under way. */
  readonly pending: Money;
}

/** Of what callers asked for; a give-back belongs to other money. */
export function sumsOf(refunds: readonly Refund[], currency: Money['currency']): RefundSums {
  const sum = (some: readonly Refund[]) => some.filter(({ key }) => key !== null).reduce((total, { amount }) => add(total, amount), zero(currency));
  return { refunded: sum(refunds.filter(({ status }) => status === 'succeeded')), pending: sum(refunds.filter(isOpen)) };
}

/** Reserve first: `refunded + pending + x ≤ paid`. Undefined when it may be asked for. */
export function refusalOf(refunds: readonly Refund[], amount: Money, paid: Money): RefundProblem | undefined {
  if (amount.currency !== paid.currency) return 'refund.currency-differs';
  if (refunds.length >= REFUNDS_MAX) return 'refund.too-many';
  const { refunded, pending } = sumsOf(refunds, paid.currency);
  return compare(add(add(refunded, pending), amount), paid) > 0 ? 'refund.exceeds-paid' : undefined;
}

/** A call that is begun after one whose answer never came, because we died, is a repetition. */
export function sendRefund(refund: Refund): RefundEvent[] {
  if (refund.status !== 'requested') return [];
  return [refund.isSent === true ? { kind: 'RefundUnanswered', id: refund.id, isTaken: false } : { kind: 'RefundSent', id: refund.id }];
}

/** What an answer changes; an ended refund is changed by none. */
export function applyAnswer(refund: Refund, answer: RefundAnswer, now: Date): RefundEvent[] {
  if (!isOpen(refund)) return [];
  const { id } = refund;
  switch (answer.kind) {
    case 'succeeded': {
      const isOurs = answer.amount === null || sameMoney(answer.amount, refund.amount);
      return isOurs ? [{ kind: 'RefundSucceeded', id, alipayRefundId: answer.alipayRefundId, refundedAt: answer.refundedAt }] : [{ kind: 'RefundUnanswered', id, isTaken: true }];
    }
    // A repetition that is refused says nothing about an earlier call that nobody answered: that one is asked about before the reserve is freed.
    case 'refused': return refund.status === 'unknown' && !refund.isTaken
      ? [{ kind: 'RefundUnanswered', id, isTaken: true }]
      : [{ kind: 'RefundFailed', id, problem: answer.problem, resultCode: answer.resultCode, at: now }];
    case 'in-process': return [{ kind: 'RefundUnanswered', id, isTaken: true }];
    case 'not-found': return [{ kind: 'RefundNotArrived', id }];
    case 'unknown': return [{ kind: 'RefundUnanswered', id, isTaken: refund.status === 'unknown' && refund.isTaken }];
  }
}

/** The refund whose turn it is: one that was never asked for before one that was. */
export function nextRefund(refunds: readonly Refund[]): Refund | undefined {
  return refunds.filter(isOpen).reduce<Refund | undefined>((first, refund) => (first === undefined || refund.asks < first.asks ? refund : first), undefined);
}

/** Asked for again with the same id, or asked about. */
export function refundCall(refund: Refund): 'refund' | 'inquire-refund' {
  if (refund.status === 'requested') return 'refund';
  return refund.status === 'unknown' && (refund.isTaken || refund.asks >= REPEATS_MAX) ? 'inquire-refund' : 'refund';
}

/** Milliseconds until its next call. */
export function refundGapMs(refund: Refund): number {
  return GAPS_MS[refund.asks] ?? SLOW_MS;
}
