import { assert } from '@scantill/kernel';
import type { Flow, Tx } from '@scantill/platform';
import type { Asked } from '../outbound/order.repository.js';
import type { ChangeOrders } from './change-orders.js';

/** What the gateway reports. It only speaks of orders that we placed. */
export class ApplyPayments implements Flow<Asked> {
  constructor(private readonly changeOrders: ChangeOrders) {}

  async run(tx: Tx, reports: readonly Asked[]): Promise<void> {
    const outcomes = await this.changeOrders.run(tx, reports);
    outcomes.forEach((outcome, index) => assert(outcome.ok, `a payment of ${reports[index]!.key} was reported but there is no such order`));
  }
}
