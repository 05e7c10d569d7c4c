import { z } from 'zod';
import { amount, chainId, instant, orderId, paymentId, storeId } from '../fields.js';

export const businessDate = z.iso.date().describe('A day in UTC+8, in which Alipay cuts its files');

/** What we believe Alipay will list of an order in its files. */
export const expectationsView = z.object({
  chainId, orderId,
  expectations: z.array(z.object({
    paymentId,
    type: z.enum(['PAYMENT', 'CANCELLED']).describe('CANCELLED: not listed at all, or as PAYMENT and CANCEL that come to nothing'),
    basis: z.enum(['success', 'late-success', 'reported', 'closed']).describe('What we know it from; reported: Alipay names an amount that is not ours'),
    storeId, accountId: z.string(),
    amount: amount.nullable(),
    alipayPaymentId: z.string().nullable(),
    paidAt: instant.nullable(),
    businessDate,
    status: z.enum(['open', 'matched']),
    matchedLine: z.object({ fileId: z.string(), line: z.int() }).nullable().describe("Where Alipay's file lists it"),
  })),
});
export type ExpectationsView = z.infer<typeof expectationsView>;
