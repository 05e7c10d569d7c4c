import { ACKNOWLEDGEMENT, PAYMENT_RESULT, post } from '@scantill/alipay';
import { DueQueue } from '../due-queue.js';
import { Fifo } from '../fifo.js';
import { preciseInstantText, type BusinessClock } from '../time.js';
import { MerchantConnections } from './merchant-connections.js';
import type { Ledger } from './ledger.js';
import { paymentFields } from './operations/inquiry-payment.js';
import type { Payment } from './payment.js';
import { paymentResult, resultOf } from './results.js';
import type { AlipaySignatures } from './signatures.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Alipay sends at most eight times; these are the gaps before each. */
const GAPS_MS = [0, 2 * MINUTE_MS, 10 * MINUTE_MS, 10 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS, 6 * HOUR_MS, 15 * HOUR_MS] as const;
const DELIVERY_TIMEOUT_MS = 8_000;
const MAX_IN_FLIGHT = 64;

export interface NotifierSettings {
  readonly clientId: string;
  /** How many times faster than Alipay's the retry clock runs. */
  readonly retryScale: number;
}

/** Tells merchants how payments ended (`notifyPayment`), on Alipay's retry clock, until the exact acknowledgement or the eighth try. */
export class Notifier {
  sent = 0;
  acknowledged = 0;
  givenUp = 0;
  private inFlight = 0;
  private stopped = false;
  private idle: (() => void) | undefined;
  private readonly connections = new MerchantConnections(MAX_IN_FLIGHT);
  private readonly ready = new Fifo<Payment>();
  private readonly later = new DueQueue<Payment>((payment) => this.send(payment));

  constructor(
    private readonly ledger: Ledger,
    private readonly clock: BusinessClock,
    private readonly signatures: AlipaySignatures,
    private readonly settings: NotifierSettings,
  ) {}

  /** Those that are neither acknowledged nor given up. */
  get pending(): number {
    return this.later.size + this.ready.size + this.inFlight;
  }

  /** Takes up the notifications that were pending when the simulator stopped. */
  resume(): void {
    for (const payment of this.ledger.payments) if (payment.notification === 'pending') this.later.push(payment, payment.nextNotificationAt);
  }

  /** The payment has reached its final state; does nothing for a merchant who gave no address. */
  announce(payment: Payment): void {
    if (payment.notification === 'pending') this.send(payment);
  }

  /** Waits for the deliveries under way; what is still pending stays in the journal. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.later.stop();
    if (this.inFlight > 0) await new Promise<void>((resolve) => { this.idle = resolve; });
    await this.connections.close();
  }

  private send(payment: Payment): void {
    if (this.inFlight >= MAX_IN_FLIGHT) this.ready.push(payment);
    else void this.deliver(payment);
  }

  private async deliver(payment: Payment): Promise<void> {
    this.inFlight += 1;
    const isAcknowledged = await this.attempt(payment);
    this.inFlight -= 1;
    this.settle(payment, isAcknowledged);
    const next = this.stopped ? undefined : this.ready.shift();
    if (next) void this.deliver(next);
    else if (this.inFlight === 0) this.idle?.();
  }

  private async attempt(payment: Payment): Promise<boolean> {
    const { clientId } = this.settings;
    const url = new URL(payment.merchant.notifyUrl ?? '');
    const path = url.pathname + url.search;
    const body = JSON.stringify(this.notification(payment));
    const time = preciseInstantText(this.clock.now());
    const signature = await this.signatures.sign({ path, clientId, time, body });
    const headers = { 'content-type': 'application/json', 'client-id': clientId, 'request-time': time, signature };
    this.sent += 1;
    const outcome = await post(this.connections.to(url.origin), { path, headers, body: Buffer.from(body), timeoutMs: DELIVERY_TIMEOUT_MS });
    return outcome.kind === 'response' && outcome.status === 200 && isAcknowledgement(outcome.body.toString());
  }

  private notification(payment: Payment): Record<string, unknown> {
    // Cancelling a paid payment gives the money back; what is announced is still that it had been paid.
    const result = payment.charge ? resultOf('SUCCESS') : paymentResult(payment.resultCode);
    return { notifyType: PAYMENT_RESULT, result, ...paymentFields(this.ledger, payment) };
  }

  private settle(payment: Payment, isAcknowledged: boolean): void {
    const { number } = payment;
    const sent = payment.notificationsSent + 1;
    const gapMs = GAPS_MS[sent];
    if (isAcknowledged) this.acknowledged += 1;
    else if (gapMs !== undefined && !payment.isSandbox) {
      const nextAt = Date.now() + gapMs / (this.settings.retryScale * this.clock.scale);
      this.ledger.record({ type: 'notification-missed', number, sent, nextAt });
      if (!this.stopped) this.later.push(payment, nextAt);
      return;
    } else this.givenUp += 1;
    this.ledger.record({ type: 'notification-ended', number, acknowledged: isAcknowledged });
  }
}

/** The fixed body, whatever its spacing and order. */
function isAcknowledgement(body: string): boolean {
  if (body === ACKNOWLEDGEMENT) return true;
  try {
    const { result } = JSON.parse(body) as { result?: Record<string, unknown> };
    return result?.['resultCode'] === 'SUCCESS' && result['resultStatus'] === 'S' && result['resultMessage'] === 'success';
  } catch {
    return false;
  }
}
