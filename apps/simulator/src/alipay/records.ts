import type { DayNumber } from '../time.js';
import type { AsynchronousRefund, Charge, Merchant, OrderLine } from './payment.js';

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
  | { readonly type: 'refund-failed'; readonly refund: number; readonly code: string }
  | RequestRefused
  | { readonly type: 'notification-missed'; readonly number: number; readonly sent: number; readonly nextAt: number }
  | { readonly type: 'notification-ended'; readonly number: number; readonly acknowledged: boolean }
  | { readonly type: 'day-closed'; readonly day: DayNumber; readonly file: string; readonly rows: number; readonly files?: readonly WrittenFile[] };

/** A file of one customer id. */
export interface WrittenFile {
  readonly customerId: string;
  /** Below the SFTP root. */
  readonly file: string;
  readonly rows: number;
}

/** A final answer without an effect: the same request gets it again. */
export interface RequestRefused {
  readonly type: 'request-refused';
  readonly client: string;
  readonly operation: 'pay' | 'refund';
  readonly requestId: string;
  readonly currency: string;
  readonly value: string;
  readonly code: string;
}

export interface CodeIssued {
  readonly type: 'code-issued';
  readonly number: number;
  readonly at: number;
  readonly expiresAt: number;
  /** Missing in journals from before there were several accounts. */
  readonly client?: string;
  readonly settlementCurrency?: string | undefined;
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
  readonly asynchronous?: AsynchronousRefund | undefined;
}
