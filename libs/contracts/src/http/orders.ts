import { z } from 'zod';
import { amount, chainId, instant, nextAction, orderId, storeId, text, tillId } from '../fields.js';
import { code } from '../events/order-events.js';

export const orderStatus = z.enum([
  'awaiting-code', 'awaiting-payment', 'paid', 'partly-refunded', 'refunded', 'cancelling', 'cancelled', 'expired', 'failed',
]);

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
