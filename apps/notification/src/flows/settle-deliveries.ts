import type { AnsweringFlow, Tx } from '@scantill/platform';
import type { DeliveryRepository, Settlement } from '../outbound/delivery.repository.js';
import { toNotificationRow } from '../outbound/notification-events.js';

/** Writes what became of webhook requests and announces those that have ended. Answers whether each was still ours to settle. */
export class SettleDeliveries implements AnsweringFlow<Settlement, boolean> {
  constructor(private readonly deliveries: DeliveryRepository, private readonly relay: { readonly wake: () => void }) {}

  async run(tx: Tx, settlements: readonly Settlement[]): Promise<boolean[]> {
    const settled = await this.deliveries.settle(tx, settlements);
    const rows = settled.flatMap((settlement) => toNotificationRow(settlement) ?? []);
    await this.deliveries.announce(tx, rows);
    if (rows.length > 0) tx.afterCommit(this.relay.wake);
    return settlements.map((settlement) => settled.includes(settlement));
  }
}
