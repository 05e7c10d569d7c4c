import { randomUUID } from 'node:crypto';
import { ok } from '@scantill/kernel';
import type { Clock, Database } from '@scantill/platform';
import { inBulk, lockAccount } from '../outbound/bulk.js';
import { toPayoutDay, type PayoutDays } from '../outbound/payout-days.js';
import type { CompareBatches } from './compare-batches.js';

/** Opens breaks for pay-outs that the bank should have booked by now, though no statement came that says so. */
export class OpenMissingPayouts {
  constructor(private readonly database: Database, private readonly payoutDays: PayoutDays, private readonly compareBatches: CompareBatches, private readonly clock: Clock) {}

  /** One transaction for each day. */
  async run(keys: readonly string[]): Promise<void> {
    for (const day of keys.map(toPayoutDay)) {
      const at = this.clock.now();
      await inBulk(this.database, async (bulk) => {
        await lockAccount(bulk, day.accountId);
        const occasion = { at, cause: { correlationId: randomUUID(), causationId: null }, fileId: null };
        return ok(await this.compareBatches.ofDays(bulk, day, { from: day.missingOn, to: day.missingOn }, occasion));
      });
      await this.payoutDays.end(day, at);
    }
  }
}
