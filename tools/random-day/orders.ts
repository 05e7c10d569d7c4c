import type { Money, OrderKey, PaymentId } from '@scantill/kernel';
import type { Clockwork } from './clockwork.ts';
import { decideOrder, evolveOrder, type Bill, type Order, type OrderEvent, type OrderInput, type PaymentEvent, type PlacedOrder } from './cores.ts';
import type { OrderAsk } from './gateway.ts';
import { Host } from './host.ts';

/** What the gateway reports, as its messages carry it. */
export interface PaymentTold {
  readonly orderKey: OrderKey;
  readonly paymentId: PaymentId;
  readonly amount: Money;
  readonly event: PaymentEvent;
  /** Of the refund that the event is about; without a key for money that nobody expected. */
  readonly refund: { readonly key: string | null; readonly amount: Money; readonly problem: string | null } | undefined;
}

interface Parts {
  readonly clockwork: Clockwork;
  readonly ask: (ask: OrderAsk) => void;
  readonly onEvent: (event: OrderEvent, order: Order) => void;
}

/** The order service's process around its core. */
export class Orders {
  readonly host: Host;
  readonly byKey = new Map<OrderKey, Order>();
  private readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
    this.host = new Host(parts.clockwork);
  }

  /** @returns whether it was taken: a till asks again when nobody was there, and is told when it may not */
  request(key: OrderKey, input: OrderInput): boolean {
    if (this.host.isUp) this.change(key, input);
    return this.host.isUp;
  }

  place(placed: PlacedOrder): boolean {
    const isNew = !this.byKey.has(placed.key);
    const isTaken = this.request(placed.key, { kind: 'place', order: placed, now: this.parts.clockwork.now });
    if (isTaken && isNew) this.parts.clockwork.at(placed.deadlineAt.getTime(), () => this.host.whenUp(() => this.change(placed.key, { kind: 'deadline', now: this.parts.clockwork.now })));
    return isTaken;
  }

  hear(told: PaymentTold): void {
    const input = toInput(told);
    if (input !== undefined) this.change(told.orderKey, input);
  }

  private change(key: OrderKey, input: OrderInput): void {
    const { clockwork, ask, onEvent } = this.parts;
    let order = this.byKey.get(key);
    const decided = decideOrder(order, input);
    for (const event of decided.ok ? decided.value : []) {
      order = evolveOrder(order, event, clockwork.now);
      this.byKey.set(key, order);
      const asked = toAsk(order, event);
      if (asked !== undefined) ask(asked);
      onEvent(event, order);
    }
  }
}

function toAsk(order: Order, event: OrderEvent): OrderAsk | undefined {
  const orderKey = order.key;
  switch (event.kind) {
    case 'OrderPlaced': return { kind: 'pay', orderKey, bill: toBill(order) };
    case 'NewCodeRequested': return { kind: 'new-code', orderKey, codeSeconds: event.codeSeconds, deadlineAt: order.deadlineAt };
    case 'CancelRequested': return { kind: 'close', orderKey };
    case 'RefundRequested': return 'paid' in order ? { kind: 'refund', orderKey, paymentId: order.paid.paymentId, key: event.refund.key, amount: event.refund.amount, reason: event.refund.reason } : undefined;
    default: return undefined;
  }
}

function toBill(order: Order): Bill {
  const { key, chainId, orderId, storeId, tillId, amount, description, terms, codeSeconds, validUntil } = order;
  const { accountId, storeName, storeMcc, storeRegion: region, referenceMerchantId, merchantName, merchantMcc, settlementCurrency } = terms;
  return {
    orderKey: key, chainId, orderId, storeId, tillId, accountId, amount, description, lines: [], storeName, storeMcc, region, referenceMerchantId, merchantName, merchantMcc,
    settlementCurrency, codeSeconds, validUntil, correlationId: key,
  };
}

function toInput({ paymentId, amount, event, refund }: PaymentTold): OrderInput | undefined {
  switch (event.kind) {
    case 'CodeIssued': return { kind: 'code-issued', paymentId, code: event.code };
    case 'PayWithheld':
    case 'PayUnknown': return event.isFirst ? { kind: 'payment-delayed', paymentId } : undefined;
    case 'Succeeded': return { kind: 'payment-succeeded', amount, paid: { paymentId, ...event.success } };
    case 'Failed': return { kind: 'payment-failed', paymentId, resultCode: event.resultCode, byCustomer: event.byCustomer };
    case 'Expired': return { kind: 'payment-expired', paymentId, beforePay: event.beforePay };
    case 'Cancelled': return { kind: 'payment-cancelled', paymentId };
    case 'LateSuccess': return { kind: 'late-success', paymentId };
    case 'AttentionNeeded': return { kind: 'payment-needs-attention', reason: event.reason };
    case 'RefundSucceeded': return refund && { kind: 'refund-succeeded', refundKey: refund.key, amount: refund.amount, alipayRefundId: event.alipayRefundId, refundedAt: event.refundedAt };
    case 'RefundRefused':
    case 'RefundFailed': return refund && { kind: 'refund-failed', refundKey: refund.key, amount: refund.amount, problem: event.problem, resultCode: null };
    case 'RefundReversed': return refund && { kind: 'refund-reversed', refundKey: refund.key, amount: refund.amount, reversedAt: event.reversedAt };
    default: return undefined;
  }
}
