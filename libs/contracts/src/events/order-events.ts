import { z } from 'zod';
import { defineEvent } from '../envelope.js';
import { amount, chainId, instant, nextAction, orderId, paymentId, refundKey, signedAmount, storeId, tillId } from '../fields.js';
import { topics } from '../topics.js';
import { orderLine, tradingDay } from './store-events.js';

const order = { chainId, orderId, storeId, tillId: tillId.nullable() };
const told = { ...order, nextAction };
const refund = { ...told, paymentId, refundKey, amount };
const refundSums = { refunded: signedAmount.describe('Given back altogether'), left: signedAmount.describe('What could still be given back; what is being given back is not in it') };

export const code = z.object({ text: z.string().min(1).max(2048).describe('The string to draw as QR'), expiresAt: instant });

/** Carries all that paying needs: the gateway never waits for the directory. */
export const orderPlacedV1 = defineEvent({
  type: 'order.placed', version: 1, topic: topics.order,
  summary: 'An order was accepted and a code is wanted for it.',
  data: z.object({
    ...told,
    amount,
    description: z.string().max(256),
    lines: z.array(orderLine),
    store: z.object({ name: z.string(), mcc: z.string(), region: z.string() }),
    account: z.object({
      accountId: z.string(), referenceMerchantId: z.string(), merchantName: z.string(), merchantMcc: z.string(), settlementCurrency: z.string(),
    }),
    codeSeconds: z.int(),
    validUntil: instant,
    deadlineAt: instant,
  }),
});

export const orderRejectedV1 = defineEvent({
  type: 'order.rejected', version: 1, topic: topics.order,
  summary: 'A requested order was refused; nothing was written for it.',
  data: z.object({ ...told, problem: z.string().describe('Stable problem code'), detail: z.string() }),
});

export const orderCodeReadyV1 = defineEvent({
  type: 'order.code-ready', version: 1, topic: topics.order,
  summary: 'The till can show the code.',
  data: z.object({ ...told, amount, paymentId, code }),
});

export const orderCodeClosedV1 = defineEvent({
  type: 'order.code-closed', version: 1, topic: topics.order,
  summary: 'The code no longer works; the order can still be collected with a new one.',
  data: z.object({ ...told, paymentId, reason: z.enum(['declined', 'expired', 'failed']), resultCode: z.string().nullable() }),
});

export const orderPaidV1 = defineEvent({
  type: 'order.paid', version: 1, topic: topics.order,
  summary: 'The customer has paid.',
  data: z.object({ ...told, amount, paymentId, alipayPaymentId: z.string(), wallet: z.string().nullable(), paidAt: instant }),
});

export const orderExpiredV1 = defineEvent({
  type: 'order.expired', version: 1, topic: topics.order,
  summary: 'The order ended unpaid: it was met too late or its deadline passed.',
  data: z.object({ ...told, reason: z.enum(['not-valid-any-more', 'deadline']) }),
});

export const orderCancelledV1 = defineEvent({
  type: 'order.cancelled', version: 1, topic: topics.order,
  summary: 'The till gave the order up and Alipay confirmed that nothing is owed.',
  data: z.object({ ...told, reason: z.string().nullable() }),
});

export const orderFailedV1 = defineEvent({
  type: 'order.failed', version: 1, topic: topics.order,
  summary: 'The order ended unpaid after a payment that Alipay refused.',
  data: z.object({ ...told, resultCode: z.string() }),
});

export const orderRequestRefusedV1 = defineEvent({
  type: 'order.request-refused', version: 1, topic: topics.order,
  summary: 'Something that was asked about an order was refused.',
  data: z.object({ ...told, request: z.string(), problem: z.string(), detail: z.string() }),
});

export const orderAttentionNeededV1 = defineEvent({
  type: 'order.attention-needed', version: 1, topic: topics.order,
  summary: 'A person has to look at this order.',
  data: z.object({ ...told, reason: z.string() }),
});

export const orderCancelRequestedV1 = defineEvent({
  type: 'order.cancel-requested', version: 1, topic: topics.order,
  summary: 'The order is being given up: the gateway closes its payment at Alipay.',
  data: z.object({ ...told, reason: z.string().nullable(), deadline: z.boolean().describe('By the deadline, not by the till') }),
});

export const orderNewCodeRequestedV1 = defineEvent({
  type: 'order.new-code-requested', version: 1, topic: topics.order,
  summary: 'The order is to be collected with a new code; its last payment is closed at Alipay.',
  data: z.object({ ...told, codeSeconds: z.int(), deadlineAt: instant }),
});

export const orderRefundRequestedV1 = defineEvent({
  type: 'order.refund-requested', version: 1, topic: topics.order,
  summary: 'Money is to be given back; the amount is reserved.',
  data: z.object({ ...refund, reason: z.string().max(256).nullable() }),
});

export const orderRefundedV1 = defineEvent({
  type: 'order.refunded', version: 1, topic: topics.order,
  summary: 'Alipay gave the amount back to the customer.',
  data: z.object({ ...refund, ...refundSums, alipayPaymentId: z.string(), alipayRefundId: z.string(), wallet: z.string().nullable(), refundedAt: instant }),
});

export const orderRefundFailedV1 = defineEvent({
  type: 'order.refund-failed', version: 1, topic: topics.order,
  summary: 'The refund was refused; nothing was given back by it.',
  data: z.object({ ...refund, ...refundSums, problem: z.string().describe('Stable problem code'), resultCode: z.string().nullable().describe("Alipay's") }),
});

export const orderRefundReversedV1 = defineEvent({
  type: 'order.refund-reversed', version: 1, topic: topics.order,
  summary: 'A refund bounced: the customer did not get the money, the chain owes it again.',
  data: z.object({ ...refund, ...refundSums, reversedAt: instant }),
});

export const orderAcknowledgedV1 = defineEvent({
  type: 'order.acknowledged', version: 1, topic: topics.order,
  summary: 'A system of the chain has heard that the order is paid. Said once for each order, of chains that acknowledge.',
  data: z.object({
    ...order, paymentId,
    by: z.enum(['message', 'read']).describe('message: it said so on store.orders; read: it read the paid order over HTTP'),
    acknowledgedAt: instant,
  }),
});

export const orderDayClosedV1 = defineEvent({
  type: 'order.day-closed', version: 1, topic: topics.order,
  summary: 'A store has said what its tills sold and gave back in a trading day. Of several about the same day the one with the latest `closedAt` counts, and of several with the same the last.',
  data: z.object({
    chainId, storeId, ...tradingDay,
    accounts: z.record(z.string(), z.string()).describe('Order currency → account under which the store sells'),
    closedAt: instant.describe('When the message came, by the clock of the broker: clocks of stores decide nothing'),
    sentBy: z.object({ keyId: z.string().describe('The secret that signed it'), source: z.string().describe('What the sender calls itself') }),
  }),
});

export const orderDayRefusedV1 = defineEvent({
  type: 'order.day-refused', version: 1, topic: topics.order,
  summary: 'What a store said of a trading day was refused; nothing of it is compared.',
  data: z.object({ chainId, storeId, date: tradingDay.date, nextAction, problem: z.string().describe('Stable problem code'), detail: z.string() }),
});
