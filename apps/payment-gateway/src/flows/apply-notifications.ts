import type { Clock, Log } from '@scantill/platform';
import type { StatusReport } from '../core/decide-payment.js';
import type { Evidence } from '../outbound/evidence.repository.js';
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
export class ApplyNotifications {
  constructor(private readonly changePayments: ChangePayments, private readonly parts: ApplyNotificationsParts) {}

  async receive({ paymentId, verdict, exchange }: Notified): Promise<void> {
    const { clock, log, wakeWorker } = this.parts;
    const receivedAt = clock.now();
    const outcome = await this.changePayments.apply({
      target: { paymentId },
      inputs: [{ kind: 'report', report: { source: 'notification', receivedAt, verdict } }],
      at: receivedAt, cause: null, endsCall: false,
      evidence: (result) => ({ paymentId, operation: 'notifyPayment', verdict: verdictOn(result), at: receivedAt, durationMs: 0, httpStatus: 200, ...exchange }),
    });
    if (!outcome.ok) log.error({ paymentId }, 'a signed notification names a payment that is not ours');
    const reason = disagreementIn(outcome);
    if (reason !== undefined) log.error({ paymentId, reason }, 'a signed notification disagrees with the payment; Alipay is asked');
    // Quarantined, or late: either way Alipay is asked at once.
    if (reason !== undefined || outcome.events.some(({ kind }) => kind === 'LateSuccess')) wakeWorker();
  }
}

function disagreementIn({ events }: Outcome): string | undefined {
  return events.find((event) => event.kind === 'ReportQuarantined')?.reason;
}

function verdictOn(outcome: Outcome): string {
  if (disagreementIn(outcome) !== undefined) return 'disagrees';
  if (!outcome.ok) return 'unknown-payment';
  return outcome.events.length > 0 ? 'applied' : 'repeated';
}
