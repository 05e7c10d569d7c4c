import type { Result } from '@scantill/kernel';
import { UnitOfWork, type Cause, type Clock, type Database } from '@scantill/platform';
import type { OrderRejected } from '../core/decide-order.js';
import type { Order } from '../core/order.js';
import type { Asked, Outcome } from '../outbound/order.repository.js';
import type { ChangeOrders } from './change-orders.js';

/** A till gives an order up over HTTP. */
export class CancelOrder {
  private readonly work: UnitOfWork<Asked, Outcome>;

  constructor(database: Database, changeOrders: ChangeOrders, private readonly clock: Clock) {
    this.work = new UnitOfWork(database, changeOrders);
  }

  async run(key: string, reason: string | null, cause: Cause): Promise<Result<Order, OrderRejected>> {
    return this.work.run({ key, input: { kind: 'cancel', reason }, at: this.clock.now(), cause });
  }
}
