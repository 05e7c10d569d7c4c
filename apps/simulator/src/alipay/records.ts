import type { DayNumber } from '../time.js';
import type { Charge, Merchant, OrderLine } from './payment.js';

/** Everything that ever changes the ledger, and a line of the journal each. */
export type LedgerRecord =
  | { readonly type: 'book-opened'; readonly book: number }
  | CodeIssued
  | { readonly type: 'paid'; readonly number: number; readonly at: number; readonly charge: Charge }
  | { readonly type: 'failed'; readonly number: number; readonly code: string }
  | { readonly type: 'expired'; readonly number: number }
  | { readonly type: 'cancelled'; readonly number: number; readonly at: number }
  | RefundAccepted
  | { readonly type: 'refund-completed'; readonly refund: number; readonly at: number }
  | { readonly type: 'notification-missed'; readonly number: number; readonly sent: number; readonly nextAt: number }
  | { readonly type: 'notification-ended'; readonly number: number; readonly acknowledged: boolean }
  | { readonly type: 'day-closed'; readonly day: DayNumber; readonly file: string; readonly rows: number };

export interface CodeIssued {
  readonly type: 'code-issued';
  readonly number: number;
  readonly at: number;
  readonly expiresAt: number;
  readonly requestId: string;
  readonly orderId?: string | undefined;
  readonly currency: string;
  readonly value: string;
  readonly merchant: Merchant;
  readonly description: string;
  readonly lines: readonly OrderLine[];
  readonly isSandbox: boolean;
}

export interface RefundAccepted {
  readonly type: 'refund-accepted';
  readonly refund: number;
  readonly number: number;
  readonly at: number;
  readonly requestId: string;
  readonly referenceId?: string | undefined;
  readonly value: string;
}
