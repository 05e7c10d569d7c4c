import { amountUnits, generations } from '@scantill/alipay';
import { z } from 'zod';

const ROWS_MAX = 10_000_000;
const FIXED_MAX = 1_000_000;
const rate = z.string().regex(/^0(\.\d{1,8})?$/, 'a share below 1 like 0.006, with at most 8 decimals');

/** What a contract takes off, in the settlement currency and after the exchange. */
const contract = z.strictObject({
  feeRate: rate.default('0.006'),
  /** In the smallest unit, per payment. */
  feeFixed: z.number().int().min(0).max(FIXED_MAX).default(0),
  /** A cancel always gives back all of it. */
  feeOnRefund: z.enum(['returned', 'kept']).default('returned'),
});
export type SettlementContract = z.output<typeof contract>;

/** Which files an account gets, and how they are written. Without a settlement, the transaction file alone. */
export const fileSettings = z.strictObject({
  generation: z.enum(generations).default('A'),
  unit: z.enum(amountUnits).default('minor'),
  /** A longer file comes in parts. */
  rowsPerFile: z.number().int().min(1).max(ROWS_MAX).default(1_000_000),
  settlement: contract.nullable().default(null),
});
export type FileSettings = z.output<typeof fileSettings>;

export const usualFiles: FileSettings = fileSettings.parse({});
