import { z } from 'zod';
import { defineEvent } from '../envelope.js';
import { amount, chainId, instant, orderId, paymentId, storeId } from '../fields.js';
import { topics } from '../topics.js';
import { code } from './order-events.js';

const payment = { chainId, orderId, storeId, paymentId, accountId: z.string() };
const success = {
  ...payment, amount, alipayPaymentId: z.string(),
  wallet: z.string().nullable().describe('Name of the wallet, never of its owner'),
  paidAt: instant.describe("Alipay's time of payment"),
  reportedAt: instant.describe('When Alipay told us'),
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
