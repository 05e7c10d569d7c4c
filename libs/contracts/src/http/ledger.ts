import { z } from 'zod';
import { businessDate } from '../events/reconciliation-events.js';
import { amount, instant, signedAmount, text } from '../fields.js';

/** What a booking is about: each has an account of the general ledger. */
export const ledgerPurpose = z.enum(['receivable', 'sales', 'refunds', 'given-back', 'exchange', 'fees', 'coupons', 'account-entries', 'not-ours', 'differences', 'bank'])
  .describe('receivable: what Alipay owes us; exchange: stands between two currencies of one sale; not-ours: money of other products on the same account');
export type LedgerPurpose = z.infer<typeof ledgerPurpose>;

const ledgerAccount = z.strictObject({ number: z.string().regex(/^[A-Za-z0-9._/-]{1,32}$/), name: text(128) });

export const ledgerAccountsRequest = z.strictObject({ accounts: z.partialRecord(ledgerPurpose, ledgerAccount).describe('Those that are not named stay as they are') });
export const ledgerAccountsView = z.object({ accounts: z.record(ledgerPurpose, ledgerAccount.extend({ isDefault: z.boolean().describe('Nobody has said otherwise') })) });
export type LedgerAccountsView = z.infer<typeof ledgerAccountsView>;

export const ledgerPeriodParams = z.object({ month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'a month such as 2026-11') });
export const ledgerPeriodRequest = z.strictObject({ status: z.literal('locked') });
export const ledgerPeriodView = z.object({ month: z.string(), lockedAt: instant, lockedBy: z.string(), entries: z.int() });
export type LedgerPeriodView = z.infer<typeof ledgerPeriodView>;
export const ledgerPeriodsView = z.object({ periods: z.array(ledgerPeriodView).describe('Those that are locked, the newest first') });
export type LedgerPeriodsView = z.infer<typeof ledgerPeriodsView>;

/** One side of a booking. */
export const journalLine = z.object({
  date: businessDate, accountNumber: z.string(), accountName: z.string(),
  debit: signedAmount.nullable(), credit: signedAmount.nullable(), currency: amount.shape.currency,
  reference: z.string(), corrects: z.string().nullable().describe('The locked month whose later change it books'),
});
