import { err, ok, type Result } from '@scantill/kernel';
import { CommitUnknown, UnitOfWork, type Clock, type Database, type Cause } from '@scantill/platform';
import { evolve, type Order } from '../core/order.js';
import type { OrderRejected } from '../core/decide-order.js';
import type { TermsRejected } from '../core/selling-terms.js';
import type { Asked, Outcome } from '../outbound/order.repository.js';
import type { ChangeOrders } from './change-orders.js';
import type { OrderWish, PrepareOrder } from './prepare-order.js';
import type { Wait, WatchOrders } from './watch-orders.js';

const TRANSACTIONS_AT_ONCE = 2;

/** One order over HTTP; those that arrive together share a transaction. */
export class PlaceOrder {
  private readonly work: UnitOfWork<Asked, Outcome>;

  constructor(
    database: Database,
    private readonly prepareOrder: PrepareOrder,
    changeOrders: ChangeOrders,
    private readonly parts: { readonly watch: WatchOrders; readonly clock: Clock },
  ) {
    this.work = new UnitOfWork(database, changeOrders, TRANSACTIONS_AT_ONCE);
  }

  /** The order as it stands after the wait, with or without its code. */
  async run(wish: OrderWish, cause: Cause, wait: Wait | undefined): Promise<Result<Order, OrderRejected | TermsRejected>> {
    const now = this.parts.clock.now();
    const prepared = this.prepareOrder.run(wish, now);
    if (!prepared.ok) return prepared;
    const order = prepared.value;
    const answer = wait === undefined ? undefined : this.parts.watch.wait(order.key, wait);
    const outcome = await this.write({ key: order.key, input: { kind: 'place', order, now }, at: now, cause });
    if (!outcome.ok) return err(outcome.error);
    const isAnswered = wait === undefined || wait.isAnswer(outcome.value);
    return ok(isAnswered ? outcome.value : (await answer) ?? outcome.value);
  }

  private async write(asked: Asked): Promise<Outcome> {
    try {
      return await this.work.run(asked);
    } catch (error) {
      if (!(error instanceof CommitUnknown) || asked.input.kind !== 'place') throw error;
      // It may have been written: pending is the truth, and asking again by the same id finds out.
      const order = evolve(undefined, { kind: 'OrderPlaced', order: asked.input.order }, asked.at);
      return { ...ok(order), changed: false, order };
    }
  }
}
