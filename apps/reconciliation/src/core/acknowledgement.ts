import type { OrderKey } from '@scantill/kernel';
import type { Expectation } from './expectation.js';

/** A webhook was taken, a message on `store.orders` said so, or the paid order was read. */
export type HeardBy = 'webhook' | 'message' | 'read';

/** A system of the chain has heard that an order is paid. */
export interface Heard {
  readonly orderKey: OrderKey;
  readonly by: HeardBy;
  readonly at: Date;
  readonly eventId: string;
}

const MINUTE_MS = 60_000;

/**
 * By when a system of the chain must have heard of a payment: rounded up to the minute, so that what is paid in one minute is looked at
 * together. Null where nobody has to: a chain that does not acknowledge, or money that is not an order's, or not any more.
 */
export function acknowledgeBy({ type, basis, paidAt }: Pick<Expectation, 'type' | 'basis' | 'paidAt'>, withinMinutes: number | undefined): Date | null {
  if (withinMinutes === undefined || type !== 'PAYMENT' || basis !== 'success' || paidAt === null) return null;
  return new Date(Math.ceil(paidAt.getTime() / MINUTE_MS + withinMinutes) * MINUTE_MS);
}

const SAYS = { webhook: 'the webhook was taken', message: 'the store acknowledged it', read: 'the paid order was read' } as const satisfies Record<HeardBy, string>;

/** Why a break ended, for its history. Without anybody who heard of it, it ended because the money went back. */
export function whyEnded(heard: Pick<Heard, 'by' | 'at'> | null): string {
  return heard === null ? 'the money went back' : `${SAYS[heard.by]} at ${heard.at.toISOString()}`;
}
