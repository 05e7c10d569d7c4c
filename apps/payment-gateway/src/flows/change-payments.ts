import type { AnsweringFlow, OutboxRelay, Tx } from '@scantill/platform';
import { decide } from '../core/decide-payment.js';
import type { EvidenceRepository } from '../outbound/evidence.repository.js';
import type { Asked, Outcome, PaymentRepository } from '../outbound/payment.repository.js';

/** Everything that changes a payment ends here: orders, results of calls, inquiries and notifications can never disagree. */
export class ChangePayments implements AnsweringFlow<Asked, Outcome> {
  constructor(private readonly payments: PaymentRepository, private readonly evidence: EvidenceRepository, private readonly relay: OutboxRelay) {}

  /** `leaseMs`: new payments are paid for by the caller at once. */
  async run(tx: Tx, asked: readonly Asked[], leaseMs?: number): Promise<Outcome[]> {
    const outcomes = await this.payments.change(tx, asked, decide, leaseMs);
    await this.evidence.keep(tx, asked.flatMap(({ evidence }) => (evidence === undefined ? [] : [evidence])));
    tx.afterCommit(this.relay.wake);
    return outcomes;
  }
}
