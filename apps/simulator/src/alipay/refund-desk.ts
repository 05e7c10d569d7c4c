import { DueQueue } from '../due-queue.js';
import type { BusinessClock } from '../time.js';
import type { Ledger } from './ledger.js';
import { refundStatus, type AsynchronousRefund, type Refund } from './payment.js';

/** Ends refunds: at once, or, where the merchant asked for it or a plan of faults wants it, after a while in process. */
export class RefundDesk {
  private readonly inProcess = new DueQueue<Refund>((refund) => this.end(refund));

  constructor(
    private readonly ledger: Ledger,
    private readonly clock: BusinessClock,
    private readonly settings: { readonly asyncRefundMs: number },
  ) {}

  /** Takes up what was in process when the simulator stopped. */
  resume(): void {
    for (const refund of this.ledger.refunds) if (refundStatus(refund) === 'PROCESSING') this.endLater(refund);
  }

  /** What becomes of a refund that was asked for asynchronously. */
  asAsked(): AsynchronousRefund {
    return { ms: this.settings.asyncRefundMs, outcome: 'SUCCESS' };
  }

  complete(refund: Refund): void {
    this.ledger.record({ type: 'refund-completed', refund: refund.number, at: this.ledger.days.bookedAt(this.clock.now()) });
  }

  endLater(refund: Refund): void {
    const { ms } = refund.asynchronous ?? this.asAsked();
    this.inProcess.push(refund, this.clock.realAt(refund.acceptedAt + ms));
  }

  stop(): void {
    this.inProcess.stop();
  }

  private end(refund: Refund): void {
    if (refund.asynchronous?.outcome === 'FAIL') this.ledger.record({ type: 'refund-failed', refund: refund.number, code: 'PROCESS_FAIL' });
    else this.complete(refund);
  }
}
