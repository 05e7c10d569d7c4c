import { reports, type Report } from '@scantill/alipay';
import { z } from 'zod';
import { alipayId } from '../config.js';

const ITEMS = ['transactionItems', 'settlementItems'] as const;
const SETTLED = ['settlementItems'] as const;
const SUMMARY = ['settlementSummary'] as const;

/** What can be wrong with a file of Alipay's, and in which reports; the first one unless another is named. */
export const reportsOfDefect = {
  'row-missing': ITEMS, 'row-extra': ITEMS, 'row-duplicated': ITEMS, 'amount-wrong': ITEMS, 'currency-wrong': ITEMS, 'store-wrong': ITEMS, 'type-unknown': ITEMS,
  'refund-reversal': ITEMS, 'fee-wrong': SETTLED, 'rate-wrong': SETTLED, 'net-wrong': SETTLED, 'truncated': reports, 'parts-gap': reports, 'total-wrong': SUMMARY, 'summary-wrong': SUMMARY,
} as const satisfies Record<string, readonly [Report, ...Report[]]>;

export type DefectKind = keyof typeof reportsOfDefect;
export const defectKinds = Object.keys(reportsOfDefect) as [DefectKind, ...DefectKind[]];

const ROWS_MAX = 10_000_000;
export const DEFECTS_MAX = 100;

const details = z
  .strictObject({
    kind: z.enum(defectKinds),
    report: z.enum(reports).optional(),
    /** The first account's unless another is named. */
    customerId: alipayId.optional(),
    /** Among the rows that it can happen to; the seed chooses unless it is said. */
    nth: z.number().int().min(1).max(ROWS_MAX).optional(),
  })
  .superRefine(({ kind, report }, context) => {
    const places: readonly Report[] = reportsOfDefect[kind];
    if (report !== undefined && !places.includes(report)) context.addIssue({ code: 'custom', path: ['report'], message: `${kind} can happen to ${places.join(', ')}, not to ${report}` });
  });

/** A defect without particulars may be written as its name alone. */
export const fileDefect = z.preprocess((value) => (typeof value === 'string' ? { kind: value } : value), details);
export type FileDefect = z.output<typeof details>;
