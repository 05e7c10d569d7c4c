import { endDueWork, schedule, type Database, type Tx } from '@scantill/platform';
import type { Day } from './file.repository.js';

/** Due work: a day to be matched again. */
export const DAY_DUE = 'match-day';
/** Long enough for what comes together to be looked at together, and for every open transaction of a message to end. */
const AFTER_MS = 5_000;

/** Days of which more became known after their file had come. */
export class DueDays {
  constructor(private readonly database: Database) {}

  async schedule(tx: Tx, days: readonly Day[], now: Date): Promise<void> {
    const dueAt = new Date(now.getTime() + AFTER_MS);
    await schedule(tx, DAY_DUE, days.map((day) => ({ key: toKey(day), dueAt })));
  }

  /** After the matching and not inside it: whoever records an expectation would wait for the lock on this row. */
  async end(day: Day, startedAt: Date): Promise<void> {
    await endDueWork(this.database, DAY_DUE, toKey(day), startedAt);
  }
}

function toKey({ chainId, accountId, date }: Day): string {
  return [chainId, accountId, date].join(':');
}

/** None of the three has a colon in it. */
export function toDay(key: string): Day {
  const [chainId = '', accountId = '', date = ''] = key.split(':');
  return { chainId, accountId, date };
}
