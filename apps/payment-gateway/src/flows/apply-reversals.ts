import type { Money, RefundId } from '@scantill/kernel';
import type { Cause, Flow, Log, Tx } from '@scantill/platform';
import type { ChangePayments } from './change-payments.js';

/** A refund that bounced, as Alipay's file lists it; named by whichever id is there. */
export interface Reversal {
  readonly paymentId: string;
  readonly refundId: RefundId | null;
  readonly alipayRefundId: string | null;
  readonly amount: Money;
  readonly seenAt: Date;
  readonly at: Date;
  readonly cause: Cause;
}

/** The customer is owed the money again. A reversal that fits no refund of ours goes to a person. */
export class ApplyReversals implements Flow<Reversal> {
  constructor(private readonly changePayments: ChangePayments, private readonly log: Log) {}

  async run(tx: Tx, reversals: readonly Reversal[]): Promise<void> {
    const outcomes = await this.changePayments.run(tx, reversals.map(({ paymentId, refundId, alipayRefundId, amount, seenAt, at, cause }) => ({
      target: { paymentId }, at, cause, endsCall: false,
      inputs: [{ kind: 'refund-reversed', id: refundId, alipayRefundId, amount, now: seenAt }],
    })));
    outcomes.forEach((outcome, index) => {
      if (!outcome.ok) this.log.error({ paymentId: reversals[index]!.paymentId }, 'the reversal of a refund names a payment that is not ours');
    });
  }
}
