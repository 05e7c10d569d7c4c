import type { Order } from '../core/order.js';
import type { OrderRepository } from '../outbound/order.repository.js';

export class FindOrder {
  constructor(private readonly orders: OrderRepository) {}

  async run(key: string): Promise<Order | undefined> {
    return (await this.orders.find([key]))[0];
  }
}
