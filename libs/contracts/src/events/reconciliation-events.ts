import { z } from 'zod';
import { defineEvent } from '../envelope.js';
import { amount, chainId, instant, orderId, paymentId, refundId, signedAmount } from '../fields.js';
import { topics } from '../topics.js';

export const businessDate = z.iso.date().describe('A day in UTC+8, in which Alipay cuts its files');
export const sha256Hex = z.string().regex(/^[0-9a-f]{64}$/);

export const breakKind = z.enum([
  'not-yet-due', 'missing-at-alipay', 'missing-with-us', 'late', 'wrong-day',
  'amount-differs', 'currency-differs', 'fee-differs', 'fx-differs', 'net-differs',
  'duplicate-line', 'two-payments-one-order', 'ambiguous', 'wrong-store',
  'paid-after-cancel', 'refund-not-ours', 'refund-exceeds-paid', 'cancelled-here-paid-there', 'refund-reversed',
  'file-missing', 'file-gap', 'file-truncated', 'file-totals-differ', 'file-reissued', 'unknown-type',
  'items-differ-from-summary', 'summary-differs-from-bank', 'payout-missing', 'never-acknowledged', 'till-differs',
]);

const day = { chainId, accountId: z.string(), date: businessDate };
const difference = {
  ...day,
  breakId: z.string().describe('The same difference has the same id, however often a day is matched'),
  kind: breakKind,
  transactionType: z.string().max(32).describe("As Alipay's files have it: PAYMENT, REFUND, CANCEL, …"),
  orderId: orderId.nullable(),
  paymentId: paymentId.nullable(),
  alipayId: z.string().max(64).nullable(),
  ours: signedAmount.nullable(),
  theirs: signedAmount.nullable(),
  amountAtRisk: signedAmount,
  causedBy: z.string().optional().describe('The break of which this is a consequence; it risks nothing'),
};

export const reconciliationFileImportedV1 = defineEvent({
  type: 'reconciliation.file-imported', version: 1, topic: topics.reconciliation,
  summary: "A file of Alipay's was taken in as a whole.",
  data: z.object({
    ...day, fileId: z.string(), name: z.string().max(128), sequence: z.int(), sha256: sha256Hex, lines: z.int(),
    totals: z.array(signedAmount), supersedes: z.string().nullable().describe('The file that it stands instead of'), receivedBy: z.string(),
  }),
});

export const reconciliationRunCompletedV1 = defineEvent({
  type: 'reconciliation.run-completed', version: 1, topic: topics.reconciliation,
  summary: "A day's lines were compared with what was expected.",
  data: z.object({
    ...day, lines: z.int(), matched: z.int().describe('Lines that agree with an expectation'), breaksOpened: z.int(), breaksResolved: z.int(), completedAt: instant,
  }),
});

export const reconciliationBreakOpenedV1 = defineEvent({
  type: 'reconciliation.break-opened', version: 1, topic: topics.reconciliation,
  summary: "Alipay's file and our records differ. Said again when the amounts of an open break change.",
  data: z.object({ ...difference, openedAt: instant }),
});

export const reconciliationBreakResolvedV1 = defineEvent({
  type: 'reconciliation.break-resolved', version: 1, topic: topics.reconciliation,
  summary: 'A difference is there no more, or two persons agreed what becomes of it.',
  data: z.object({
    ...difference, resolvedAt: instant,
    resolution: z.enum(['evidence', 'approval']).optional().describe('By a later file, or by a person with the approval of another'),
  }),
});

export const reconciliationRefundReversalSeenV1 = defineEvent({
  type: 'reconciliation.refund-reversal-seen', version: 1, topic: topics.reconciliation,
  summary: "Alipay's file lists the reversal of a refund. The gateway finds the refund by whichever id is there.",
  data: z.object({
    ...day, orderId, paymentId, refundId: refundId.nullable(), alipayRefundId: z.string().max(64).nullable(), amount, seenAt: instant,
  }),
});

export const reconciliationReportReadyV1 = defineEvent({
  type: 'reconciliation.report-ready', version: 1, topic: topics.reconciliation,
  summary: "Nothing of a day has changed for a while: its report can be read. Said again when a later comparison changed something.",
  data: z.object({
    ...day, runs: z.int().describe('Comparisons of the day so far'), breaksOpen: z.int(), report: z.string().max(256).describe('Where it is, at this service'), readyAt: instant,
  }),
});

/** As a file or Alipay's answer names a transaction. */
export const alipayText = z.string().min(1).max(64);
export const inquiredType = z.enum(['PAYMENT', 'REFUND']);

export const reconciliationInquiryWantedV1 = defineEvent({
  type: 'reconciliation.inquiry-wanted', version: 1, topic: topics.reconciliation,
  summary: "Alipay's file lists something of which we know nothing. The gateway asks Alipay about it, by whichever id is there.",
  data: z.object({
    ...day, breakId: z.string().max(32), transactionType: inquiredType, orderId: orderId.nullable(),
    requestId: alipayText.nullable().describe('The request id in the line; in old files a refund repeats that of its payment'), alipayId: alipayText.nullable(), wantedAt: instant,
  }),
});
