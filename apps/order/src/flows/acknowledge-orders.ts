import { appendEvents, type Cause, type Clock, type Directory, type Flow, type OutboxRelay, type Tx } from '@scantill/platform';
import { decideAcknowledgement } from '../core/acknowledgement.js';
import type { AcknowledgementRepository } from '../outbound/acknowledgement.repository.js';
import { toRefusalRow, type Heard, type Refusal } from '../outbound/order-events.js';
import { problemOf, toRefusal } from './refuse-request.js';

/** A store system published that it has heard of a paid order; its signature is verified. */
export interface Acknowledgement {
  readonly kind: 'acknowledge';
  readonly key: string;
  readonly storeId: string;
  readonly cause: Cause;
}

/**
 * What store systems acknowledge on `store.orders`. Refusals are answered by an event, at once: between an order and its acknowledgement lies
 * its payment, so none can have overtaken it.
 */
export class AcknowledgeOrders implements Flow<Acknowledgement> {
  constructor(
    private readonly acknowledgements: AcknowledgementRepository,
    private readonly directory: Directory,
    private readonly clock: Clock,
    private readonly relay: OutboxRelay,
  ) {}

  /** Whether a chain asked for it; what others acknowledge goes nowhere. */
  readonly isAskedBy = (chainId: string): boolean => this.directory.chain(chainId)?.acknowledges !== undefined;

  async run(tx: Tx, said: readonly Acknowledgement[]): Promise<void> {
    const at = this.clock.now();
    const orders = await this.acknowledgements.find(tx, [...new Set(said.map(({ key }) => key))]);
    const heard: Heard[] = [];
    const refusals: Refusal[] = [];
    for (const { key, kind, storeId, cause } of said) {
      const order = orders.get(key);
      const decided = decideAcknowledgement(order, storeId);
      if (!decided.ok) refusals.push(toRefusal({ key, storeId, tillId: null, kind, cause }, problemOf[decided.error.kind], { at, order }));
      else if (decided.value !== undefined) heard.push({ order: decided.value, by: 'message', at, cause });
    }
    await this.acknowledgements.keep(tx, heard);
    await appendEvents(tx, refusals.map(toRefusalRow));
    tx.afterCommit(this.relay.wake);
  }
}
