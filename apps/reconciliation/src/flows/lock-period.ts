import { assert, businessDate, err, ok, type Result } from '@scantill/kernel';
import type { Clock, Database, Directory } from '@scantill/platform';
import type { Actor } from '../core/break-life.js';
import { endOfMonth } from '../core/calendar.js';
import { inBulk } from '../outbound/bulk.js';
import type { LedgerRepository, LockedPeriod } from '../outbound/ledger.repository.js';
import type { BookJournal } from './book-journal.js';
import { accountsOf } from './make-report.js';
import type { SumMovements } from './sum-movements.js';

export interface LockPeriodParts {
  readonly database: Database;
  readonly directory: Directory;
  readonly ledgers: LedgerRepository;
  readonly sumMovements: SumMovements;
  readonly bookJournal: BookJournal;
  readonly clock: Clock;
}

export type LockRefused = { readonly kind: 'PersonNeeded' } | { readonly kind: 'MonthNotOver'; readonly lastDay: string };

/** Books a month as it is now and for good. What becomes known of it later is booked in the next month that is open. */
export class LockPeriod {
  constructor(private readonly parts: LockPeriodParts) {}

  async run(chainId: string, month: string, by: Actor): Promise<Result<LockedPeriod, LockRefused>> {
    const { database, directory, ledgers, sumMovements, bookJournal, clock } = this.parts;
    const [from, to] = [`${month}-01`, endOfMonth(`${month}-01`)];
    if (by.kind !== 'person') return err({ kind: 'PersonNeeded' });
    if (businessDate(clock.now()) <= to) return err({ kind: 'MonthNotOver', lastDay: to });
    await inBulk(database, async (bulk) => {
      await ledgers.lockChain(bulk, chainId);
      if ((await ledgers.periods(bulk.tx, chainId)).some((each) => each.month === month)) return ok(null);
      const scope = { chainId, accountIds: await accountsOf(bulk, directory, chainId, null), from, to, storeId: null };
      const entries = await bookJournal.run(bulk, scope, await sumMovements.run(bulk, scope));
      await ledgers.lock(bulk, chainId, { month, lockedAt: clock.now(), lockedBy: by.name }, entries);
      return ok(null);
    });
    const locked = (await ledgers.periods(database, chainId)).find((each) => each.month === month);
    assert(locked !== undefined, 'what was locked a moment ago is locked');
    return ok(locked);
  }
}
