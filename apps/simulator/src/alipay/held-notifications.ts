import { DueQueue } from '../due-queue.js';
import type { Payment } from './payment.js';

/** Of business time. Where no other payment comes, the one that was held back goes all the same. */
const BEHIND_NOBODY_MS = 10 * 60_000;

/** Notifications that are on their way for longer than they should be. */
export class HeldNotifications {
  private readonly delayed = new DueQueue<Payment>((payment) => this.go(payment));
  private readonly waiting = new Set<Payment>();
  private readonly patience = new DueQueue<Payment>((payment) => this.release(payment));

  constructor(private readonly go: (payment: Payment) => void) {}

  get size(): number {
    return this.delayed.size + this.waiting.size;
  }

  until(payment: Payment, at: number): void {
    this.delayed.push(payment, at);
  }

  /** Until that of any other payment has gone first. */
  behindAnother(payment: Payment, clockScale: number): void {
    this.waiting.add(payment);
    this.patience.push(payment, Date.now() + BEHIND_NOBODY_MS / clockScale);
  }

  anotherWent(other: Payment): void {
    for (const payment of this.waiting) if (payment !== other) this.release(payment);
  }

  /** They stay in the journal. */
  stop(): void {
    this.delayed.stop();
    this.patience.stop();
    this.waiting.clear();
  }

  private release(payment: Payment): void {
    if (this.waiting.delete(payment)) this.go(payment);
  }
}
