import { err, ok, type Money, type Result } from '@scantill/kernel';
import type { RegisteredStore } from './selling-terms.js';

/** How often something was sold or given back, and what it comes to. */
export interface DayTotal {
  readonly count: number;
  readonly amount: Money;
}

/** What the tills of a store came to in a trading day. */
export interface DayClosing {
  readonly chainId: string;
  readonly storeId: string;
  /** The store's own. */
  readonly date: string;
  readonly from: Date;
  readonly until: Date;
  /** One of each currency at most. */
  readonly totals: readonly { readonly sales: DayTotal; readonly refunds: DayTotal }[];
  /** When it came; the last one counts. */
  readonly closedAt: Date;
}

export type DayRejected = { readonly kind: 'UnknownStore' } | { readonly kind: 'NoAccount' } | { readonly kind: 'DayNotOver' } | { readonly kind: 'DayTooOld' };

/** The clocks of tills are not ours. */
const CLOCK_DIFFERS_MS = 10 * 60_000;
/** So long ago, nobody looks into the matter any more, and messages that may still be corrected are forgotten. */
export const DAYS_BACK_MAX = 45;
const DAY_MS = 86_400_000;

/** A currency that the store does not sell in any more is accepted: it may have done so earlier in the day, and if not, finance sees it. @returns the accounts that the store sells under, by currency */
export function acceptClosing({ until }: DayClosing, store: RegisteredStore | undefined, now: Date): Result<RegisteredStore['accounts'], DayRejected> {
  if (store === undefined) return err({ kind: 'UnknownStore' });
  if (Object.keys(store.accounts).length === 0) return err({ kind: 'NoAccount' });
  const overSinceMs = now.getTime() - until.getTime();
  if (overSinceMs < -CLOCK_DIFFERS_MS) return err({ kind: 'DayNotOver' });
  if (overSinceMs > DAYS_BACK_MAX * DAY_MS) return err({ kind: 'DayTooOld' });
  return ok(store.accounts);
}
