import { absolute, money, type Money } from '@scantill/kernel';
import type { Movement, MovementKind } from './movement.js';

/** What an account of the general ledger is for. */
export type LedgerPurpose = 'receivable' | 'sales' | 'refunds' | 'given-back' | 'exchange' | 'fees' | 'coupons' | 'account-entries' | 'not-ours' | 'differences' | 'bank';

export interface LedgerAccount {
  readonly number: string;
  readonly name: string;
}

export type Ledger = Readonly<Record<LedgerPurpose, LedgerAccount>>;

/** Where a chain has not said otherwise. */
export const defaultLedger: Ledger = {
  receivable: { number: '1200', name: 'Alipay receivable' },
  sales: { number: '4000', name: 'Sales' },
  refunds: { number: '4100', name: 'Refunds to customers' },
  'given-back': { number: '4110', name: 'Payments given back' },
  exchange: { number: '1290', name: 'Exchange clearing' },
  fees: { number: '6200', name: 'Payment fees' },
  coupons: { number: '6210', name: 'Coupons not paid for' },
  'account-entries': { number: '6290', name: 'Alipay account entries' },
  'not-ours': { number: '2390', name: 'Other products at Alipay' },
  differences: { number: '1299', name: 'Reconciliation differences' },
  bank: { number: '1000', name: 'Bank' },
};

/** A booking: what Alipay owes us changes, and the other side says why. Positive: the receivable is debited. */
export interface Entry {
  readonly date: string;
  readonly accountId: string;
  readonly kind: MovementKind;
  readonly amount: Money;
  readonly debit: LedgerAccount;
  readonly credit: LedgerAccount;
  /** The locked month whose later change it books. */
  readonly corrects: string | null;
}

export interface JournalLine {
  readonly date: string;
  readonly account: LedgerAccount;
  readonly side: 'debit' | 'credit';
  /** Never negative. */
  readonly amount: Money;
  readonly reference: string;
  readonly corrects: string | null;
}

const OTHER_SIDES = {
  sale: 'sales', refund: 'refunds', 'refund-reversal': 'refunds', 'given-back': 'given-back', cancelled: 'given-back', difference: 'differences', exchanged: 'exchange', fee: 'fees', coupon: 'coupons',
  'account-entry': 'account-entries', 'not-ours': 'not-ours', paid: 'bank',
} as const satisfies Record<MovementKind, LedgerPurpose>;

/** One for each day, account, kind and currency; what comes to nothing is not booked. */
export function entriesOf(movements: readonly Pick<Movement, 'kind' | 'date' | 'accountId' | 'amount'>[], ledger: Ledger, corrects: string | null = null): Entry[] {
  const sums = new Map<string, Pick<Movement, 'kind' | 'date' | 'accountId' | 'amount'>>();
  for (const { kind, date, accountId, amount } of movements) {
    const key = [date, accountId, kind, amount.currency].join(' ');
    sums.set(key, { kind, date, accountId, amount: money(amount.currency, (sums.get(key)?.amount.minor ?? 0n) + amount.minor) });
  }
  const ordered = [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
  return ordered.filter(([, { amount }]) => amount.minor !== 0n).map(([, { kind, date, accountId, amount }]) => {
    const other = ledger[OTHER_SIDES[kind]];
    const [debit, credit] = amount.minor > 0n ? [ledger.receivable, other] : [other, ledger.receivable];
    return { kind, date, accountId, amount, debit, credit, corrects };
  });
}

/** What a locked month would be now, less what was booked for it, on the first day that is still open. */
export function correctionsOf(month: string, booked: readonly Entry[], now: readonly Movement[], { on, ledger }: { readonly on: string; readonly ledger: Ledger }): Entry[] {
  const back = booked.map(({ kind, accountId, amount }) => ({ kind, accountId, date: on, amount: money(amount.currency, -amount.minor) }));
  return entriesOf([...now.map(({ kind, accountId, amount }) => ({ kind, accountId, amount, date: on })), ...back], ledger, month);
}

/** Both sides of it. */
export function linesOf({ date, accountId, kind, amount, debit, credit, corrects }: Entry): JournalLine[] {
  const reference = corrects === null ? `${accountId} ${date} ${kind}` : `${accountId} ${date} ${kind} of ${corrects}`;
  const of = (account: LedgerAccount, side: JournalLine['side']): JournalLine => ({ date, account, side, amount: absolute(amount), reference, corrects });
  return [of(debit, 'debit'), of(credit, 'credit')];
}

export function monthOf(date: string): string {
  return date.slice(0, 7);
}

/** The first month after it that is not locked. */
export function nextOpen(month: string, locked: ReadonlySet<string>): string {
  let next = month;
  do next = monthAfter(next); while (locked.has(next));
  return next;
}

function monthAfter(month: string): string {
  return new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)), 1)).toISOString().slice(0, 7);
}
