import { money, type Currency, type Money } from '@scantill/kernel';
import { addWorkingDays } from './calendar.js';

/** How many working days a bank may take to book what Alipay has paid. */
const BOOKING_WORKING_DAYS = 5;

/** What Alipay pays out together. */
export interface Batch {
  readonly accountId: string;
  readonly batchId: string;
  readonly settledOn: string;
  readonly currency: Currency;
  /** What its items come to; null while their file is not there. */
  readonly items: bigint | null;
  /** What the summary says; null while it is not there. */
  readonly summary: bigint | null;
  /** A break names what does not agree about it. */
  readonly isExplained: boolean;
}

/** A booked line of the bank that may be the pay-out of a batch: it names it, or has its amount. */
export interface Booking {
  readonly accountId: string;
  readonly batchId: string;
  /** The booked line itself, whatever batch it is looked at for. */
  readonly bookingId: string;
  readonly bookedOn: string;
  readonly amount: Money;
  readonly reference: string | null;
  readonly isNamed: boolean;
}

export interface PayOut extends Batch {
  readonly paid: { readonly bookedOn: string; readonly amount: Money; readonly reference: string | null } | null;
}

/** What the bank should have of it. */
export function dueOf({ currency, items, summary }: Batch): Money {
  return money(currency, summary ?? items ?? 0n);
}

/** By name, else by amount where that is the only way on both sides: a choice between two would be a guess. */
export function pairPayOuts(batches: readonly Batch[], bookings: readonly Booking[]): PayOut[] {
  const ordered = [...bookings].sort((a, b) => compare(a.bookedOn, b.bookedOn) || compare(a.bookingId, b.bookingId));
  const paid = new Map<string, Booking>();
  const used = new Set<string>();
  const take = (booking: Booking) => {
    paid.set(keyOf(booking), booking);
    used.add(booking.bookingId);
  };
  const isFree = (booking: Booking) => !paid.has(keyOf(booking)) && !used.has(booking.bookingId);
  for (const booking of ordered.filter(({ isNamed }) => isNamed)) if (isFree(booking)) take(booking);
  const due = new Map(batches.map((batch) => [keyOf(batch), batch]));
  const left = ordered.filter((booking) => !booking.isNamed && isFree(booking) && fits(booking, due.get(keyOf(booking))));
  for (const booking of left.filter((each) => isAlone(each, left))) take(booking);
  return batches.map((batch) => {
    const booking = paid.get(keyOf(batch));
    return { ...batch, paid: booking === undefined ? null : { bookedOn: booking.bookedOn, amount: booking.amount, reference: booking.reference } };
  });
}

function fits({ amount, bookedOn }: Booking, batch: Batch | undefined): boolean {
  if (batch === undefined) return false;
  const due = dueOf(batch);
  return due.minor > 0n && due.minor === amount.minor && due.currency === amount.currency
    && bookedOn >= batch.settledOn && bookedOn <= addWorkingDays(batch.settledOn, BOOKING_WORKING_DAYS, new Set());
}

function isAlone(booking: Booking, among: readonly Booking[]): boolean {
  return among.filter((other) => other.bookingId === booking.bookingId || keyOf(other) === keyOf(booking)).length === 1;
}

function keyOf({ accountId, batchId }: { readonly accountId: string; readonly batchId: string }): string {
  return `${accountId} ${batchId}`;
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
