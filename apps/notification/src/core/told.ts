/**
 * What shops hear of each fact beyond where and when it happened. Left out is what they could do nothing with: the id of the
 * payment attempt, which only order and gateway share.
 */
const DETAILS = {
  'order.code-ready': ['amount', 'code'],
  'order.code-closed': ['reason', 'resultCode'],
  'order.paid': ['amount', 'alipayPaymentId', 'wallet', 'paidAt'],
  'order.expired': ['reason'],
  'order.cancelled': ['reason'],
  'order.failed': ['resultCode'],
  'order.rejected': ['problem', 'detail'],
  'order.request-refused': ['request', 'problem', 'detail'],
  'order.attention-needed': ['reason'],
  'order.refunded': ['refundKey', 'amount', 'refunded', 'left', 'alipayPaymentId', 'alipayRefundId', 'wallet', 'refundedAt'],
  'order.refund-failed': ['refundKey', 'amount', 'refunded', 'left', 'problem', 'resultCode'],
  'order.refund-reversed': ['refundKey', 'amount', 'refunded', 'left', 'reversedAt'],
  'order.day-refused': ['date', 'problem', 'detail'],
} as const satisfies Record<string, readonly string[]>;

export type ToldType = keyof typeof DETAILS;

/** Whom a fact concerns. */
export interface Address {
  readonly chainId: string;
  readonly storeId: string;
  readonly tillId: string | null;
  /** Null where it is about the store's trading day. */
  readonly orderId: string | null;
}

/** Something that happened to an order, or to what a store said of its day. */
export interface OrderFact extends Address {
  readonly eventId: string;
  readonly correlationId: string;
  readonly type: ToldType;
  readonly time: Date;
  readonly nextAction: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** A fact in the words in which it is told: the same bytes on the stream and in a webhook. */
export interface Told extends Address {
  readonly eventId: string;
  readonly correlationId: string;
  readonly type: ToldType;
  readonly time: Date;
  readonly payload: string;
}

export function tell(fact: OrderFact): Told {
  const { eventId, correlationId, type, time, chainId, storeId, tillId, orderId, nextAction, details } = fact;
  const told: Record<string, unknown> = { type, time, chainId, ...(orderId === null ? {} : { orderId }), storeId, tillId, nextAction };
  for (const name of DETAILS[type]) told[name] = details[name];
  return { eventId, correlationId, type, time, chainId, storeId, tillId, orderId, payload: JSON.stringify(told) };
}

/** Webhooks go out order by order; what is about none is on the stream alone. */
export function isOfOrder(told: Told): told is Told & { readonly orderId: string } {
  return told.orderId !== null;
}

export function webhookBody(told: Told): string {
  return `{"type":${JSON.stringify(told.type)},"timestamp":${JSON.stringify(told.time)},"data":${told.payload}}`;
}
