import type { Flow, Tx } from '@scantill/platform';
import type { Asked } from '../outbound/payment.repository.js';
import type { ChangePayments } from './change-payments.js';

/** Refunds that bounced, as Alipay's files list them. One that is not ours goes to a person, never back to the sender. */
export class ApplyReversals implements Flow<Asked> {
  constructor(private readonly changePayments: ChangePayments) {}

  run(tx: Tx, reversals: readonly Asked[]): Promise<unknown> {
    return this.changePayments.run(tx, reversals);
  }
}
