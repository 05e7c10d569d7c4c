import { z } from 'zod';
import { code } from '../events/order-events.js';
import { amount, chainId, instant, nextAction, orderId, refundKey, signedAmount, storeId, tillId } from '../fields.js';

/** What shops hear of an order. `order.placed` and what order asks of the gateway are nobody's business outside. */
export const toldType = z.enum([
  'order.code-ready', 'order.code-closed', 'order.paid', 'order.expired', 'order.cancelled', 'order.failed', 'order.rejected',
  'order.request-refused', 'order.attention-needed', 'order.refunded', 'order.refund-failed', 'order.refund-reversed', 'order.day-refused',
]);

/** `data` of a server-sent event and of a webhook. What a type does not speak of is left out. */
export const toldFact = z.strictObject({
  type: toldType,
  time: instant,
  chainId, orderId: orderId.optional().describe('Left out where it is about a trading day'), storeId, tillId: tillId.nullable(),
  nextAction,
  date: z.iso.date().optional().describe('The trading day that it is about'),
  amount: amount.optional(),
  code: code.optional(),
  alipayPaymentId: z.string().optional(),
  wallet: z.string().nullable().optional().describe('Name of the wallet, never of its owner'),
  paidAt: instant.optional(),
  refundKey: refundKey.optional(),
  refunded: signedAmount.optional().describe('Given back altogether'),
  left: signedAmount.optional().describe('What could still be given back'),
  alipayRefundId: z.string().optional(),
  refundedAt: instant.optional(),
  reversedAt: instant.optional(),
  reason: z.string().nullable().optional(),
  resultCode: z.string().nullable().optional().describe("Alipay's"),
  request: z.string().optional().describe('What was asked and refused'),
  problem: z.string().optional().describe('Stable problem code'),
  detail: z.string().optional(),
});
export type ToldFact = z.infer<typeof toldFact>;

/** Body of a webhook, in the form that Standard Webhooks recommends. */
export const webhookBody = z.strictObject({ type: toldType, timestamp: instant, data: toldFact });

export const storeEventsQuery = z.strictObject({
  till: tillId.optional().describe('Only what concerns this till'),
  lastEventId: z.string().max(64).optional().describe('For clients that cannot send the header Last-Event-ID'),
});

/** What was told about an order, to whom and when. */
export const toldView = z.object({
  chainId, orderId,
  streamed: z.array(z.object({
    storeId,
    sequence: z.string().describe('`id:` on the event stream of the store'),
    eventId: z.string(),
    toldAt: instant.describe('From then on it was on the stream'),
    fact: toldFact,
  })),
  delivered: z.array(z.object({
    endpointId: z.string(), eventId: z.string(), eventType: toldType,
    status: z.enum(['waiting', 'delivered', 'given-up']),
    attempts: z.int(),
    lastProblem: z.string().nullable(),
    createdAt: instant,
    endedAt: instant.nullable(),
  })).describe('Webhooks'),
});
export type ToldView = z.infer<typeof toldView>;
