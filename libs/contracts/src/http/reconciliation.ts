import { z } from 'zod';
import { breakKind, businessDate, sha256Hex } from '../events/reconciliation-events.js';
import { chainId, instant, orderId, paymentId, refundId, signedAmount, storeId } from '../fields.js';
import { breakView, BREAKS_PAGE_MAX } from './breaks.js';

/** What we believe Alipay will list of an order in its files. */
export const expectationsView = z.object({
  chainId, orderId,
  expectations: z.array(z.object({
    paymentId,
    refundId: refundId.nullable().describe('Of REFUND and REFUND_REVERSAL'),
    type: z.enum(['PAYMENT', 'CANCELLED', 'REFUND', 'REFUND_REVERSAL']).describe('CANCELLED: not listed at all, or as PAYMENT and CANCEL that come to nothing. REFUND_REVERSAL: a refund bounced; transaction files need not list that'),
    basis: z.enum(['success', 'late-success', 'reported', 'closed', 'give-back', 'refund', 'reversal']).describe('What we know it from; reported: Alipay names an amount that is not ours; give-back: money that was not wanted any more went back'),
    storeId, accountId: z.string(),
    amount: signedAmount.nullable().describe('As the file has it: a refund is negative'),
    alipayPaymentId: z.string().nullable().describe('Of PAYMENT'),
    alipayRefundId: z.string().nullable().describe('Of REFUND'),
    paidAt: instant.nullable().describe("When the money moved, by Alipay's clock"),
    businessDate,
    expectedFee: signedAmount.nullable().describe("As in Alipay's fee column: what we pay is negative. Null without a contract, or while the rate of exchange is not known"),
    payoutOn: businessDate.nullable().describe('When the contract has it paid out'),
    status: z.enum(['open', 'matched', 'differs']),
    matchedLine: z.object({ fileId: z.string(), line: z.int() }).nullable().describe("Where Alipay's file lists it"),
  })),
});
export type ExpectationsView = z.infer<typeof expectationsView>;

export const importQuery = z.strictObject({
  name: z.string().min(1).max(255).optional().describe("Alipay's name of the file, where the body is the file itself"),
  account: z.string().max(64).optional().describe('Needed only where the file does not tell: it is empty, or several accounts share its customerId'),
  waitSeconds: z.coerce.number().int().min(0).max(300).default(60).describe('How long the answer waits for the import; then it is 202 and the import goes on'),
});

export const acceptQuery = importQuery.pick({ waitSeconds: true });

export const importView = z.object({
  fileId: z.string(), name: z.string(), sha256: sha256Hex, accountId: z.string(), date: businessDate, sequence: z.int(),
  alreadyImported: z.boolean().describe('The same file again: nothing was changed'),
  supersedes: z.string().nullable().describe('The file that it stands instead of'),
  lines: z.int(),
  totals: z.array(signedAmount),
  matched: z.int().describe('Lines of the day that agree with what we expected'),
  breaksOpened: z.int(), breaksResolved: z.int(),
  durationMs: z.int(),
});
export type ImportView = z.infer<typeof importView>;

/** `2026-10-10` or, as Alipay writes it, `20261010`. */
export const dayParams = z.object({
  date: z.string().regex(/^\d{4}-?\d{2}-?\d{2}$/).transform((text) => text.replace(/^(\d{4})-?(\d{2})-?(\d{2})$/, '$1-$2-$3')).pipe(businessDate),
});

const counted = z.object({ count: z.int(), amounts: z.array(signedAmount).describe('One per currency') });

export const dayView = z.object({
  date: businessDate,
  accounts: z.array(z.object({
    accountId: z.string(),
    complete: z.boolean().describe("Every part of the day's file that we know of is there"),
    files: z.array(z.object({
      fileId: z.string(), name: z.string(), sequence: z.int(), sha256: sha256Hex, bytes: z.string(), lines: z.int(),
      status: z.enum(['in-force', 'superseded']), receivedAt: instant, receivedBy: z.string(),
    })),
    lines: counted.describe("What Alipay's files list"),
    expected: counted.describe('What we expect of this day'),
    matched: counted.describe('What we expect and Alipay lists alike'),
    breaks: z.array(z.object({ kind: breakKind, count: z.int(), amountAtRisk: z.array(signedAmount) })).describe('Open ones'),
  })),
});
export type DayView = z.infer<typeof dayView>;

export const breaksQuery = z.strictObject({
  status: z.enum(['open', 'resolved', 'all']).default('open').describe('open: everything that is not resolved'),
  account: z.string().max(64).optional(),
  after: z.string().max(64).optional().describe('`next` of the page before'),
  limit: z.coerce.number().int().min(1).max(BREAKS_PAGE_MAX).default(100),
  format: z.enum(['json', 'csv']).optional().describe('Instead of the header Accept; csv has all breaks at once'),
});
export type BreaksQuery = z.infer<typeof breaksQuery>;

export const breaksView = z.object({ date: businessDate, breaks: z.array(breakView), next: z.string().nullable().describe('Null on the last page') });
export type BreaksView = z.infer<typeof breaksView>;

export const runView = z.object({
  accountId: z.string(), date: businessDate,
  kind: z.enum(['transactions', 'settlement']).describe("What was compared with our expectations: the transaction file of the day, or what was paid out that day"),
  version: z.int().describe('1 for the first comparison of the day'), at: instant,
  hash: z.string().describe('The same accepted lines and expectations give the same one, in whatever order and parts the files came'),
  lines: z.int(), matched: z.int(), breaksOpened: z.int(), breaksResolved: z.int(), breaksOpen: z.int().describe('Of the day, when the comparison had ended'),
  files: z.array(z.object({ name: z.string(), sha256: sha256Hex })).describe('Those in force'),
});
export const runsView = z.object({ date: businessDate, runs: z.array(runView).describe('The newest of each account and kind first') });
export type RunsView = z.infer<typeof runsView>;
export const runQuery = z.strictObject({ account: z.string().max(64).optional().describe('All accounts of which there is a file, unless one is named') });
