import { schedule, type Clock, type Database } from '@scantill/platform';
import { ORDER_DUE } from '../outbound/order.repository.js';
import type { WaitingRequestRepository } from '../outbound/waiting-request.repository.js';
import type { ChangeOrders } from './change-orders.js';

/** Orders whose time is over. What is being closed at Alipay ends when the gateway says so, not here. */
export class MeetDeadlines {
  constructor(private readonly database: Database, private readonly changeOrders: ChangeOrders, private readonly clock: Clock) {}

  async run(keys: readonly string[]): Promise<void> {
    const now = this.clock.now();
    await this.database.transaction(async (tx) => {
      await this.changeOrders.run(tx, keys.map((key) => ({ key, input: { kind: 'deadline', now }, at: now, cause: { correlationId: key, causationId: null } })));
      await schedule(tx, ORDER_DUE, [], keys);
    });
  }
}

/** Requests that have waited long enough. An order that another transaction placed at the same moment is there by now; the others never came. */
export class EndWaitingRequests {
  constructor(private readonly database: Database, private readonly waiting: WaitingRequestRepository, private readonly changeOrders: ChangeOrders, private readonly clock: Clock) {}

  async run(keys: readonly string[]): Promise<void> {
    const at = this.clock.now();
    await this.database.transaction(async (tx) => {
      const requests = await this.waiting.take(tx, keys);
      await this.changeOrders.applyLate(tx, requests, at);
    });
  }
}
