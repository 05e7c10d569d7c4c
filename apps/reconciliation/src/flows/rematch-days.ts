import { randomUUID } from 'node:crypto';
import { ok } from '@scantill/kernel';
import type { Clock, Database } from '@scantill/platform';
import { inBulk, lockAccount } from '../outbound/bulk.js';
import { toDay, type DueDay, type DueDays } from '../outbound/due-days.js';
import type { MatchDay } from './match-day.js';
import type { SettleDay } from './settle-day.js';

/** Looks at days again of which more became known after their file: a payment that we heard of later than Alipay listed it. */
export class RematchDays {
  constructor(private readonly database: Database, private readonly dueDays: DueDays, private readonly days: { readonly matchDay: MatchDay; readonly settleDay: SettleDay }, private readonly clock: Clock) {}

  /** One transaction for each day. */
  async run(keys: readonly string[]): Promise<void> {
    await this.compare(keys.map(toDay));
  }

  async compare(days: readonly DueDay[]): Promise<void> {
    for (const day of days) {
      const at = this.clock.now();
      await inBulk(this.database, async (bulk) => {
        await lockAccount(bulk, day.accountId);
        const occasion = { at, cause: { correlationId: randomUUID(), causationId: null } };
        const { settleDay, matchDay } = this.days;
        return ok(await (day.kind === 'settlement' ? settleDay : matchDay).run(bulk, day, occasion, null));
      });
      await this.dueDays.end(day, at);
    }
  }
}
