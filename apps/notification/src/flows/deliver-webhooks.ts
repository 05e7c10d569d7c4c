import { isTransient, pause, UnitOfWork, Wakeup, type Clock, type Database, type Log, type Metrics } from '@scantill/platform';
import { decide } from '../core/delivery.js';
import type { DeliveryRepository, Room, Settlement, WebhookDelivery } from '../outbound/delivery.repository.js';
import type { Endpoints } from '../outbound/endpoints.js';
import { WEBHOOK_TIMEOUT_MS, type WebhookClient } from '../outbound/webhook.client.js';
import type { SettleDeliveries } from './settle-deliveries.js';

export interface DeliverWebhooksParts {
  readonly database: Database;
  readonly deliveries: DeliveryRepository;
  readonly settleDeliveries: SettleDeliveries;
  readonly endpoints: Endpoints;
  readonly client: WebhookClient;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** What an endpoint is doing on this instance. */
interface Lane {
  inFlight: number;
  /** Its last request failed: it is asked once at a time until it answers again. */
  isFailing: boolean;
}

/** Requests under way at one endpoint. Each endpoint has its own, so that one that hangs holds up nobody else. */
export const REQUESTS_PER_ENDPOINT_MAX = 8;
/** Requests under way altogether; reached only with as many endpoints that hang. */
const REQUESTS_MAX = 512;
/** Longer than a request and the transaction that writes its result. */
const LEASE_MS = WEBHOOK_TIMEOUT_MS + 20_000;
const IDLE_MS = 1_000;
const FAILURE_MS = 1_000;

/** Sends what is due, outside any transaction, at most one message of an order and endpoint at a time. */
export class DeliverWebhooks {
  private readonly wakeup = new Wakeup();
  private readonly lanes = new Map<string, Lane>();
  private readonly underWay = new Set<Promise<void>>();
  private readonly work: UnitOfWork<Settlement, boolean>;
  private running: Promise<void> | undefined;
  private stopped = false;

  constructor(private readonly parts: DeliverWebhooksParts) {
    this.work = new UnitOfWork(parts.database, parts.settleDeliveries);
  }

  /** Something became due, or there is room again. */
  readonly wake = (): void => this.wakeup.ring();

  start(): void {
    this.running = this.run();
  }

  /** Waits for the requests under way; none takes longer than its time-out. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.wake();
    await this.running;
    await Promise.all(this.underWay);
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      this.wakeup.arm();
      try {
        if ((await this.sendDue()) === 0) await this.wakeup.wait(IDLE_MS);
      } catch (error) {
        this.parts.log[isTransient(error) ? 'warn' : 'error']({ err: error }, 'webhooks are sent later');
        await pause(FAILURE_MS, () => this.stopped);
      }
    }
  }

  private async sendDue(): Promise<number> {
    const rooms = this.rooms();
    if (rooms.length === 0) return 0;
    const due = await this.parts.deliveries.claim(rooms, this.parts.clock.now(), LEASE_MS);
    for (const delivery of due) {
      const sending = this.send(delivery).finally(() => {
        this.underWay.delete(sending);
        this.wake();
      });
      this.underWay.add(sending);
    }
    if (due.length > 0) this.parts.metrics.dueWorkClaimed.inc({ kind: 'webhook' }, due.length);
    return due.length;
  }

  private rooms(): Room[] {
    let left = REQUESTS_MAX - this.underWay.size;
    const rooms: Room[] = [];
    for (const { endpointId } of this.parts.endpoints.all()) {
      const lane = this.lanes.get(endpointId);
      const free = Math.min(left, (lane?.isFailing === true ? 1 : REQUESTS_PER_ENDPOINT_MAX) - (lane?.inFlight ?? 0));
      if (free <= 0) continue;
      rooms.push({ endpointId, free });
      left -= free;
    }
    return rooms;
  }

  private async send(delivery: WebhookDelivery): Promise<void> {
    const { endpoints, client, clock, log } = this.parts;
    const endpoint = endpoints.find(delivery.endpointId);
    if (endpoint === undefined) return;
    const lane = this.lanes.get(delivery.endpointId) ?? { inFlight: 0, isFailing: false };
    this.lanes.set(delivery.endpointId, lane);
    lane.inFlight += 1;
    try {
      const answer = await client.send(endpoint, delivery);
      const at = clock.now();
      const verdict = decide(delivery, answer, at, Math.random());
      lane.isFailing = verdict.status !== 'delivered';
      await this.work.run({ delivery, verdict, at });
      if (verdict.status === 'given-up') log.error({ endpoint: delivery.endpointId, orderId: delivery.orderId, eventId: delivery.eventId }, 'a webhook is given up');
    } catch (error) {
      log.warn({ err: error, endpoint: delivery.endpointId }, 'a webhook is sent again after its lease');
    } finally {
      lane.inFlight -= 1;
    }
  }
}
