import type { Order } from '../core/order.js';
import type { OrderReader } from '../outbound/order.reader.js';

export class FindOrder {
  constructor(private readonly orders: OrderReader) {}

  async run(key: string): Promise<Order | undefined> {
    return this.orders.find(key);
  }
}
