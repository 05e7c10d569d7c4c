import { endDueWork, schedule, type Database, type Tx } from '@scantill/platform';
import type { Day } from './file.repository.js';

/** Due work: a day to be compared again. */
export const DAY_DUE = 'match-day';
/** Long enough for what comes together to be looked at together, and for every open transaction of a message to end. */
const AFTER_MS = 5_000;

/** A day of sales, unless it is one of settlement. */
export interface DueDay extends Day {
  readonly kind?: 'settlement';
}

/** Days of which more became known after their file had come. */
export class DueDays {
  constructor(private readonly database: Database) {}

  async schedule(tx: Tx, days: readonly DueDay[], now: Date): Promise<void> {
    const dueAt = new Date(now.getTime() + AFTER_MS);
    await schedule(tx, DAY_DUE, days.map((day) => ({ key: toKey(day), dueAt })));
  }

  /** After the matching and not inside it: whoever records an expectation would wait for the lock on this row. */
  async end(day: DueDay, startedAt: Date): Promise<void> {
    await endDueWork(this.database, DAY_DUE, toKey(day), startedAt);
  }
}

function toKey({ chainId, accountId, date, kind }: DueDay): string {
  return [chainId, accountId, date, ...(kind === undefined ? [] : [kind])].join(':');
}

/** None of them has a colon in it. */
export function toDay(key: string): DueDay {
  const [chainId = '', accountId = '', date = '', kind] = key.split(':');
  return { chainId, accountId, date, ...(kind === 'settlement' ? { kind } : {}) };
}
