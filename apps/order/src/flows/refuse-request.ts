import { problems, type ProblemCode } from '@scantill/contracts';
import { parseOrderKey } from '@scantill/kernel';
import type { Cause } from '@scantill/platform';
import type { AcknowledgementRejected } from '../core/acknowledgement.js';
import type { OrderRejected } from '../core/decide-order.js';
import { nextAction } from '../core/next-action.js';
import type { Order } from '../core/order.js';
import type { TermsRejected } from '../core/selling-terms.js';
import type { Refusal } from '../outbound/order-events.js';
import type { WaitingRequest } from '../outbound/waiting-request.repository.js';

/** Each refusal of the core has one stable code at every edge; a new one without a code does not compile. */
export const problemOf = {
  OrderNotFound: 'order.not-found',
  OrderConflict: 'order.conflict',
  OrderAlreadyPaid: 'order.already-paid',
  OrderAlreadyEnded: 'order.already-ended',
  CodeLive: 'order.code-live',
  NothingToAcknowledge: 'order.nothing-to-acknowledge',
  OrderNotPaid: 'order.not-paid',
  RefundExceedsPaid: 'refund.exceeds-paid',
  RefundCurrencyDiffers: 'refund.currency-differs',
  TooManyRefunds: 'refund.too-many',
  IdempotencyConflict: 'idempotency.conflict',
  UnknownStore: 'order.unknown-store',
  UnknownTill: 'order.unknown-till',
  NoAccount: 'order.no-account',
} as const satisfies Record<(OrderRejected | TermsRejected | AcknowledgementRejected)['kind'], ProblemCode>;

/** What a store system published and is told about when it is refused. */
export interface Refusable {
  readonly key: string;
  readonly storeId: string;
  readonly tillId: string | null;
  readonly kind: 'place' | 'cancel' | 'refund' | 'acknowledge';
  readonly cause: Cause;
}

/** What is refused of an order leaves the till with what that order says: goods that are paid for are handed over. A refused order is nothing to hand goods over for. */
export function toRefusal({ key, kind, storeId, tillId, cause }: Refusable, problem: ProblemCode, { at, order }: { at: Date; order: Order | undefined }): Refusal {
  const isKnown = kind !== 'place' && order !== undefined && problem !== 'order.not-found';
  const told = isKnown ? { tillId: order.tillId, nextAction: nextAction(order) } : { tillId, nextAction: 'do-not-hand-over' as const };
  return { key, ...parseOrderKey(key), storeId, ...told, request: kind, problem, detail: problems[problem].title, at, cause };
}

export function refusable({ orderKey, storeId, input, cause }: WaitingRequest): Refusable {
  return { key: orderKey, storeId, tillId: null, kind: input.kind === 'cancel' ? 'cancel' : 'refund', cause };
}
