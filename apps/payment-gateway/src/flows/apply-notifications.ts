import { UnitOfWork, type AnsweringFlow, type Clock, type Database, type Log, type Tx } from '@scantill/platform';
import type { StatusReport } from '../core/decide-payment.js';
import type { Evidence, EvidenceRepository } from '../outbound/evidence.repository.js';
import type { Outcome } from '../outbound/payment.repository.js';
import type { ChangePayments } from './change-payments.js';

/** A notification whose signature was verified, in our words. */
export interface Notified {
  readonly paymentId: string;
  readonly verdict: StatusReport['verdict'];
  readonly exchange: Pick<Evidence, 'headers' | 'request' | 'response'>;
}

interface ApplyNotificationsParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly wakeWorker: () => void;
}

/** Stored and applied in one transaction, answered only after its commit. Applying is idempotent, so age and repetition do not matter. */
export class ApplyNotifications implements AnsweringFlow<Notified, undefined> {
  private readonly work: UnitOfWork<Notified, undefined>;

  constructor(database: Database, private readonly evidence: EvidenceRepository, private readonly changePayments: ChangePayments, private readonly parts: ApplyNotificationsParts) {
    this.work = new UnitOfWork(database, this);
  }

  receive(notified: Notified): Promise<undefined> {
    return this.work.run(notified);
  }

  async run(tx: Tx, batch: readonly Notified[]): Promise<undefined[]> {
    const receivedAt = this.parts.clock.now();
    const outcomes = await this.changePayments.run(tx, batch.map(({ paymentId, verdict }) => ({
      target: { paymentId },
      inputs: [{ kind: 'report', report: { source: 'notification', receivedAt, verdict } }],
      at: receivedAt, cause: null, endsCall: false,
    })));
    const verdicts = outcomes.map((outcome, index) => this.verdictOn(batch[index]!.paymentId, outcome));
    await this.evidence.keep(tx, batch.map(({ paymentId, exchange }, index) => ({
      paymentId, operation: 'notifyPayment', verdict: verdicts[index]!, at: receivedAt, durationMs: 0, httpStatus: 200, ...exchange,
    })));
    tx.afterCommit(() => {
      // Quarantined, or late: either way Alipay is asked at once.
      if (outcomes.some(({ events }) => events.some(({ kind }) => kind === 'ReportQuarantined' || kind === 'LateSuccess'))) this.parts.wakeWorker();
    });
    return batch.map(() => undefined);
  }

  private verdictOn(paymentId: string, outcome: Outcome): string {
    const quarantined = outcome.events.find((event) => event.kind === 'ReportQuarantined');
    if (quarantined !== undefined) this.parts.log.error({ paymentId, reason: quarantined.reason }, 'a signed notification disagrees with the payment; Alipay is asked');
    if (!outcome.ok) this.parts.log.error({ paymentId }, 'a signed notification names a payment that is not ours');
    if (quarantined !== undefined) return 'disagrees';
    if (!outcome.ok) return 'unknown-payment';
    return outcome.events.length > 0 ? 'applied' : 'repeated';
  }
}
