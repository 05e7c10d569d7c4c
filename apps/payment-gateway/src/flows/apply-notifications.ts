import { UnitOfWork, type AnsweringFlow, type Clock, type Database, type Log, type Tx } from '@scantill/platform';
import type { StatusReport } from '../core/decide-payment.js';
import type { NotificationRepository, StoredNotification } from '../outbound/notification.repository.js';
import type { ChangePayments } from './change-payments.js';

/** A notification whose signature was verified, in our words. */
export interface Notified {
  readonly paymentId: string;
  readonly verdict: StatusReport['verdict'];
  readonly evidence: Omit<StoredNotification, 'paymentId' | 'verdict' | 'receivedAt'>;
}

/** Stored and applied in one transaction, answered only after its commit. Applying is idempotent, so age and repetition do not matter. */
export class ApplyNotifications implements AnsweringFlow<Notified, undefined> {
  private readonly work: UnitOfWork<Notified, undefined>;

  constructor(
    database: Database,
    private readonly notifications: NotificationRepository,
    private readonly changePayments: ChangePayments,
    private readonly parts: { readonly clock: Clock; readonly log: Log; readonly wakeWorker: () => void },
  ) {
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
    const stored = batch.map(({ paymentId, evidence }, index): StoredNotification => {
      const outcome = outcomes[index]!;
      const quarantined = outcome.events.find((event) => event.kind === 'ReportQuarantined');
      if (quarantined !== undefined) this.parts.log.error({ paymentId, reason: quarantined.reason }, 'a signed notification disagrees with the payment; Alipay is asked');
      if (!outcome.ok) this.parts.log.error({ paymentId }, 'a signed notification names a payment that is not ours');
      const verdict = quarantined !== undefined ? 'disagrees' : !outcome.ok ? 'unknown-payment' : outcome.events.length > 0 ? 'applied' : 'repeated';
      return { paymentId, receivedAt, verdict, ...evidence };
    });
    await this.notifications.keep(tx, stored);
    tx.afterCommit(() => {
      if (stored.some(({ verdict }) => verdict === 'disagrees')) this.parts.wakeWorker();
    });
    return batch.map(() => undefined);
  }
}
