import { z } from 'zod';
import { amount, chainId, instant, nextAction, orderId, paymentId, refundKey, signedAmount, storeId, text, tillId } from '../fields.js';
import { code } from '../events/order-events.js';

export const orderStatus = z.enum([
  'awaiting-code', 'awaiting-payment', 'paid', 'partly-refunded', 'refunded', 'cancelling', 'cancelled', 'expired', 'failed',
]);

export const refundView = z.object({
  refundKey,
  status: z.enum(['requested', 'succeeded', 'failed', 'reversed']).describe('requested: reserved, and asked about until Alipay has answered; reversed: it bounced, the money is owed again'),
  amount,
  reason: z.string().nullable(),
  problem: z.string().nullable().describe('Why it failed: stable problem code'),
  resultCode: z.string().nullable().describe("Alipay's"),
  alipayRefundId: z.string().nullable(),
  requestedAt: instant,
  refundedAt: instant.nullable(),
});
export type RefundView = z.infer<typeof refundView>;

/** One attempt to collect the order. */
export const paymentView = z.object({
  paymentId,
  status: z.enum(['code-issued', 'declined', 'expired', 'failed', 'paid']),
  resultCode: z.string().nullable(),
});

/** How a till sees its order. */
export const orderView = z.object({
  chainId, orderId, storeId, tillId: tillId.nullable(),
  status: orderStatus,
  nextAction,
  amount,
  description: z.string(),
  code: code.nullable(),
  codeStatus: z.enum(['pending', 'delayed', 'ready', 'closed']).describe('delayed: Alipay does not answer at the moment'),
  payment: z.object({ alipayPaymentId: z.string(), wallet: z.string().nullable(), paidAt: instant }).nullable(),
  payments: z.array(paymentView).describe('Attempts to collect it that got as far as a code or an end, oldest first'),
  refunds: z.array(refundView),
  refunded: signedAmount.nullable().describe('Given back altogether; null until it was paid'),
  left: signedAmount.nullable().describe('What could still be given back'),
  problem: z.enum(['alipay.unavailable']).nullable().describe('Alipay does not answer at the moment; the code comes as soon as it does'),
  placedAt: instant,
  deadlineAt: instant,
  endReason: z.string().nullable(),
});
export type OrderView = z.infer<typeof orderView>;

export const placeOrderQuery = z.strictObject({
  wait: z.enum(['code']).optional().describe('Answer when the code is there, else 202 after the wait'),
  waitSeconds: z.coerce.number().int().min(1).max(10).optional().describe('Default 0.8 s'),
});

export const cancelRequest = z.strictObject({ reason: text(256).optional() });

export const newCodeRequest = z.strictObject({ codeSeconds: z.int().min(60).max(1_740).optional().describe('Life of the code. Default: as before') });

export const refundQuery = z.strictObject({
  wait: z.enum(['result']).optional().describe('Answer when Alipay has answered, else 202 after the wait'),
  waitSeconds: z.coerce.number().int().min(1).max(10).optional().describe('Default 0.8 s'),
});

export const TIMELINE_ENTRIES_MAX = 1_000;

/** Something that happened to an order, as one service knows it. */
export const timelineEntry = z.object({
  at: instant,
  service: z.enum(['order', 'payment-gateway', 'notification', 'reconciliation']),
  kind: z.string().max(64).describe('noun.past-verb, or the operation of an exchange with Alipay'),
  detail: z.record(z.string(), z.unknown()),
});
export type TimelineEntry = z.infer<typeof timelineEntry>;

/** What one service contributes, oldest first. */
export const timelinePart = z.object({ chainId, orderId, entries: z.array(timelineEntry) });
export type TimelinePart = z.infer<typeof timelinePart>;

/** All parts, merged by time. */
export const timelineView = timelinePart.extend({
  missing: z.array(z.object({ service: z.string(), reason: z.string() })).describe('Parts that did not answer'),
});
export type TimelineView = z.infer<typeof timelineView>;
