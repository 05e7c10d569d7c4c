import type { Clock, Flow, Log, Tx } from '@scantill/platform';
import type { TillClosing } from '../core/till-day.js';
import { EDITIONS_MAX, type TillClosingRepository } from '../outbound/till-closing.repository.js';
import type { TillDays } from '../outbound/till-days.js';

export interface RecordTillClosingsParts {
  readonly closings: TillClosingRepository;
  readonly tillDays: TillDays;
  readonly clock: Clock;
  readonly log: Log;
}

/** Keeps what stores say that their tills came to, and plans the comparison. */
export class RecordTillClosings implements Flow<TillClosing> {
  constructor(private readonly parts: RecordTillClosingsParts) {}

  async run(tx: Tx, closings: readonly TillClosing[]): Promise<void> {
    const { closings: editions, tillDays, clock, log } = this.parts;
    const now = clock.now();
    for (const { chainId, storeId, date } of await editions.record(tx, closings, now)) {
      log.warn({ chainId, storeId, date }, `the day was closed more than ${EDITIONS_MAX} times: what its store says of it now is left out`);
    }
    await tillDays.schedule(tx, closings, now);
  }
}
