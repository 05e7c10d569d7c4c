import type { OrderBooks, PaymentEntry } from './books.ts';

/**
 * lost: money or an order that somebody has forgotten. double: something that happened or was told twice. disagree: two books
 * that say different things about the same order.
 */
export type FindingKind = 'lost' | 'double' | 'disagree';

export interface Finding {
  readonly kind: FindingKind;
  readonly what: string;
}

export interface Moment {
  /** By the clock of the business. */
  readonly nowMs: number;
  /** The system was given time to finish what it had begun, so what is still in its hands is stuck. */
  readonly isSettled: boolean;
}

/** What is wrong with one order in one respect. */
export type Rule = (books: OrderBooks, moment: Moment) => Finding[];

export const lost = (what: string): Finding => ({ kind: 'lost', what });
export const double = (what: string): Finding => ({ kind: 'double', what });
export const disagree = (what: string): Finding => ({ kind: 'disagree', what });

/** Late money that waits for a person, or, while there is time, is on its way back. */
export function isKnown({ hasAttention, isGivingBack }: PaymentEntry, { isSettled }: Moment): boolean {
  return hasAttention || (isGivingBack && !isSettled);
}
