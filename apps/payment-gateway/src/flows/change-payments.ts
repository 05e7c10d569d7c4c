import { UnitOfWork, type AnsweringFlow, type Database, type OutboxRelay, type Tx } from '@scantill/platform';
import { decide } from '../core/decide-payment.js';
import type { Asked, Outcome, PaymentRepository } from '../outbound/payment.repository.js';

/** Everything that changes a payment ends here: orders, results of calls, inquiries and notifications can never disagree. */
export class ChangePayments implements AnsweringFlow<Asked, Outcome> {
  private readonly work: UnitOfWork<Asked, Outcome>;

  constructor(database: Database, private readonly payments: PaymentRepository, private readonly relay: OutboxRelay) {
    this.work = new UnitOfWork(database, this);
  }

  /** In a transaction with whatever else Alipay says at the same time, whether asked or by itself. */
  apply(asked: Asked): Promise<Outcome> {
    return this.work.run(asked);
  }

  /** `leaseMs`: new payments are paid for by the caller at once. */
  async run(tx: Tx, asked: readonly Asked[], leaseMs?: number): Promise<Outcome[]> {
    const outcomes = await this.payments.change(tx, asked, decide, leaseMs);
    tx.afterCommit(this.relay.wake);
    return outcomes;
  }
}
