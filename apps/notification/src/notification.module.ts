import type { DynamicModule } from '@nestjs/common';
import { Directory, DirectoryConsumer, Inbox, KeepDirectory, OPENAPI, OpenApiController, type Platform, type RunningPart } from '@scantill/platform';
import type { Config } from './config.js';
import { DeliverWebhooks, REQUESTS_PER_ENDPOINT_MAX } from './flows/deliver-webhooks.js';
import { FindTold } from './flows/find-told.js';
import { FollowStore } from './flows/follow-store.js';
import { SettleDeliveries } from './flows/settle-deliveries.js';
import { StoreFeeds } from './flows/store-feeds.js';
import { TellStores } from './flows/tell-stores.js';
import { document } from './inbound/openapi.js';
import { OpenStreams } from './inbound/open-streams.js';
import { OrderEventsConsumer } from './inbound/order-events.consumer.js';
import { StoreEventsController } from './inbound/store-events.controller.js';
import { TimelineController } from './inbound/timeline.controller.js';
import { ToldController } from './inbound/told.controller.js';
import { DayPartitions } from './outbound/day-partitions.js';
import { DeliveryRepository } from './outbound/delivery.repository.js';
import { Endpoints } from './outbound/endpoints.js';
import { StoreEventRepository } from './outbound/store-event.repository.js';
import { ToldReader } from './outbound/told.reader.js';
import { WebhookClient } from './outbound/webhook.client.js';

/** Everything the service consists of, in the order in which it depends on each other. */
export function wire(platform: Platform, config: Pick<Config, 'NOTIFICATION_STREAMS_MAX'>) {
  const { database, directory, metrics, log, clock, relay } = platform;
  const storeEvents = new StoreEventRepository(database);
  const deliveries = new DeliveryRepository(database);
  const endpoints = new Endpoints(directory, log);
  const client = new WebhookClient(REQUESTS_PER_ENDPOINT_MAX);
  const partitions = new DayPartitions(database, clock, log);
  const feeds = new StoreFeeds(storeEvents, log);
  const settleDeliveries = new SettleDeliveries(deliveries, relay);
  const deliverWebhooks = new DeliverWebhooks({ database, deliveries, settleDeliveries, endpoints, client, clock, metrics, log });
  const tellStores = new TellStores({ storeEvents, deliveries, endpoints, feeds, clock, wakeDeliveries: deliverWebhooks.wake });
  const openStreams = new OpenStreams(directory, config.NOTIFICATION_STREAMS_MAX);
  const parts: RunningPart[] = [
    { name: 'day partitions', start: () => partitions.start(), stop: () => partitions.stop() },
    { name: 'webhook client', start: () => undefined, stop: () => client.close() },
    { name: 'webhooks', start: () => deliverWebhooks.start(), stop: () => deliverWebhooks.stop() },
    { name: 'store feeds', start: () => undefined, stop: () => feeds.stop() },
  ];
  const streams: RunningPart = { name: 'event streams', start: () => undefined, stop: () => openStreams.stop() };
  const module: DynamicModule = {
    module: NotificationModule,
    controllers: [OrderEventsConsumer, DirectoryConsumer, StoreEventsController, ToldController, TimelineController, OpenApiController],
    providers: [
      { provide: Inbox, useValue: platform.inbox },
      { provide: KeepDirectory, useValue: platform.keepDirectory },
      { provide: Directory, useValue: directory },
      { provide: TellStores, useValue: tellStores },
      { provide: StoreFeeds, useValue: feeds },
      { provide: FollowStore, useValue: new FollowStore(storeEvents, feeds) },
      { provide: OpenStreams, useValue: openStreams },
      { provide: FindTold, useValue: new FindTold(new ToldReader(database)) },
      { provide: OPENAPI, useValue: document },
    ],
  };
  return { module, parts, streams };
}

export class NotificationModule {}
