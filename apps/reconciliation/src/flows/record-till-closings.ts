import type { Clock, Flow, Tx } from '@scantill/platform';
import type { TillClosing } from '../core/till-day.js';
import type { TillClosingRepository } from '../outbound/till-closing.repository.js';
import type { TillDays } from '../outbound/till-days.js';

/** Keeps what stores say that their tills came to, and plans the comparison. */
export class RecordTillClosings implements Flow<TillClosing> {
  constructor(private readonly closings: TillClosingRepository, private readonly tillDays: TillDays, private readonly clock: Clock) {}

  async run(tx: Tx, closings: readonly TillClosing[]): Promise<void> {
    const now = this.clock.now();
    await this.closings.record(tx, closings, now);
    await this.tillDays.schedule(tx, closings, now);
  }
}
