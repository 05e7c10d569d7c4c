import { DueQueue } from '../due-queue.js';
import type { Fault } from '../faults/fault.js';
import type { FaultPlan } from '../faults/fault-plan.js';
import { Fifo } from '../fifo.js';
import type { BusinessClock } from '../time.js';
import type { Accounts } from './accounts.js';
import { Delivery, MAX_IN_FLIGHT } from './delivery.js';
import { HeldNotifications } from './held-notifications.js';
import type { Ledger } from './ledger.js';
import type { Payment } from './payment.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Alipay sends at most eight times; these are the gaps before each. */
const GAPS_MS = [0, 2 * MINUTE_MS, 10 * MINUTE_MS, 10 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS, 6 * HOUR_MS, 15 * HOUR_MS] as const;

export interface NotifierSettings {
  readonly accounts: Accounts;
  readonly plan: FaultPlan;
  /** How many times faster than Alipay's the retry clock runs. */
  readonly retryScale: number;
}

interface Waiting {
  readonly payment: Payment;
  readonly fault: Fault | undefined;
}

/** Tells merchants how payments ended (`notifyPayment`), on Alipay's retry clock, until the exact acknowledgement or the eighth try. */
export class Notifier {
  acknowledged = 0;
  givenUp = 0;
  private inFlight = 0;
  private stopped = false;
  private idle: (() => void) | undefined;
  private readonly delivery: Delivery;
  private readonly ready = new Fifo<Waiting>();
  private readonly later = new DueQueue<Payment>((payment) => this.send(payment));
  private readonly held = new HeldNotifications((payment) => this.go({ payment, fault: undefined }));
  private readonly awaited = new Map<Payment, () => void>();

  constructor(
    private readonly ledger: Ledger,
    private readonly clock: BusinessClock,
    private readonly settings: NotifierSettings,
  ) {
    this.delivery = new Delivery(ledger, clock, settings.accounts);
  }

  get sent(): number {
    return this.delivery.sent;
  }

  /** Those that are neither acknowledged nor given up. */
  get pending(): number {
    return this.later.size + this.ready.size + this.held.size + this.inFlight;
  }

  /** Takes up the notifications that were pending when the simulator stopped. */
  resume(): void {
    for (const payment of this.ledger.payments) if (payment.notification === 'pending') this.later.push(payment, payment.nextNotificationAt);
  }

  /** The payment has reached its final state; does nothing for a merchant who gave no address. */
  announce(payment: Payment): void {
    if (payment.notification === 'pending') this.send(payment);
  }

  /** Resolves when the first attempt to tell of this payment has ended, however it ended. */
  firstDelivery(payment: Payment): Promise<void> {
    return new Promise((resolve) => this.awaited.set(payment, resolve));
  }

  /** Waits for the deliveries under way; what is still pending stays in the journal. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.later.stop();
    this.held.stop();
    if (this.inFlight > 0) await new Promise<void>((resolve) => { this.idle = resolve; });
    await this.delivery.close();
  }

  /** One attempt is due. */
  private send(payment: Payment): void {
    const { plan } = this.settings;
    const fault = plan.isQuiet ? undefined : plan.next('notifyPayment', payment.requestId);
    switch (fault?.kind) {
      case 'dropped': return this.settle(payment, { isAcknowledged: false, isLast: fault.attempts === 'all' });
      case 'delayed': return this.held.until(payment, Date.now() + fault.ms / this.clock.scale);
      case 'reordered': return this.held.behindAnother(payment, this.clock.scale);
      default: return this.go({ payment, fault });
    }
  }

  private go(waiting: Waiting): void {
    if (this.inFlight >= MAX_IN_FLIGHT) this.ready.push(waiting);
    else void this.deliver(waiting);
  }

  private async deliver({ payment, fault }: Waiting): Promise<void> {
    this.inFlight += 1;
    const isAcknowledged = await this.delivery.attempt(payment, fault);
    this.inFlight -= 1;
    this.settle(payment, { isAcknowledged, isLast: false });
    if (!this.stopped) this.held.anotherWent(payment);
    const next = this.stopped ? undefined : this.ready.shift();
    if (next) void this.deliver(next);
    else if (this.inFlight === 0) this.idle?.();
  }

  private settle(payment: Payment, { isAcknowledged, isLast }: { isAcknowledged: boolean; isLast: boolean }): void {
    const { number } = payment;
    const sent = payment.notificationsSent + 1;
    const gapMs = isLast || payment.isSandbox ? undefined : GAPS_MS[sent];
    this.awaited.get(payment)?.();
    this.awaited.delete(payment);
    if (isAcknowledged) this.acknowledged += 1;
    else if (gapMs !== undefined) {
      const nextAt = Date.now() + gapMs / (this.settings.retryScale * this.clock.scale);
      this.ledger.record({ type: 'notification-missed', number, sent, nextAt });
      if (!this.stopped) this.later.push(payment, nextAt);
      return;
    } else this.givenUp += 1;
    this.ledger.record({ type: 'notification-ended', number, acknowledged: isAcknowledged });
  }
}
