import { ok, type Result } from '@scantill/kernel';
import { CommitUnknown, UnitOfWork, type Cause, type Clock, type Database } from '@scantill/platform';
import { decide, type OrderInput, type OrderRejected } from '../core/decide-order.js';
import { evolve, type Order } from '../core/order.js';
import type { Asked, Outcome } from '../outbound/order.repository.js';
import type { ChangeOrders } from './change-orders.js';
import type { Wait, WatchOrders } from './watch-orders.js';

/** Something that a caller wants of an order it has just seen. */
export interface Request {
  readonly order: Order;
  readonly toInput: (now: Date) => OrderInput;
  readonly cause: Cause;
  readonly wait?: Wait | undefined;
}

const TRANSACTIONS_AT_ONCE = 2;

/** A cancel, a new code or a refund over HTTP; those that arrive together share a transaction. */
export class AskOrder {
  private readonly work: UnitOfWork<Asked, Outcome>;

  constructor(database: Database, changeOrders: ChangeOrders, private readonly watch: WatchOrders, private readonly clock: Clock) {
    this.work = new UnitOfWork(database, changeOrders, TRANSACTIONS_AT_ONCE);
  }

  /** The order as it stands after the wait. */
  async run({ order, toInput, cause, wait }: Request): Promise<Result<Order, OrderRejected>> {
    const at = this.clock.now();
    const askedAtMs = Date.now();
    const outcome = await this.write(order, { key: order.key, input: toInput(at), at, cause });
    if (!outcome.ok || wait === undefined || wait.isAnswer(outcome.value)) return outcome;
    // Only from here on: until then the order stands as before, and a code that is closed would be taken for the answer.
    const answer = await this.watch.wait(order.key, { ...wait, maxMs: Math.max(0, wait.maxMs - (Date.now() - askedAtMs)) });
    return ok(answer ?? outcome.value);
  }

  private async write(seen: Order, asked: Asked): Promise<Result<Order, OrderRejected>> {
    try {
      return await this.work.run(asked);
    } catch (error) {
      if (!(error instanceof CommitUnknown)) throw error;
      // It may have been written: what it would have led to is the truth, and asking again finds out.
      const decided = decide(seen, asked.input);
      return decided.ok ? ok(decided.value.reduce((order, event) => evolve(order, event, asked.at), seen)) : decided;
    }
  }
}
