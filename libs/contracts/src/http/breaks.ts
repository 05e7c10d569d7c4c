import { z } from 'zod';
import { breakKind, businessDate, sha256Hex } from '../events/reconciliation-events.js';
import { amount, instant, signedAmount, storeId, text } from '../fields.js';

export const BREAKS_PAGE_MAX = 500;

export const breakFamily = z.enum(['timing', 'value', 'identity', 'state', 'file', 'bank', 'delivery', 'till']);
export const breakStatus = z.enum(['open', 'explained', 'being-resolved', 'resolved', 'reopened']);
export const ageBucket = z.enum(['0-1', '2-3', '4-7', '8-30', '30+']).describe('Days since the business day of the money');
const actor = z.object({ kind: z.enum(['person', 'system']), name: z.string() });

export const breakView = z.object({
  breakId: z.string(), kind: breakKind, family: breakFamily, severity: z.enum(['low', 'medium', 'high']), status: breakStatus,
  accountId: z.string(), storeId: z.string().nullable(), businessDate, transactionType: z.string(),
  orderId: z.string().nullable(), paymentId: z.string().nullable(), alipayId: z.string().nullable(),
  refundId: z.string().nullable().describe('Where a refund of ours is missing or differs'),
  ours: signedAmount.nullable(), theirs: signedAmount.nullable(),
  amountAtRisk: signedAmount,
  causedBy: z.string().nullable().describe('The break of which this is a consequence; it risks nothing'),
  ageDays: z.int(), age: ageBucket,
  owner: z.string().nullable(), dueOn: businessDate,
  openedAt: instant, resolvedAt: instant.nullable(),
  explanation: z.string().nullable(),
  proposal: z.object({ number: z.int().describe('Name it when you approve'), by: actor, reason: z.string() }).nullable().describe('The resolution that is proposed, or was approved'),
  resolution: z.discriminatedUnion('by', [
    z.object({ by: z.literal('evidence'), file: z.object({ fileId: z.string(), sha256: sha256Hex.nullable(), line: z.int().nullable() }).nullable().describe('Where the difference is explained'), eventId: z.string().optional().describe('Our event that explains it, where no file does') }),
    z.object({ by: z.literal('approval'), approvedBy: actor }),
  ]).nullable(),
  evidence: z.object({
    file: z.object({ fileId: z.string(), sha256: sha256Hex, line: z.int().nullable().describe('Null where the whole file proves it'), raw: z.string().describe('The line as Alipay wrote it') }).nullable(),
    eventId: z.string().nullable().describe('Our event that says what was paid, or what the tills came to'),
    note: z.string().optional().describe('In words, where the amounts do not say it all'),
  }),
});
export type BreakView = z.infer<typeof breakView>;

/** A break with everything that was ever done with it. */
export const breakDetailView = breakView.extend({
  history: z.array(z.object({
    number: z.int(), at: instant, by: actor,
    action: z.enum(['opened', 'changed', 'found-again', 'closed-by-evidence', 'no-longer-found', 'commented', 'assigned', 'explained', 'resolution-proposed', 'approved', 'rejected', 'reopened', 'inquiry-answered']),
    text: z.string().nullable().describe('Why'),
    details: z.record(z.string(), z.unknown()).describe('What: the facts, the evidence, the owner and the due date'),
  })).describe('Oldest first; added to, never changed'),
});
export type BreakDetailView = z.infer<typeof breakDetailView>;

const CURSORS = { date: /^\d{4}-\d\d-\d\d~[0-9a-f]{32}$/, amount: /^\d{1,18}~[0-9a-f]{32}$/ };
const minor = z.string().regex(/^\d{1,18}$/, 'a whole number of minor units');

export const breakListQuery = z.strictObject({
  kind: z.string().max(1_000).transform((all) => all.split(',')).pipe(z.array(breakKind)).optional().describe('One or several, with commas between'),
  family: breakFamily.optional(),
  status: z.enum(['unresolved', ...breakStatus.options, 'all']).default('unresolved'),
  age: ageBucket.optional(),
  store: storeId.optional(),
  account: z.string().max(64).optional(),
  currency: amount.shape.currency.optional().describe('Of the amount at risk'),
  amountFrom: minor.optional().describe('At risk, in minor units; needs currency'),
  amountTo: minor.optional().describe('At risk, in minor units; needs currency'),
  owner: z.string().max(128).optional(),
  sort: z.enum(['oldest', 'newest', 'due', 'largest']).default('oldest').describe('largest needs currency: amounts of two currencies have no order'),
  after: z.string().max(64).optional().describe('`next` of the page before, with the same sort'),
  limit: z.coerce.number().int().min(1).max(BREAKS_PAGE_MAX).default(100),
  format: z.enum(['json', 'csv']).optional().describe('Instead of the header Accept; csv has all breaks at once'),
}).superRefine(({ currency, amountFrom, amountTo, sort, after }, context) => {
  const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
  if (currency === undefined && (amountFrom ?? amountTo) !== undefined) refuse('currency', 'is needed with amountFrom and amountTo');
  if (currency === undefined && sort === 'largest') refuse('currency', 'is needed with sort=largest');
  if (after !== undefined && !isCursor(after, sort)) refuse('after', 'is not `next` of a page with this sort');
});
export type BreakListQuery = z.infer<typeof breakListQuery>;

function isCursor(after: string, sort: 'oldest' | 'newest' | 'due' | 'largest'): boolean {
  return sort === 'largest' ? CURSORS.amount.test(after) : CURSORS.date.test(after) && businessDate.safeParse(after.slice(0, 10)).success;
}

export const breakListView = z.object({ breaks: z.array(breakView), next: z.string().nullable().describe('Null on the last page') });
export type BreakListView = z.infer<typeof breakListView>;

export const breakParams = z.object({ breakId: z.string().regex(/^[0-9a-f]{32}$/) });

const words = text(2_000);
export const breakComment = z.strictObject({ text: words });
export const breakAssignment = z.strictObject({
  owner: text(128).nullable().optional().describe('Null: nobody'), dueOn: businessDate.optional(),
}).refine(({ owner, dueOn }) => owner !== undefined || dueOn !== undefined, 'name an owner or a due date');
export const breakExplanation = z.strictObject({ text: words });
export const breakReason = z.strictObject({ reason: words });
export const breakApproval = z.strictObject({ proposal: z.int().positive().optional().describe('The number of the proposal that was read; without it the one that stands') });
