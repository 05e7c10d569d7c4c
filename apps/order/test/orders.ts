import { money, orderKey, type ChainId, type OrderId, type PaymentId } from '@scantill/kernel';
import { decide, type OrderInput } from '../src/core/decide-order.js';
import { evolve, type Code, type Order, type OrderEvent, type PlacedOrder } from '../src/core/order.js';

const START = new Date('2026-11-25T10:00:00+08:00');

/** Seconds after the order was placed. */
export function at(seconds: number): Date {
  return new Date(START.getTime() + seconds * 1_000);
}

export const DEADLINE = at(1_800);
export const AMOUNT = money('USD', 1_099n);
export const PAYMENT_ID = '0123456789abcdef0123456789abcdef' as PaymentId;
export const OTHER_PAYMENT_ID = 'fedcba9876543210fedcba9876543210' as PaymentId;
export const code: Code = { text: 'https://qr.example/281017040000000000000000', expiresAt: at(540) };

export const order: PlacedOrder = {
  key: orderKey('demo', 'A-1001'), chainId: 'demo' as ChainId, orderId: 'A-1001' as OrderId, storeId: 'pier-1', tillId: 'till-1',
  amount: AMOUNT, description: '2 x Latte', lines: [{ name: 'Latte', quantity: 2, amount: money('USD', 1_099n) }], contentHash: 'hash of 2 x Latte',
  terms: {
    storeName: 'Demo Cafe Pier 1', storeMcc: '5814', storeRegion: 'US', accountId: 'demo-usd', referenceMerchantId: 'M0001', merchantName: 'Demo Cafe',
    merchantMcc: '5814', settlementCurrency: 'USD',
  },
  codeSeconds: 540, placedAt: at(0), validUntil: at(60), deadlineAt: DEADLINE,
};

export const place: OrderInput = { kind: 'place', order, now: at(0) };
export const cancel: OrderInput = { kind: 'cancel', reason: 'customer left' };
export const deadline: OrderInput = { kind: 'deadline', now: DEADLINE };
export const codeIssued: OrderInput = { kind: 'code-issued', paymentId: PAYMENT_ID, code };
export const otherCodeIssued: OrderInput = { kind: 'code-issued', paymentId: OTHER_PAYMENT_ID, code };
export const requestCode: OrderInput = { kind: 'request-code', codeSeconds: null, now: at(600) };
export const delayed: OrderInput = { kind: 'payment-delayed', paymentId: PAYMENT_ID };
export const declined: OrderInput = { kind: 'payment-failed', paymentId: PAYMENT_ID, resultCode: 'USER_BALANCE_NOT_ENOUGH', byCustomer: true };
export const refused: OrderInput = { kind: 'payment-failed', paymentId: PAYMENT_ID, resultCode: 'RISK_REJECT', byCustomer: false };
export const codeExpired: OrderInput = { kind: 'payment-expired', paymentId: PAYMENT_ID, beforePay: false };
export const expiredBeforePay: OrderInput = { kind: 'payment-expired', paymentId: PAYMENT_ID, beforePay: true };
export const paymentCancelled: OrderInput = { kind: 'payment-cancelled', paymentId: PAYMENT_ID };

export function succeeded(amount = AMOUNT, paymentId = PAYMENT_ID): OrderInput {
  return { kind: 'payment-succeeded', amount, paid: { paymentId, alipayPaymentId: '202611251140108001001880H0204595319', wallet: 'ALIPAY_CN', paidAt: at(30) } };
}

/** Asks for cents to be given back; without any for all that is left. */
export function refund(refundKey: string, cents?: bigint, reason: string | null = 'too cold'): OrderInput {
  return { kind: 'request-refund', refundKey, amount: cents === undefined ? null : money('USD', cents), reason, storeId: null, now: at(60) };
}

export function refundSucceeded(refundKey: string | null, cents: bigint): OrderInput {
  return { kind: 'refund-succeeded', refundKey, amount: money('USD', cents), alipayRefundId: `20261125194010800100188${refundKey}`, refundedAt: at(62) };
}

export function refundFailed(refundKey: string | null, cents: bigint): OrderInput {
  return { kind: 'refund-failed', refundKey, amount: money('USD', cents), problem: 'refund.refused', resultCode: 'REFUND_NOT_SUPPORTED' };
}

export function refundReversed(refundKey: string | null, cents: bigint): OrderInput {
  return { kind: 'refund-reversed', refundKey, amount: money('USD', cents), reversedAt: at(86_400) };
}

/** Two refunds: a part of the money, and all that is left, which depends on what became of the part. */
const refunds: readonly OrderInput[] = [
  refund('part', 400n), refund('part', 500n), refund('part', 400n, 'too hot'), refund('rest'), refund('much', 1_100n), { ...refund('euros'), amount: money('EUR', 1n) } as OrderInput,
  ...[['part', 400n], ['part', 500n], ['rest', 699n], ['rest', 1_099n], ['unasked', 1n], [null, 1_099n]].flatMap(([key, cents]) =>
    [refundSucceeded, refundFailed, refundReversed].map((report) => report(key as string | null, cents as bigint))),
];

/** Everything that can be said of an order, each in the forms that decisions tell apart. */
export const inputs: readonly OrderInput[] = [
  place, { ...place, order: { ...order, contentHash: 'hash of 3 x Latte' } }, { ...place, now: at(61) },
  cancel, { kind: 'deadline', now: at(1_799) }, deadline, requestCode, { ...requestCode, now: DEADLINE } as OrderInput,
  codeIssued, otherCodeIssued, delayed, succeeded(), succeeded(AMOUNT, OTHER_PAYMENT_ID), succeeded(money('USD', 1_100n)), succeeded(money('SGD', 1_099n)),
  declined, refused, { ...refused, paymentId: OTHER_PAYMENT_ID }, codeExpired, expiredBeforePay, paymentCancelled,
  { kind: 'late-success', paymentId: PAYMENT_ID }, { kind: 'payment-needs-attention', reason: 'Alipay does not confirm the cancel' },
  ...refunds,
];

export interface Story {
  readonly order: Order;
  readonly events: readonly OrderEvent[];
}

/** Folds inputs in order, as the unit of work does; what is refused changes nothing. */
export function tell(told: readonly OrderInput[], from?: Order): Story {
  let current = from;
  const events: OrderEvent[] = [];
  for (const input of told) {
    const decided = decide(current, input);
    for (const event of decided.ok ? decided.value : []) {
      current = evolve(current, event, at(61));
      events.push(event);
    }
  }
  return { order: current as Order, events };
}
