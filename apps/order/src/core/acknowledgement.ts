import { err, ok, type Result } from '@scantill/kernel';
import { isPaid, type Order, type PaidOrder } from './order.js';

/** How a system of the chain is known to have heard that an order is paid. That it took a webhook, it told another service. */
export type AcknowledgedBy = 'message' | 'read';

export type AcknowledgementRejected =
  | { readonly kind: 'OrderNotFound' }
  | { readonly kind: 'NothingToAcknowledge' };

/**
 * A store says that it has heard of a paid order. Undefined where that is known already. Whoever acknowledges what is not paid has heard of
 * something that did not happen: it is refused, so that no goods leave for it, and does not count once the order is paid.
 */
export function decideAcknowledgement(order: Order | undefined, storeId: string): Result<PaidOrder | undefined, AcknowledgementRejected> {
  if (order === undefined || order.storeId !== storeId) return err({ kind: 'OrderNotFound' });
  if (!isPaid(order)) return err({ kind: 'NothingToAcknowledge' });
  return ok(order.acknowledged === null ? order : undefined);
}
