import { DAY_MS, dayOf, type DayNumber } from '../time.js';
import type { Payment, Refund } from './payment.js';
import type { WrittenFile } from './records.js';

/** One row of a day's transaction file. */
export type Booking = { readonly type: 'PAYMENT' | 'CANCEL'; readonly payment: Payment } | { readonly type: 'REFUND'; readonly refund: Refund };

/** Whose row it is. */
export function bookingPayment(booking: Booking): Payment {
  return booking.type === 'REFUND' ? booking.refund.payment : booking.payment;
}

export interface ClosedDay {
  /** Below the SFTP root. */
  readonly file: string;
  readonly rows: number;
  /** One for each customer id, that one among them; missing in journals from before there were several accounts. */
  readonly files?: readonly WrittenFile[] | undefined;
}

/**
 * Which day a success, refund or cancel is booked in. Closing a day early moves the later ones into the next day at the same time of
 * day, while expiries and the checks of requests go on by the ordinary clock.
 */
export class BookingDays {
  private readonly bookings = new Map<DayNumber, Booking[]>();
  private readonly closedDays = new Map<DayNumber, ClosedDay>();
  /** No row may be booked before this day. */
  private firstOpenDay: DayNumber = -Infinity;

  openDay(now: number): DayNumber {
    return Math.max(dayOf(now), this.firstOpenDay);
  }

  bookedAt(now: number): number {
    return now + (this.openDay(now) - dayOf(now)) * DAY_MS;
  }

  /** From here on nothing is added to `day` or an earlier one. */
  seal(day: DayNumber): void {
    this.firstOpenDay = Math.max(this.firstOpenDay, day + 1);
  }

  add(at: number, booking: Booking): void {
    const day = dayOf(at);
    const sameDay = this.bookings.get(day);
    if (sameDay) sameDay.push(booking);
    else this.bookings.set(day, [booking]);
  }

  /** In the order in which they were booked. */
  of(day: DayNumber): readonly Booking[] {
    return this.bookings.get(day) ?? [];
  }

  closed(day: DayNumber): ClosedDay | undefined {
    return this.closedDays.get(day);
  }

  close(day: DayNumber, closedDay: ClosedDay): void {
    this.seal(day);
    this.closedDays.set(day, closedDay);
  }
}
