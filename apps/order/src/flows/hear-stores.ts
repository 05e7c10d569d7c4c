import type { Flow, Tx } from '@scantill/platform';
import type { OrderRepository } from '../outbound/order.repository.js';
import type { Acknowledgement, AcknowledgeOrders } from './acknowledge-orders.js';
import type { ApplyStoreRequests, StoreRequest } from './apply-store-requests.js';

export type StoreSaying = StoreRequest | Acknowledgement;

/**
 * What store systems say of their orders, of one batch together: requests and acknowledgements are written in two steps, and whoever locks orders
 * in two steps waits in a circle with those who lock them in order.
 */
export class HearStores implements Flow<StoreSaying> {
  constructor(private readonly orders: OrderRepository, private readonly applyStoreRequests: ApplyStoreRequests, private readonly acknowledgeOrders: AcknowledgeOrders) {}

  async run(tx: Tx, said: readonly StoreSaying[]): Promise<void> {
    const acknowledgements = said.filter((each) => each.kind === 'acknowledge');
    const requests = said.filter((each) => each.kind !== 'acknowledge');
    if (acknowledgements.length > 0 && requests.length > 0) await this.orders.lock(tx, said.map(({ key }) => key));
    if (requests.length > 0) await this.applyStoreRequests.run(tx, requests);
    if (acknowledgements.length > 0) await this.acknowledgeOrders.run(tx, acknowledgements);
  }
}
