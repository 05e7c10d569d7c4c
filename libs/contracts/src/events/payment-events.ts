import { z } from 'zod';
import { defineEvent } from '../envelope.js';
import { amount, chainId, instant, orderId, paymentId, refundId, refundKey, storeId } from '../fields.js';
import { topics } from '../topics.js';
import { code } from './order-events.js';

const payment = { chainId, orderId, storeId, paymentId, accountId: z.string() };
const success = {
  ...payment, amount, alipayPaymentId: z.string(),
  wallet: z.string().nullable().describe('Name of the wallet, never of its owner'),
  paidAt: instant.describe("Alipay's time of payment"),
  reportedAt: instant.describe('When Alipay told us'),
  charged: amount.optional().describe("What the wallet took from the customer, in the wallet's currency"),
  quote: z.object({ pair: z.string().max(16), price: z.string().max(32) }).optional().describe("Alipay's rate from the payment's to the wallet's currency; the price is decimal text"),
};
const refund = {
  ...payment, refundId, refundKey: refundKey.nullable().describe('Null where no caller asked: money that nobody expected is given back'),
  amount, alipayPaymentId: z.string(),
};

export const paymentCodeIssuedV1 = defineEvent({
  type: 'payment.code-issued', version: 1, topic: topics.payment,
  summary: 'Alipay made a code. Nobody has paid yet.',
  data: z.object({ ...payment, alipayPaymentId: z.string(), code }),
});

export const paymentDelayedV1 = defineEvent({
  type: 'payment.delayed', version: 1, topic: topics.payment,
  summary: 'Alipay does not answer; the same request is tried again.',
  data: z.object({ ...payment }),
});

export const paymentSucceededV1 = defineEvent({
  type: 'payment.succeeded', version: 1, topic: topics.payment,
  summary: 'The customer paid; amount, currency and merchant agree with ours.',
  data: z.object(success),
});

export const paymentFailedV1 = defineEvent({
  type: 'payment.failed', version: 1, topic: topics.payment,
  summary: 'Alipay refused the payment or the customer declined; no money moved.',
  data: z.object({ ...payment, resultCode: z.string(), byCustomer: z.boolean() }),
});

export const paymentExpiredV1 = defineEvent({
  type: 'payment.expired', version: 1, topic: topics.payment,
  summary: 'The code ran out unpaid and Alipay confirmed it.',
  data: z.object({ ...payment, beforePay: z.boolean().describe('Met after validUntil: Alipay was never asked') }),
});

export const paymentCancelledV1 = defineEvent({
  type: 'payment.cancelled', version: 1, topic: topics.payment,
  summary: 'The payment is closed at Alipay; money that had moved was given back by the cancel.',
  data: z.object({ ...payment, paidBefore: z.boolean() }),
});

export const paymentLateSuccessV1 = defineEvent({
  type: 'payment.late-success', version: 1, topic: topics.payment,
  summary: 'Money arrived for a payment that had already ended.',
  data: z.object(success),
});

export const paymentAttentionNeededV1 = defineEvent({
  type: 'payment.attention-needed', version: 1, topic: topics.payment,
  summary: 'A person has to look at this payment.',
  data: z.object({ ...payment, reason: z.string(), reported: amount.nullable() }),
});

export const paymentRefundSucceededV1 = defineEvent({
  type: 'payment.refund-succeeded', version: 1, topic: topics.payment,
  summary: 'Alipay gave an amount back to the customer.',
  data: z.object({ ...refund, alipayRefundId: z.string(), refundedAt: instant.describe("Alipay's time of the refund") }),
});

export const paymentRefundFailedV1 = defineEvent({
  type: 'payment.refund-failed', version: 1, topic: topics.payment,
  summary: 'A refund was refused, by us or by Alipay; nothing was given back by it.',
  data: z.object({ ...refund, problem: z.string().describe('Stable problem code'), resultCode: z.string().nullable().describe("Alipay's; null when it was not asked") }),
});

export const paymentRefundReversedV1 = defineEvent({
  type: 'payment.refund-reversed', version: 1, topic: topics.payment,
  summary: "A refund bounced after it had succeeded: Alipay's settlement file gives the money back to the merchant.",
  data: z.object({ ...refund, alipayRefundId: z.string(), reversedAt: instant }),
});
