import { DueQueue } from '../due-queue.js';
import type { BusinessClock } from '../time.js';
import type { Ledger } from './ledger.js';
import type { Refund } from './payment.js';

/** Completes refunds: at once, or, where the merchant asked for it, after a while in process. */
export class RefundDesk {
  private readonly inProcess = new DueQueue<Refund>((refund) => this.complete(refund));

  constructor(
    private readonly ledger: Ledger,
    private readonly clock: BusinessClock,
    private readonly settings: { readonly asyncRefundMs: number },
  ) {}

  /** Takes up what was in process when the simulator stopped. */
  resume(): void {
    for (const refund of this.ledger.refunds) if (refund.completedAt === undefined) this.completeLater(refund);
  }

  complete(refund: Refund): void {
    this.ledger.record({ type: 'refund-completed', refund: refund.number, at: this.ledger.days.bookedAt(this.clock.now()) });
  }

  completeLater(refund: Refund): void {
    this.inProcess.push(refund, Date.now() + this.settings.asyncRefundMs / this.clock.scale);
  }

  stop(): void {
    this.inProcess.stop();
  }
}
