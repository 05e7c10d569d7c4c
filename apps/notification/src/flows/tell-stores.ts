import type { Clock, Flow, Tx } from '@scantill/platform';
import { isOfOrder, tell, type OrderFact } from '../core/told.js';
import type { DeliveryRepository } from '../outbound/delivery.repository.js';
import type { Endpoints } from '../outbound/endpoints.js';
import type { StoreEventRepository } from '../outbound/store-event.repository.js';
import type { StoreFeeds } from './store-feeds.js';

export interface TellStoresParts {
  readonly storeEvents: StoreEventRepository;
  readonly deliveries: DeliveryRepository;
  readonly endpoints: Endpoints;
  readonly feeds: StoreFeeds;
  readonly clock: Clock;
  readonly wakeDeliveries: () => void;
}

/** Puts a batch of facts on the streams of their stores, and in the queues of the endpoints that want them. */
export class TellStores implements Flow<OrderFact> {
  constructor(private readonly parts: TellStoresParts) {}

  async run(tx: Tx, facts: readonly OrderFact[]): Promise<void> {
    const { storeEvents, deliveries, endpoints, feeds, clock, wakeDeliveries } = this.parts;
    const told = facts.map(tell);
    const events = await storeEvents.append(tx, told);
    tx.afterCommit(() => feeds.announce(events));
    const messages = told.filter(isOfOrder).flatMap((each) => endpoints.ofChain(each.chainId).map(({ endpointId }) => ({ endpointId, told: each })));
    // Most chains have no endpoint: then there is nothing more to write.
    if (messages.length === 0) return;
    await deliveries.append(tx, messages, clock.now());
    tx.afterCommit(wakeDeliveries);
  }
}
