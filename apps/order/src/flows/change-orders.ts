import { appendEvents, type OutboxRelay, type Tx } from '@scantill/platform';
import { decide } from '../core/decide-order.js';
import { toRefusalRow } from '../outbound/order-events.js';
import type { Asked, OrderRepository, Outcome } from '../outbound/order.repository.js';
import type { WaitingRequest, WaitingRequestRepository } from '../outbound/waiting-request.repository.js';
import { problemOf, refusable, toRefusal } from './refuse-request.js';
import type { WatchOrders } from './watch-orders.js';

/** Everything that changes an order ends here, so that no two ways in can disagree. */
export class ChangeOrders {
  constructor(
    private readonly orders: OrderRepository,
    private readonly waiting: WaitingRequestRepository,
    private readonly watch: WatchOrders,
    private readonly relay: OutboxRelay,
  ) {}

  async run(tx: Tx, asked: readonly Asked[]): Promise<Outcome[]> {
    const outcomes = await this.orders.change(tx, asked, decide);
    await this.applyWaiting(tx, asked, outcomes);
    tx.afterCommit(() => {
      for (const outcome of outcomes) if (outcome.ok && outcome.changed) this.watch.announce(outcome.value);
      this.relay.wake();
    });
    return outcomes;
  }

  /** What overtook its order is applied in the transaction that places it. */
  private async applyWaiting(tx: Tx, asked: readonly Asked[], outcomes: readonly Outcome[]): Promise<void> {
    const placed = asked.filter(({ input }, index) => input.kind === 'place' && outcomes[index]!.changed);
    if (placed.length === 0) return;
    const waiting = await this.waiting.takeOfOrders(tx, placed.map(({ key }) => key));
    if (waiting.length === 0) return;
    const at = placed[0]!.at;
    await this.applyLate(tx, waiting, at);
  }

  /** What had to wait; nobody listens any more, so refusals are answered by an event. */
  async applyLate(tx: Tx, waiting: readonly WaitingRequest[], at: Date): Promise<void> {
    const outcomes = await this.orders.change(tx, waiting.map(({ orderKey: key, input, cause }) => ({ key, input, at, cause })), decide);
    const refusals = waiting.flatMap((request, index) => {
      const outcome = outcomes[index]!;
      return outcome.ok ? [] : [toRefusal(refusable(request), problemOf[outcome.error.kind], { at, order: outcome.order })];
    });
    await appendEvents(tx, refusals.map(toRefusalRow));
    tx.afterCommit(this.relay.wake);
  }
}
