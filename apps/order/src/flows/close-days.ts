import type { ProblemCode } from '@scantill/contracts';
import { appendEvents, type Cause, type Clock, type Directory, type Flow, type OutboxRelay, type OutboxRow, type Sender, type Tx } from '@scantill/platform';
import { acceptClosing, type DayClosing, type DayRejected } from '../core/day-closing.js';
import { toDayClosedRow, toDayRefusedRow } from '../outbound/day-events.js';

/** What a store system published of a trading day, its signature verified. */
export interface StoreClosing extends DayClosing {
  readonly sender: Sender | null;
  readonly cause: Cause;
}

const problemOf = {
  UnknownStore: 'order.unknown-store',
  NoAccount: 'order.no-account',
  DayNotOver: 'day.not-over',
  DayTooOld: 'day.too-old',
} as const satisfies Record<DayRejected['kind'], ProblemCode>;

/** Passes on what tills came to, with what only the directory knows. Nothing is kept of it here: whoever compares keeps every edition. */
export class CloseDays implements Flow<StoreClosing> {
  constructor(private readonly directory: Directory, private readonly clock: Clock, private readonly relay: OutboxRelay) {}

  async run(tx: Tx, closings: readonly StoreClosing[]): Promise<void> {
    const at = this.clock.now();
    await appendEvents(tx, closings.map((closing) => this.answer(closing, at)));
    tx.afterCommit(this.relay.wake);
  }

  private answer(closing: StoreClosing, at: Date): OutboxRow {
    const accounts = acceptClosing(closing, this.directory.store(closing.chainId, closing.storeId), at);
    return accounts.ok ? toDayClosedRow(closing, accounts.value, at) : toDayRefusedRow(closing, problemOf[accounts.error.kind], at);
  }
}
