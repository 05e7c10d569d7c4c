import type { OrderTold, ToldReader } from '../outbound/told.reader.js';

/** What was told about an order, to whom and when. */
export class FindTold {
  constructor(private readonly told: ToldReader) {}

  async run(chainId: string, orderId: string): Promise<OrderTold> {
    return this.told.ofOrder(chainId, orderId);
  }
}
