import { z } from 'zod';
import { defineEvent } from '../envelope.js';
import { amount, chainId, instant, orderId, refundKey, storeId, text, tillId, totalMinor } from '../fields.js';
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

/** More than that are two trading days. */
export const MAX_TRADING_DAY_HOURS = 72;
const HOUR_MS = 3_600_000;
/** The same date begins up to 14 hours before UTC somewhere, and ends up to 12 hours after it. */
const DATE_HOURS = { from: -14, until: 24 + 12 };

const counted = z.strictObject({ count: z.int().min(0).max(100_000_000), minor: totalMinor });

/** A store's day as its own tills add it up. Only what was to be collected by Alipay, not cash or cards. */
export const tradingDay = {
  date: z.iso.date().describe("The store's own trading day"),
  from: instant.describe('The first moment of the day'),
  until: instant.describe(`The first moment after it, at most ${MAX_TRADING_DAY_HOURS} hours later`),
  totals: z.array(z.strictObject({
    currency: amount.shape.currency,
    sales: counted.describe('Orders that were told as paid, once each, by their `paidAt`. What was given up counts as neither a sale nor a refund, also where money came too late and went back by itself'),
    refunds: counted.describe('Refunds that were told as given back, by their `refundedAt`. One that bounced later stays one'),
  })).max(20).describe('A currency that is left out was not sold in'),
};

export const storeDayClosedV1 = defineEvent({
  type: 'store.day-closed', version: 1, topic: topics.storeOrders,
  summary: 'What the tills of a store sold and gave back in a trading day. Sent again for the same day, the one that comes last counts, whatever its `time` says.',
  data: z.strictObject({ chainId, storeId, ...tradingDay }).superRefine(({ date, from, until, totals }, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    const [day, begins, ends] = [date, from, until].map((text) => Date.parse(text)) as [number, number, number];
    if (ends <= begins) refuse('until', 'is not later than from');
    if (ends - begins > MAX_TRADING_DAY_HOURS * HOUR_MS) refuse('until', `is more than ${MAX_TRADING_DAY_HOURS} hours after from`);
    if (begins >= day + DATE_HOURS.until * HOUR_MS || ends <= day + DATE_HOURS.from * HOUR_MS) refuse('date', 'is no day between from and until');
    if (new Set(totals.map(({ currency }) => currency)).size < totals.length) refuse('totals', 'has a currency twice');
  }),
});
