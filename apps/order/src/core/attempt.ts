import type { PaymentId } from '@scantill/kernel';
import type { Order } from './order.js';

/** Of the attempts that are over, the newest are kept: nobody at a till tries as often. */
export const ATTEMPTS_MAX = 20;

/** One payment that got as far as a code or an end. */
export interface Attempt {
  readonly paymentId: PaymentId;
  readonly status: 'code-issued' | 'declined' | 'expired' | 'failed' | 'paid';
  readonly resultCode: string | null;
  /** Since when it stands like this. */
  readonly at: Date;
}

/** All attempts to collect an order, oldest first: those that are over, then the one it shows or was paid by. */
export function attemptsOf(order: Order): readonly Attempt[] {
  const current = currentAttempt(order);
  return current === undefined ? order.attempts : [...order.attempts, current];
}

function currentAttempt(order: Order): Attempt | undefined {
  if ('paid' in order) return { paymentId: order.paid.paymentId, status: 'paid', resultCode: null, at: order.paid.paidAt };
  if (order.status !== 'awaiting-payment') return undefined;
  const { collection, since: at } = order;
  if (collection.kind === 'live') return { paymentId: collection.paymentId, status: 'code-issued', resultCode: null, at };
  return { paymentId: collection.paymentId, status: collection.reason, resultCode: collection.resultCode, at };
}

/** What an order remembers when it moves on: every attempt but the one that its new state is about. */
export function remembered(order: Order, current?: PaymentId): readonly Attempt[] {
  return attemptsOf(order).filter(({ paymentId }) => paymentId !== current).slice(-ATTEMPTS_MAX);
}

/** The same once the order has ended: what could still be paid cannot any more. */
export function rememberedAtEnd(order: Order, status: 'expired' | 'failed', at: Date): readonly Attempt[] {
  return remembered(order).map((attempt) => (attempt.status === 'code-issued' ? { ...attempt, status, at } : attempt));
}

/** Whether a report is about an earlier payment, and so cannot end or collect what stands now. */
export function isOver(order: Order, paymentId: PaymentId): boolean {
  const live = order.attempts.find(({ status }) => status === 'code-issued');
  if (live !== undefined) return live.paymentId !== paymentId;
  return order.attempts.some((attempt) => attempt.paymentId === paymentId);
}
