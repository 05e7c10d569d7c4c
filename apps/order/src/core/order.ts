import type { ChainId, Money, OrderId, OrderKey, PaymentId } from '@scantill/kernel';

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
  | { readonly status: 'paid'; readonly paid: Paid }
  | { readonly status: 'cancelled'; readonly reason: string | null }
  | { readonly status: 'expired'; readonly reason: 'not-valid-any-more' | 'deadline' }
  | { readonly status: 'failed'; readonly resultCode: string };

export type Order = PlacedOrder & OrderState & { readonly attention: string | null };

export type OrderStatus = OrderState['status'];

/** What happened to the order. Each becomes one event for the others, but `PaymentDelayed`, which only changes what a till sees. */
export type OrderEvent =
  | { readonly kind: 'OrderPlaced'; readonly order: PlacedOrder }
  | { readonly kind: 'OrderMetTooLate'; readonly order: PlacedOrder }
  | { readonly kind: 'PaymentDelayed' }
  | { readonly kind: 'CodeReady'; readonly paymentId: PaymentId; readonly code: Code }
  | { readonly kind: 'CodeClosed'; readonly paymentId: PaymentId; readonly reason: ClosedReason; readonly resultCode: string | null }
  | { readonly kind: 'OrderPaid'; readonly paid: Paid }
  | { readonly kind: 'CancelRequested'; readonly reason: string | null; readonly byDeadline: boolean }
  | { readonly kind: 'CancelRefused'; readonly problem: 'order.already-paid' }
  | { readonly kind: 'OrderCancelled'; readonly reason: string | null }
  | { readonly kind: 'OrderExpired'; readonly reason: 'not-valid-any-more' | 'deadline' }
  | { readonly kind: 'OrderFailed'; readonly resultCode: string }
  | { readonly kind: 'AttentionNeeded'; readonly reason: string };

/** The state after an event; the first event of an order makes it. */
export function evolve(order: Order | undefined, event: OrderEvent): Order {
  if (event.kind === 'OrderPlaced') return { ...event.order, status: 'awaiting-code', isDelayed: false, attention: null };
  if (event.kind === 'OrderMetTooLate') return { ...event.order, status: 'expired', reason: 'not-valid-any-more', attention: null };
  const { attention, ...rest } = order as Order;
  const placed = { ...placedPart(rest), attention };
  switch (event.kind) {
    case 'PaymentDelayed': return { ...placed, status: 'awaiting-code', isDelayed: true };
    case 'CodeReady': return { ...placed, status: 'awaiting-payment', collection: { kind: 'live', paymentId: event.paymentId, code: event.code } };
    case 'CodeClosed': return { ...placed, status: 'awaiting-payment', collection: { kind: 'closed', paymentId: event.paymentId, reason: event.reason, resultCode: event.resultCode } };
    case 'OrderPaid': return { ...placed, status: 'paid', paid: event.paid };
    case 'CancelRequested': return { ...placed, status: 'cancelling', reason: event.reason, byDeadline: event.byDeadline };
    case 'OrderCancelled': return { ...placed, status: 'cancelled', reason: event.reason };
    case 'OrderExpired': return { ...placed, status: 'expired', reason: event.reason };
    case 'OrderFailed': return { ...placed, status: 'failed', resultCode: event.resultCode };
    case 'AttentionNeeded': return { ...(order as Order), attention: event.reason };
    case 'CancelRefused': return order as Order;
  }
}

/** Leaves the fields of the former state behind. */
function placedPart(order: PlacedOrder): PlacedOrder {
  const { key, chainId, orderId, storeId, tillId, amount, description, lines, contentHash, terms, codeSeconds, placedAt, validUntil, deadlineAt } = order;
  return { key, chainId, orderId, storeId, tillId, amount, description, lines, contentHash, terms, codeSeconds, placedAt, validUntil, deadlineAt };
}

export function hasEnded(order: Order): boolean {
  return order.status === 'paid' || order.status === 'cancelled' || order.status === 'expired' || order.status === 'failed';
}
