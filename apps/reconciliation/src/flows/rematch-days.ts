import { randomUUID } from 'node:crypto';
import { ok } from '@scantill/kernel';
import type { Clock, Database } from '@scantill/platform';
import { inBulk, lockAccount } from '../outbound/bulk.js';
import { toDay, type DueDays } from '../outbound/due-days.js';
import type { MatchDay } from './match-day.js';

/** Looks at days again of which more became known after their file: a payment that we heard of later than Alipay listed it. */
export class RematchDays {
  constructor(private readonly database: Database, private readonly dueDays: DueDays, private readonly matchDay: MatchDay, private readonly clock: Clock) {}

  /** One transaction for each day. */
  async run(keys: readonly string[]): Promise<void> {
    for (const day of keys.map(toDay)) {
      const at = this.clock.now();
      await inBulk(this.database, async (bulk) => {
        await lockAccount(bulk, day.accountId);
        return ok(await this.matchDay.run(bulk, day, { at, cause: { correlationId: randomUUID(), causationId: null } }));
      });
      await this.dueDays.end(day, at);
    }
  }
}
