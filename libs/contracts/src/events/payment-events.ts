import { z } from 'zod';
import { defineEvent } from '../envelope.js';
import { amount, chainId, instant, orderId, paymentId, refundId, refundKey, signedAmount, storeId } from '../fields.js';
import { topics } from '../topics.js';
import { code } from './order-events.js';
import { alipayText, inquiredType } from './reconciliation-events.js';

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

export const paymentInquiryAnsweredV1 = defineEvent({
  type: 'payment.inquiry-answered', version: 1, topic: topics.payment,
  summary: 'What Alipay says of something that its file lists and we do not expect. No money is moved by it.',
  data: z.object({
    chainId, accountId: z.string(), breakId: z.string().max(32), transactionType: inquiredType, orderId: orderId.nullable(),
    outcome: z.enum(['found', 'not-found', 'no-answer']).describe('no-answer: Alipay was asked several times and said nothing that can be believed'),
    askedBy: z.enum(['request-id', 'alipay-id']).describe('The id by which it was asked last'),
    status: z.enum(['succeeded', 'failed', 'processing', 'cancelled']).nullable(),
    resultCode: z.string().max(64).nullable(),
    amount: signedAmount.nullable(), requestId: alipayText.nullable(), alipayId: alipayText.nullable(),
    movedAt: instant.nullable().describe("Alipay's time of the payment or refund"),
    known: z.object({
      paymentId, orderId, status: z.string().max(32), attention: z.string().nullable(),
      refund: z.object({ refundId, status: z.string().max(32) }).nullable(),
    }).nullable().describe('What the gateway itself knows of it'),
    answeredAt: instant,
  }),
});
