import { money, orderKey, type ChainId, type OrderId, type OrderKey } from '@scantill/kernel';
import type { Chance } from '../crash/chance.ts';
import type { Alipay } from './alipay.ts';
import type { Clockwork } from './clockwork.ts';
import type { OrderEvent, Order, OrderInput, PlacedOrder } from './cores.ts';
import type { Orders } from './orders.ts';

const CUSTOMERS = ['pays', 'pays', 'pays', 'pays', 'dawdles', 'declines', 'vanishes', 'scans twice', 'pays late'] as const;

interface Parts {
  readonly clockwork: Clockwork;
  readonly chance: Chance;
  readonly alipay: Alipay;
  readonly orders: Orders;
}

/** Tills and customers: they pay, dawdle, decline, vanish, scan twice, give up, want a new code, and bring things back. */
export class People {
  private readonly codesLeft = new Map<OrderKey, number>();
  private readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  /** One customer comes to a till. */
  come(number: number): void {
    const { clockwork, chance } = this.parts;
    const order = this.newOrder(number);
    this.codesLeft.set(order.key, chance.between(0, 2));
    this.insist(() => this.parts.orders.place(order));
    // The till's own network loses the answer: it asks again.
    if (chance.next() < 0.1) clockwork.after(chance.between(1, 5_000), () => this.insist(() => this.parts.orders.place(order)));
    // Somebody presses the button for a new code while the old one can still be paid.
    if (chance.next() < 0.1) clockwork.after(chance.between(0, order.codeSeconds * 1_000), () => this.ask(order.key, { kind: 'request-code', codeSeconds: null, now: clockwork.now }));
    if (chance.next() < 0.2) clockwork.after(chance.between(0, order.codeSeconds * 1_100), () => this.ask(order.key, { kind: 'cancel', reason: 'the customer left' }));
  }

  /** What the till shows, and what people do about it. */
  see(event: OrderEvent, order: Order): void {
    const { clockwork, chance } = this.parts;
    if (event.kind === 'CodeReady') this.scan(event.paymentId, event.code.expiresAt.getTime());
    const left = this.codesLeft.get(order.key) ?? 0;
    if (event.kind === 'CodeClosed' && left > 0) {
      this.codesLeft.set(order.key, left - 1);
      clockwork.after(chance.between(100, 60_000), () => this.ask(order.key, { kind: 'request-code', codeSeconds: chance.pick([null, 60]), now: clockwork.now }));
    }
    if (event.kind === 'OrderPaid' && chance.next() < 0.4) this.bringBack(order);
  }

  private scan(requestId: string, expiresMs: number): void {
    const { clockwork, chance, alipay } = this.parts;
    const leftMs = expiresMs - clockwork.nowMs;
    const soonMs = chance.between(500, Math.max(501, Math.min(40_000, leftMs)));
    const settle = (ms: number, act: 'pays' | 'declines' | 'late') => clockwork.after(ms, () => alipay.settle(requestId, act, chance.next() < 0.03 ? 1n : undefined));
    switch (chance.pick(CUSTOMERS)) {
      case 'pays': return settle(soonMs, 'pays');
      // Some in the last moment, some just too late.
      case 'dawdles': return settle(Math.max(1, leftMs - chance.between(-3_000, 8_000)), 'pays');
      case 'declines': return settle(soonMs, 'declines');
      case 'vanishes': return;
      case 'scans twice': {
        settle(soonMs, 'pays');
        return settle(soonMs + chance.between(1, 3_000), 'pays');
      }
      case 'pays late': return settle(leftMs + chance.between(1, 7_200_000), 'late');
    }
  }

  /** In part, in whole, too much, the same twice. */
  private bringBack(order: Order): void {
    const { clockwork, chance } = this.parts;
    const { minor, currency } = order.amount;
    for (let count = chance.between(1, 4); count > 0; count -= 1) {
      const amount = chance.next() < 0.3 ? null : money(currency, BigInt(chance.between(1, Number(minor))));
      const input: OrderInput = { kind: 'request-refund', refundKey: `R-${chance.between(1, 3)}`, amount, reason: null, storeId: null, now: clockwork.now };
      clockwork.after(chance.between(1_000, chance.pick([60_000, 80_000_000])), () => this.ask(order.key, { ...input, now: clockwork.now }));
    }
  }

  private ask(key: OrderKey, input: OrderInput): void {
    this.insist(() => this.parts.orders.request(key, input));
  }

  /** Until somebody is there. */
  private insist(attempt: () => boolean): void {
    if (!attempt()) this.parts.clockwork.after(2_000, () => this.insist(attempt));
  }

  private newOrder(number: number): PlacedOrder {
    const { clockwork, chance } = this.parts;
    const orderId = `O-${number}` as OrderId;
    const placedAt = clockwork.now;
    const codeSeconds = chance.pick([60, 120, 120, 540]);
    return {
      key: orderKey('demo', orderId), chainId: 'demo' as ChainId, orderId, storeId: 'pier-1', tillId: null, amount: money('USD', BigInt(chance.between(2, 5_000))), description: 'coffee', lines: [],
      contentHash: orderId, codeSeconds, placedAt, validUntil: new Date(placedAt.getTime() + 60_000), deadlineAt: new Date(placedAt.getTime() + 1_800_000),
      terms: { storeName: 'Pier 1', storeMcc: '5814', storeRegion: 'US', accountId: 'demo-usd', referenceMerchantId: 'M1', merchantName: 'Demo', merchantMcc: '5814', settlementCurrency: 'USD' },
    };
  }
}
