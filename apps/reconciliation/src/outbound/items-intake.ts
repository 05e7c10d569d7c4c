import type { Account } from '@scantill/platform';
import type { Ours } from './line-class.js';
import type { QuoteDirection } from '../core/quote.js';
import type { UnreadReport } from './intake.js';

/** A file of items on its way in. Its rows go straight to their table, so whose and of which day it is was found out before. */
export interface UnreadItems extends UnreadReport {
  readonly id: string;
  readonly bytes: bigint;
  readonly account: Account;
  /** The business day of all its rows. */
  readonly date: string;
  readonly quotes: QuoteDirection;
  readonly ours: Ours;
}

/** A file belongs to one account; more are only told of. */
export const CUSTOMER_IDS_MAX = 5;
