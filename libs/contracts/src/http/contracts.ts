import { z } from 'zod';
import { businessDate } from '../events/reconciliation-events.js';
import { amount, instant } from '../fields.js';

const price = z.string().regex(/^\d{1,12}(\.\d{1,12})?$/, 'a decimal as text, such as 0.30').describe('In the major unit of the settlement currency');
const HOLIDAYS_MAX = 400;

/** Source: Alipay's settlement rules. */
const WORKING_DAYS = { day: { min: 1, max: 30 }, week: { min: 2, max: 5 }, month: { min: 2, max: 30 } };
const period = z.strictObject({ every: z.enum(['day', 'week', 'month']), workingDays: z.int().min(1).max(30) }).superRefine(({ every, workingDays }, context) => {
  const { min, max } = WORKING_DAYS[every];
  if (workingDays < min || workingDays > max) context.addIssue({ code: 'custom', path: ['workingDays'], message: `is between ${min} and ${max} after a ${every}` });
}).describe('Working days after the trading window has closed: T + 1 to 30, W + 2 to 5, M + 2 to 30');

const terms = z.strictObject({
  feeRate: z.string().regex(/^(0(\.\d{1,12})?|1(\.0{1,12})?)$/, 'a decimal between 0 and 1 as text, such as 0.0125').describe('A fraction of the amount: 0.0125 is 1.25 %'),
  feeFixed: price.default('0').describe('For each payment, in the settlement currency'),
  feeBase: z.enum(['before-fx', 'after-fx']).default('after-fx').describe('Whether the rate applies before or after the amount is converted'),
  feeOnRefund: z.enum(['returned', 'proportional', 'kept']).describe('returned: the share of the whole fee; proportional: the share of the rate part; kept: nothing'),
  feeOnCancel: z.enum(['returned', 'kept']).default('returned'),
  minimumSettlement: price.default('0'),
  rateMode: z.enum(['locked', 'unlocked']).default('locked').describe('unlocked: the rate is that of the day after, and only checked for arithmetic'),
  period,
  holidays: z.array(businessDate).max(HOLIDAYS_MAX).default([]).describe('Days without a pay-out, besides Saturdays and Sundays'),
  tolerance: z.strictObject({ amount: price.default('0.02'), workingDays: z.int().min(0).max(30).default(1) }).prefault({}).describe('What a fee may be off, and how late a pay-out may be'),
});

export const contractRequest = terms.extend({ validUntil: businessDate.nullable().default(null).describe('The last day; null: until further notice') });
export type ContractRequest = z.infer<typeof contractRequest>;

export const contractView = terms.extend({
  accountId: z.string(), validFrom: businessDate, validUntil: businessDate.nullable(), settlementCurrency: amount.shape.currency,
  version: z.int(), changedAt: instant, changedBy: z.object({ kind: z.enum(['person', 'system']), name: z.string() }),
  supersededAt: instant.nullable().describe('Null: in force'),
});
export type ContractView = z.infer<typeof contractView>;

export const contractsQuery = z.strictObject({ account: z.string().max(64).optional() });
export const contractsView = z.object({ contracts: z.array(contractView) });
export type ContractsView = z.infer<typeof contractsView>;

export const contractParams = z.object({ accountId: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/), validFrom: businessDate });
export const contractHistoryView = z.object({ versions: z.array(contractView).describe('Newest first') });
export type ContractHistoryView = z.infer<typeof contractHistoryView>;
