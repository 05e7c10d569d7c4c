import type { OutboxRelay, Tx } from '@scantill/platform';
import { decide } from '../core/decide-order.js';
import type { Asked, OrderRepository, Outcome } from '../outbound/order.repository.js';
import type { WaitingCancelRepository } from '../outbound/waiting-cancel.repository.js';
import type { WatchOrders } from './watch-orders.js';

/** Everything that changes an order ends here, so that no two ways in can disagree. */
export class ChangeOrders {
  constructor(
    private readonly orders: OrderRepository,
    private readonly waiting: WaitingCancelRepository,
    private readonly watch: WatchOrders,
    private readonly relay: OutboxRelay,
  ) {}

  async run(tx: Tx, asked: readonly Asked[]): Promise<Outcome[]> {
    const outcomes = await this.orders.change(tx, asked, decide);
    await this.applyWaitingCancels(tx, asked, outcomes);
    tx.afterCommit(() => {
      for (const outcome of outcomes) if (outcome.ok && outcome.changed) this.watch.announce(outcome.value);
      this.relay.wake();
    });
    return outcomes;
  }

  /** A cancel that overtook its order is applied in the transaction that places it. */
  private async applyWaitingCancels(tx: Tx, asked: readonly Asked[], outcomes: readonly Outcome[]): Promise<void> {
    const placed = asked.filter(({ input }, index) => input.kind === 'place' && outcomes[index]!.changed);
    if (placed.length === 0) return;
    const cancels = await this.waiting.take(tx, placed.map(({ key }) => key));
    if (cancels.length === 0) return;
    const at = placed[0]!.at;
    await this.orders.change(tx, cancels.map(({ key, reason, cause }) => ({ key, input: { kind: 'cancel', reason }, at, cause })), decide);
  }
}
