import type { DynamicModule } from '@nestjs/common';
import { DueWorker, Inbox, OPENAPI, OpenApiController, type Platform, type RunningPart } from '@scantill/platform';
import type { Config } from './config.js';
import { AcknowledgeOrders } from './flows/acknowledge-orders.js';
import { AcknowledgeReads } from './flows/acknowledge-reads.js';
import { AskOrder } from './flows/ask-order.js';
import { ApplyPayments } from './flows/apply-payments.js';
import { ApplyStoreRequests } from './flows/apply-store-requests.js';
import { ChangeOrders } from './flows/change-orders.js';
import { CloseDays } from './flows/close-days.js';
import { FindOrder } from './flows/find-order.js';
import { HearStores } from './flows/hear-stores.js';
import { EndWaitingRequests, MeetDeadlines } from './flows/meet-deadlines.js';
import { PlaceOrder } from './flows/place-order.js';
import { PrepareOrder } from './flows/prepare-order.js';
import { ReadTimeline } from './flows/read-timeline.js';
import { SyncDirectory } from './flows/sync-directory.js';
import { WatchOrders } from './flows/watch-orders.js';
import { document } from './inbound/openapi.js';
import { OrdersController } from './inbound/orders.controller.js';
import { PaymentEventsConsumer } from './inbound/payment-events.consumer.js';
import { RefundsController } from './inbound/refunds.controller.js';
import { StoreDoor } from './inbound/store-door.js';
import { STORE_INBOX, StoreOrdersConsumer } from './inbound/store-orders.consumer.js';
import { TimelineController } from './inbound/timeline.controller.js';
import { AcknowledgementRepository } from './outbound/acknowledgement.repository.js';
import { DirectoryRepository } from './outbound/directory.repository.js';
import { ORDER_DUE, OrderRepository } from './outbound/order.repository.js';
import { OrderReader } from './outbound/order.reader.js';
import { TimelineClient, type TimelinePeer } from './outbound/timeline.client.js';
import { WAITING_REQUEST_DUE, WaitingRequestRepository } from './outbound/waiting-request.repository.js';

const DUE_LEASE_MS = 30_000;
const DUE_CLAIM_MAX = 200;

/** Everything the service consists of, in the order in which it depends on each other. */
export function wire(platform: Platform, config: Config) {
  const { service, database, metrics, log, clock, relay, directory, secrets, keepDirectory } = platform;
  const orders = new OrderRepository(database);
  const waiting = new WaitingRequestRepository();
  const watch = new WatchOrders(orders);
  const changeOrders = new ChangeOrders(orders, waiting, watch, relay);
  const prepareOrder = new PrepareOrder(directory);
  const placeOrder = new PlaceOrder(database, prepareOrder, changeOrders, { watch, clock });
  const applyStoreRequests = new ApplyStoreRequests(prepareOrder, changeOrders, waiting, clock);
  const acknowledgements = new AcknowledgementRepository();
  const acknowledgeOrders = new AcknowledgeOrders(acknowledgements, directory, clock, relay);
  const acknowledgeReads = new AcknowledgeReads({ database, acknowledgements, directory, clock, relay, log });
  const meetDeadlines = new MeetDeadlines(database, changeOrders, clock);
  const endWaiting = new EndWaitingRequests(database, waiting, changeOrders, clock);
  const worker = (kind: string, work: (keys: readonly string[]) => Promise<void>) =>
    new DueWorker({ kind, database, clock, metrics, log, leaseMs: DUE_LEASE_MS, claimMax: () => DUE_CLAIM_MAX, work });
  const storeInbox = new Inbox({ service, database, clock, metrics, log, door: new StoreDoor(directory) });
  const syncDirectory = new SyncDirectory(database, new DirectoryRepository(), keepDirectory, { file: config.DIRECTORY_FILE, secrets, relay, clock, log });
  const parts: RunningPart[] = [
    acknowledgeReads.part,
    { name: 'directory file', start: () => syncDirectory.start(), stop: () => syncDirectory.stop() },
    { name: 'deadlines', ...running(worker(ORDER_DUE, (keys) => meetDeadlines.run(keys))) },
    { name: 'requests that overtook', ...running(worker(WAITING_REQUEST_DUE, (keys) => endWaiting.run(keys))) },
  ];
  const waits: RunningPart = { name: 'waiting requests', start: () => undefined, stop: () => watch.stop() };
  const module: DynamicModule = {
    module: OrderModule,
    controllers: [OrdersController, RefundsController, TimelineController, StoreOrdersConsumer, PaymentEventsConsumer, OpenApiController],
    providers: [
      { provide: Inbox, useValue: platform.inbox },
      { provide: STORE_INBOX, useValue: storeInbox },
      { provide: PlaceOrder, useValue: placeOrder },
      { provide: AskOrder, useValue: new AskOrder(database, changeOrders, watch, clock) },
      { provide: FindOrder, useValue: new FindOrder(new OrderReader(database)) },
      { provide: ReadTimeline, useValue: new ReadTimeline(new TimelineClient(timelinePeers(config))) },
      { provide: HearStores, useValue: new HearStores(orders, applyStoreRequests, acknowledgeOrders) },
      { provide: AcknowledgeOrders, useValue: acknowledgeOrders },
      { provide: AcknowledgeReads, useValue: acknowledgeReads },
      { provide: CloseDays, useValue: new CloseDays(directory, clock, relay) },
      { provide: ApplyPayments, useValue: new ApplyPayments(changeOrders) },
      { provide: OPENAPI, useValue: document },
    ],
  };
  return { module, parts, waits };
}

function timelinePeers(config: Config): TimelinePeer[] {
  return [
    { service: 'payment-gateway', url: config.PAYMENT_GATEWAY_URL },
    { service: 'notification', url: config.NOTIFICATION_URL },
    { service: 'reconciliation', url: config.RECONCILIATION_URL },
  ];
}

function running(part: { start(): void; stop(): Promise<void> | void }): Pick<RunningPart, 'start' | 'stop'> {
  return { start: () => part.start(), stop: () => part.stop() };
}

export class OrderModule {}
