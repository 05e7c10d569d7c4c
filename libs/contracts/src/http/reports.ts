import { z } from 'zod';
import { breakKind, businessDate } from '../events/reconciliation-events.js';
import { amount, instant, signedAmount, storeId } from '../fields.js';
import { ageBucket, breakView } from './breaks.js';
import { journalLine } from './ledger.js';

/** A year with its comparison, and no more: every day costs a look at its lines. */
export const REPORT_DAYS_MAX = 400;
export const REPORT_BREAKS_MAX = 500;
export const REPORT_JOURNAL_LINES_MAX = 5_000;
const DAY_MS = 86_400_000;

const scope = {
  from: businessDate, to: businessDate.optional().describe('The last day; without it the report is of one day'),
  store: storeId.optional().describe('Pay-outs and the journal are of whole accounts, and left out'),
  account: z.string().max(64).optional(),
};

function checkDays({ from, to }: { readonly from: string; readonly to?: string | undefined }, context: z.RefinementCtx): void {
  const days = to === undefined ? 1 : (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
  if (days < 1) context.addIssue({ code: 'custom', path: ['to'], message: `is before ${from}` });
  if (days > REPORT_DAYS_MAX) context.addIssue({ code: 'custom', path: ['to'], message: `a report has at most ${REPORT_DAYS_MAX} days` });
}

export const reportTable = z.enum(['sales', 'fees', 'exchange', 'pay-outs', 'unsettled', 'bridge', 'breaks', 'journal']);
export type ReportTable = z.infer<typeof reportTable>;

export const reportQuery = z.strictObject(scope).superRefine(checkDays);
export type ReportQuery = z.infer<typeof reportQuery>;
export const reportCsvQuery = z.strictObject({ ...scope, table: reportTable }).superRefine(checkDays);
export type ReportCsvQuery = z.infer<typeof reportCsvQuery>;

const counted = z.object({ count: z.int(), amount: signedAmount });

export const bridgeItem = z.enum([
  'sales', 'refunds', 'refund-reversals', 'given-back', 'settled-later', 'sold-earlier', 'cancelled', 'exchanged', 'fees', 'coupons', 'account-entries', 'not-ours', 'breaks',
  'paid-later', 'settled-before',
]).describe('settled-later: of the period, and not settled in it; sold-earlier: settled in it, and of other days; breaks: what differs for a reason that a break names; paid-later and settled-before: pay-outs between two periods');

export const reportView = z.object({
  from: businessDate, to: businessDate, storeId: z.string().nullable(), accountId: z.string().nullable(), madeAt: instant,
  sales: z.array(z.object({
    accountId: z.string(), sales: counted, refunds: counted, refundReversals: counted, givenBack: counted, net: signedAmount,
  })).describe('By account and currency: what we believe was sold and given back; going out is negative'),
  fees: z.array(z.object({
    accountId: z.string(), lines: z.int(), listed: signedAmount, linesWithExpectation: z.int(),
    expected: signedAmount, variance: signedAmount.describe('Listed less expected, of the lines whose fee was expected; negative is too much'),
  })).describe('Of what was settled in the period; what we pay is negative'),
  exchange: z.array(z.object({ accountId: z.string(), pair: z.string(), price: z.string(), lines: z.int(), amount: signedAmount, gross: signedAmount.describe('In the settlement currency, before fees') })),
  payOuts: z.array(z.object({
    accountId: z.string(), batchId: z.string(), settledOn: businessDate, items: signedAmount.nullable().describe('What its items come to'), summary: signedAmount.nullable(),
    paid: z.object({ bookedOn: businessDate, amount: signedAmount, reference: z.string().nullable() }).nullable().describe('As the bank booked it'),
  })).nullable().describe('Settled in the period, or paid in it; null in the report of a store'),
  unsettled: z.array(z.object({ accountId: z.string(), age: ageBucket, count: z.int(), amount: signedAmount })).describe('Expected until the last day and not settled today; of the 62 days before it at least'),
  bridge: z.array(z.object({
    currency: amount.shape.currency, items: z.array(z.object({ item: bridgeItem, amount: signedAmount })),
    paid: signedAmount, remainder: signedAmount.describe('What nothing explains: paid less all items'),
  })).describe("From sales to the bank, by currency; what is settled in another currency leaves one and enters the other. In a store's report to what was settled, which its `paid` says"),
  breaks: z.object({
    counts: z.array(z.object({ kind: breakKind, age: ageBucket, count: z.int(), amountAtRisk: signedAmount })),
    list: z.array(breakView).describe(`The oldest ${REPORT_BREAKS_MAX}`), isWhole: z.boolean(),
  }).describe('Of the days of the report, and not resolved'),
  journal: z.object({
    lines: z.array(journalLine).describe(`The first ${REPORT_JOURNAL_LINES_MAX}`), isWhole: z.boolean(),
  }).nullable().describe('Debits and credits are equal in each currency; null in the report of a store'),
});
export type ReportView = z.infer<typeof reportView>;
