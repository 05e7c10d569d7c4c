import type { ProblemCode } from '@scantill/contracts';
import type { OrderRejected } from '../core/decide-order.js';
import type { TermsRejected } from '../core/selling-terms.js';

/** Each refusal of the core has one stable code at every edge; a new one without a code does not compile. */
export const problemOf = {
  OrderNotFound: 'order.not-found',
  OrderConflict: 'order.conflict',
  OrderAlreadyPaid: 'order.already-paid',
  OrderAlreadyEnded: 'order.already-ended',
  UnknownStore: 'order.unknown-store',
  UnknownTill: 'order.unknown-till',
  NoAccount: 'order.no-account',
} as const satisfies Record<(OrderRejected | TermsRejected)['kind'], ProblemCode>;
