import { problems } from '@scantill/contracts';
import { parseOrderKey } from '@scantill/kernel';
import { appendEvents, schedule, type Clock, type Database, type OutboxRelay } from '@scantill/platform';
import { toRefusalRow } from '../outbound/order-events.js';
import { ORDER_DUE } from '../outbound/order.repository.js';
import type { WaitingCancelRepository } from '../outbound/waiting-cancel.repository.js';
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

/** Cancels whose order never came. */
export class GiveUpWaitingCancels {
  constructor(private readonly database: Database, private readonly waiting: WaitingCancelRepository, private readonly relay: OutboxRelay, private readonly clock: Clock) {}

  async run(keys: readonly string[]): Promise<void> {
    const at = this.clock.now();
    await this.database.transaction(async (tx) => {
      const cancels = await this.waiting.take(tx, keys);
      const refusal = { tillId: null, nextAction: 'do-not-hand-over', request: 'cancel', problem: 'order.not-found', detail: problems['order.not-found'].title, at } as const;
      await appendEvents(tx, cancels.map(({ key, storeId, cause }) => toRefusalRow({ key, ...parseOrderKey(key), storeId, ...refusal, cause })));
      tx.afterCommit(this.relay.wake);
    });
  }
}
