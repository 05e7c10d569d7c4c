import type { ChainId, Money, OrderId, OrderKey, PaymentId } from '@scantill/kernel';
import type { AcknowledgedBy } from './acknowledgement.js';
import { remembered, rememberedAtEnd, type Attempt } from './attempt.js';
import { evolveRefunds, refundSums, type Refund, type RefundEvent } from './refund.js';

export interface OrderLine {
  readonly name: string;
  readonly quantity: number;
  readonly amount?: Money;
}

/** Under which contract and name the store sells, as it was when the order was placed. */
export interface SellingTerms {
  readonly storeName: string;
  readonly storeMcc: string;
  readonly storeRegion: string;
  readonly accountId: string;
  readonly referenceMerchantId: string;
  readonly merchantName: string;
  readonly merchantMcc: string;
  readonly settlementCurrency: string;
}

export interface PlacedOrder {
  readonly key: OrderKey;
  readonly chainId: ChainId;
  readonly orderId: OrderId;
  readonly storeId: string;
  readonly tillId: string | null;
  readonly amount: Money;
  readonly description: string;
  readonly lines: readonly OrderLine[];
  /** SHA-256 over what the till asked for: the same id with another hash is a conflict. */
  readonly contentHash: string;
  readonly terms: SellingTerms;
  readonly codeSeconds: number;
  readonly placedAt: Date;
  readonly validUntil: Date;
  readonly deadlineAt: Date;
}

export interface Code {
  readonly text: string;
  readonly expiresAt: Date;
}

export interface Paid {
  readonly paymentId: PaymentId;
  readonly alipayPaymentId: string;
  readonly wallet: string | null;
  readonly paidAt: Date;
}

export type ClosedReason = 'declined' | 'expired' | 'failed';

/** How a payment of the order stands, as far as the order knows. */
export type Collection =
  | { readonly kind: 'live'; readonly paymentId: PaymentId; readonly code: Code }
  | { readonly kind: 'closed'; readonly paymentId: PaymentId; readonly reason: ClosedReason; readonly resultCode: string | null };

export type OrderState =
  | { readonly status: 'awaiting-code'; readonly isDelayed: boolean }
  | { readonly status: 'awaiting-payment'; readonly collection: Collection }
  | { readonly status: 'cancelling'; readonly reason: string | null; readonly byDeadline: boolean }
  | { readonly status: 'paid' | 'partly-refunded' | 'refunded'; readonly paid: Paid }
  | { readonly status: 'cancelled'; readonly reason: string | null }
  | { readonly status: 'expired'; readonly reason: 'not-valid-any-more' | 'deadline' }
  | { readonly status: 'failed'; readonly resultCode: string };

interface Standing {
  /** When the order came to stand like this; refunds do not count. */
  readonly since: Date;
  readonly attention: string | null;
  /** How and when a system of the chain was first known to have heard that it is paid; kept only for chains that acknowledge. */
  readonly acknowledged: { readonly by: AcknowledgedBy; readonly at: Date } | null;
  /** Payments that are over, oldest first; while the order is being cancelled, also the one that is being closed. */
  readonly attempts: readonly Attempt[];
  readonly refunds: readonly Refund[];
}

export type Order = PlacedOrder & OrderState & Standing;
export type PaidOrder = Extract<Order, { readonly paid: Paid }>;

export type OrderStatus = OrderState['status'];

/** What happened to the order. Each becomes one event for the others, but `PaymentDelayed`, which only changes what a till sees. */
export type OrderEvent =
  | { readonly kind: 'OrderPlaced'; readonly order: PlacedOrder }
  | { readonly kind: 'OrderMetTooLate'; readonly order: PlacedOrder }
  | { readonly kind: 'PaymentDelayed' }
  | { readonly kind: 'NewCodeRequested'; readonly codeSeconds: number }
  | { readonly kind: 'CodeReady'; readonly paymentId: PaymentId; readonly code: Code }
  | { readonly kind: 'CodeClosed'; readonly paymentId: PaymentId; readonly reason: ClosedReason; readonly resultCode: string | null }
  | { readonly kind: 'OrderPaid'; readonly paid: Paid }
  | { readonly kind: 'CancelRequested'; readonly reason: string | null; readonly byDeadline: boolean }
  | { readonly kind: 'CancelRefused'; readonly problem: 'order.already-paid' }
  | { readonly kind: 'OrderCancelled'; readonly reason: string | null }
  | { readonly kind: 'OrderExpired'; readonly reason: 'not-valid-any-more' | 'deadline' }
  | { readonly kind: 'OrderFailed'; readonly resultCode: string }
  | { readonly kind: 'AttentionNeeded'; readonly reason: string }
  | RefundEvent;

/** The state after an event that happened at `at`; the first event of an order makes it. */
export function evolve(order: Order | undefined, event: OrderEvent, at: Date): Order {
  if (event.kind === 'OrderPlaced') return { ...event.order, status: 'awaiting-code', isDelayed: false, ...fresh(at) };
  if (event.kind === 'OrderMetTooLate') return { ...event.order, status: 'expired', reason: 'not-valid-any-more', ...fresh(at) };
  return change(order as Order, event, at);
}

function fresh(since: Date): Standing {
  return { since, attention: null, acknowledged: null, attempts: [], refunds: [] };
}

function change(order: Order, event: Exclude<OrderEvent, { kind: 'OrderPlaced' | 'OrderMetTooLate' }>, at: Date): Order {
  const moved = (attempts: readonly Attempt[]) => ({ ...placedPart(order), since: at, attention: order.attention, acknowledged: order.acknowledged, attempts, refunds: order.refunds });
  switch (event.kind) {
    case 'PaymentDelayed': return { ...moved(order.attempts), status: 'awaiting-code', isDelayed: true };
    case 'NewCodeRequested': return { ...moved(remembered(order)), status: 'awaiting-code', isDelayed: false };
    case 'CodeReady': return { ...moved(remembered(order, event.paymentId)), status: 'awaiting-payment', collection: { kind: 'live', paymentId: event.paymentId, code: event.code } };
    case 'CodeClosed': {
      const { paymentId, reason, resultCode } = event;
      return { ...moved(remembered(order, paymentId)), status: 'awaiting-payment', collection: { kind: 'closed', paymentId, reason, resultCode } };
    }
    case 'OrderPaid': return { ...moved(remembered(order, event.paid.paymentId)), status: 'paid', paid: event.paid };
    case 'CancelRequested': return { ...moved(remembered(order)), status: 'cancelling', reason: event.reason, byDeadline: event.byDeadline };
    case 'OrderCancelled': return { ...moved(rememberedAtEnd(order, 'failed', at)), status: 'cancelled', reason: event.reason };
    case 'OrderExpired': return { ...moved(rememberedAtEnd(order, 'expired', at)), status: 'expired', reason: event.reason };
    case 'OrderFailed': return { ...moved(rememberedAtEnd(order, 'failed', at)), status: 'failed', resultCode: event.resultCode };
    case 'AttentionNeeded': return { ...order, attention: event.reason };
    case 'CancelRefused': return order;
    case 'RefundRequested':
    case 'RefundSucceeded':
    case 'RefundFailed':
    case 'RefundReversed': return withRefunds(order as PaidOrder, evolveRefunds(order.refunds, event, at));
  }
}

/** How far a paid order is refunded follows from what was given back, and from nothing else. */
function withRefunds(order: PaidOrder, refunds: readonly Refund[]): PaidOrder {
  const { refunded } = refundSums({ amount: order.amount, refunds });
  const status = refunded.minor === 0n ? 'paid' : refunded.minor === order.amount.minor ? 'refunded' : 'partly-refunded';
  return { ...order, status, refunds };
}

/** Leaves the fields of the former state behind. */
function placedPart(order: PlacedOrder): PlacedOrder {
  const { key, chainId, orderId, storeId, tillId, amount, description, lines, contentHash, terms, codeSeconds, placedAt, validUntil, deadlineAt } = order;
  return { key, chainId, orderId, storeId, tillId, amount, description, lines, contentHash, terms, codeSeconds, placedAt, validUntil, deadlineAt };
}

export function isPaid(order: Order): order is PaidOrder {
  return order.status === 'paid' || order.status === 'partly-refunded' || order.status === 'refunded';
}

/** Nothing has to be collected any more. */
export function hasEnded(order: Order): boolean {
  return isPaid(order) || order.status === 'cancelled' || order.status === 'expired' || order.status === 'failed';
}
