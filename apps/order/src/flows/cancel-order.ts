import { ok, type Result } from '@scantill/kernel';
import { CommitUnknown, UnitOfWork, type Cause, type Clock, type Database } from '@scantill/platform';
import type { OrderRejected } from '../core/decide-order.js';
import { evolve, type Order } from '../core/order.js';
import type { Asked, Outcome } from '../outbound/order.repository.js';
import type { ChangeOrders } from './change-orders.js';

/** A till gives an order up over HTTP. */
export class CancelOrder {
  private readonly work: UnitOfWork<Asked, Outcome>;

  constructor(database: Database, changeOrders: ChangeOrders, private readonly clock: Clock) {
    this.work = new UnitOfWork(database, changeOrders);
  }

  /** `order` as the caller has just seen it. */
  async run(order: Order, reason: string | null, cause: Cause): Promise<Result<Order, OrderRejected>> {
    try {
      return await this.work.run({ key: order.key, input: { kind: 'cancel', reason }, at: this.clock.now(), cause });
    } catch (error) {
      if (!(error instanceof CommitUnknown)) throw error;
      // It may have been written: being cancelled is the truth, and asking again finds out.
      return ok(evolve(order, { kind: 'CancelRequested', reason, byDeadline: false }));
    }
  }
}
