import type { DeliveryRepository, DeliveryRow } from '../outbound/delivery.repository.js';
import type { StoreEventRepository, ToldRow } from '../outbound/store-event.repository.js';

export interface OrderTold {
  readonly streamed: readonly ToldRow[];
  readonly delivered: readonly DeliveryRow[];
}

/** What was told about an order, to whom and when. */
export class FindTold {
  constructor(private readonly storeEvents: StoreEventRepository, private readonly deliveries: DeliveryRepository) {}

  async run(chainId: string, orderId: string): Promise<OrderTold> {
    const [streamed, delivered] = await Promise.all([this.storeEvents.ofOrder(chainId, orderId), this.deliveries.ofOrder(chainId, orderId)]);
    return { streamed, delivered };
  }
}
