import { UnitOfWork, type AnsweringFlow, type ApiKey, type Clock, type Database, type Directory, type Log, type OutboxRelay, type RunningPart, type Tx } from '@scantill/platform';
import { isPaid, type Order } from '../core/order.js';
import type { AcknowledgementRepository } from '../outbound/acknowledgement.repository.js';
import type { Heard } from '../outbound/order-events.js';

export interface AcknowledgeReadsParts {
  readonly database: Database;
  readonly acknowledgements: AcknowledgementRepository;
  readonly directory: Directory;
  readonly clock: Clock;
  readonly relay: OutboxRelay;
  readonly log: Log;
}

/** Reads that are being written down. Beyond it a read is not counted; the next one is. */
export const UNDER_WAY_MAX = 5_000;

/**
 * A system that reads a paid order has heard of it; a person who looks it up may be asking why no till has. The read neither waits for it nor fails with it: it is written down afterwards, many at a time,
 * and what could not be written the next read tells again.
 */
export class AcknowledgeReads implements AnsweringFlow<Heard, undefined> {
  private readonly work: UnitOfWork<Heard, undefined>;
  private readonly underWay = new Map<string, Promise<void>>();
  /** Stops when all that was read is written down. */
  readonly part: RunningPart = { name: 'reads to write down', start: () => undefined, stop: () => Promise.all(this.underWay.values()) };

  constructor(private readonly parts: AcknowledgeReadsParts) {
    this.work = new UnitOfWork(parts.database, this);
  }

  note(order: Order, { owner }: Pick<ApiKey, 'owner'>): void {
    const { directory, clock, log } = this.parts;
    if (owner.kind !== 'system' || !isPaid(order) || order.acknowledged !== null || directory.chain(order.chainId)?.acknowledges === undefined) return;
    if (this.underWay.has(order.key) || this.underWay.size >= UNDER_WAY_MAX) return;
    const writing = this.work.run({ order, by: 'read', at: clock.now(), cause: { correlationId: order.key, causationId: null } })
      .catch((error: unknown) => log.warn({ err: error, orderKey: order.key }, 'that a paid order was read could not be written down'))
      .then(() => void this.underWay.delete(order.key));
    this.underWay.set(order.key, writing);
  }

  async run(tx: Tx, heard: readonly Heard[]): Promise<undefined[]> {
    await this.parts.acknowledgements.keep(tx, heard);
    tx.afterCommit(this.parts.relay.wake);
    return heard.map(() => undefined);
  }
}
