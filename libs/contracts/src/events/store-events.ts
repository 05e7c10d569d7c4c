import { z } from 'zod';
import { defineEvent } from '../envelope.js';
import { amount, chainId, instant, orderId, refundKey, storeId, text, tillId } from '../fields.js';
import { topics } from '../topics.js';

export const MAX_ORDER_LINES = 100;

export const orderLine = z.strictObject({
  name: text(128),
  quantity: z.int().min(1).max(100_000),
  amount: amount.optional(),
});

/** What a till asks to be paid for; the same over Kafka and HTTP. */
export const orderRequest = z.strictObject({
  orderId,
  storeId,
  tillId: tillId.optional(),
  amount,
  description: text(256),
  lines: z.array(orderLine).max(MAX_ORDER_LINES).optional(),
  validUntil: instant.optional().describe('Met later than this before the first pay, the order ends expired. Default: 60 s after it was published'),
  deadlineSeconds: z.int().min(60).max(86_400).optional().describe('Life of the order. Default 1800'),
  codeSeconds: z.int().min(60).max(1_740).optional().describe('Life of a code. Default 540'),
});

export const storeOrderRequestedV1 = defineEvent({
  type: 'store.order-requested', version: 1, topic: topics.storeOrders,
  summary: 'A till wants to be paid for an order.',
  data: orderRequest.extend({ chainId }),
});

export const storeCancelRequestedV1 = defineEvent({
  type: 'store.cancel-requested', version: 1, topic: topics.storeOrders,
  summary: 'A till gives an order up.',
  data: z.strictObject({ chainId, storeId, orderId, reason: text(256).optional() }),
});

/** What to give back of a paid order; the same over Kafka and HTTP. */
export const refundRequest = z.strictObject({
  amount: amount.optional().describe('Default: all that is left'),
  reason: text(256).optional(),
});

export const storeRefundRequestedV1 = defineEvent({
  type: 'store.refund-requested', version: 1, topic: topics.storeOrders,
  summary: 'A store gives money back.',
  data: refundRequest.extend({ chainId, storeId, orderId, refundKey }),
});

export const storeAcknowledgedV1 = defineEvent({
  type: 'store.acknowledged', version: 1, topic: topics.storeOrders,
  summary: 'A store system has heard that an order is paid. Only of chains that acknowledge.',
  data: z.strictObject({ chainId, storeId, orderId }),
});
