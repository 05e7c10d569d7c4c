import type { Clock } from '../clock.js';
import type { Database } from '../database.js';
import type { Log } from '../log.js';
import { AGE_MAX_MS } from './inbox.js';

const WEEK_MS = 7 * 86_400_000;
/** The first Monday after the epoch: partitions are whole weeks. */
const FIRST_MONDAY_MS = 4 * 86_400_000;
const WEEKS_AHEAD = 2;
const CHECK_MS = 6 * 3_600_000;
const RETRY_MS = 5_000;
const CHECK_VIOLATION = '23514';

/** Keeps the inbox in weekly partitions: makes the coming ones, drops those that nothing may refer to any more. */
export class InboxPartitions {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly database: Database, private readonly clock: Clock, private readonly log: Log) {}

  start(): void {
    const next = (afterMs: number) => { this.timer = setTimeout(run, afterMs); };
    const run = () => void this.maintain().then(() => next(CHECK_MS), (error: unknown) => {
      this.log.warn({ err: error }, 'inbox partitions could not be maintained');
      next(RETRY_MS);
    });
    run();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  /** Our own events carry business time, those of stores the time of their clocks: both get their weeks. */
  async maintain(): Promise<void> {
    const { rows } = await this.database.pool.query<{ name: string }>(`select relid::regclass::text as name from pg_partition_tree('inbox') where isleaf and relid::regclass::text <> 'inbox_default'`);
    const existing = new Set(rows.map((row) => row.name));
    const times = [Date.now(), this.clock.now().getTime()];
    const weeks = new Set(times.flatMap((time) => weeksFrom(time)));
    for (const week of weeks) if (!existing.has(partitionName(week))) await this.create(week);
    const keptFromMs = Math.min(...times) - AGE_MAX_MS;
    for (const name of existing) {
      if (partitionEnd(name) < keptFromMs) await this.database.pool.query(`drop table if exists ${name}`);
    }
    await this.database.pool.query('delete from inbox_default where time < $1', [new Date(keptFromMs)]);
  }

  private async create(fromMs: number): Promise<void> {
    const [from, to] = [fromMs, fromMs + WEEK_MS].map((ms) => new Date(ms).toISOString());
    try {
      await this.database.pool.query(`create table if not exists ${partitionName(fromMs)} partition of inbox for values from ('${from}') to ('${to}')`);
    } catch (error) {
      // Identities of that week are in the default partition already; there they stay until they are too old.
      if (!(error instanceof Error && 'code' in error && error.code === CHECK_VIOLATION)) throw error;
    }
  }
}

function weeksFrom(nowMs: number): number[] {
  const thisWeekMs = nowMs - ((nowMs - FIRST_MONDAY_MS) % WEEK_MS);
  return Array.from({ length: WEEKS_AHEAD + 1 }, (_, week) => thisWeekMs + week * WEEK_MS);
}

function partitionName(fromMs: number): string {
  return `inbox_${new Date(fromMs).toISOString().slice(0, 10).replaceAll('-', '')}`;
}

function partitionEnd(name: string): number {
  const digits = name.replace('inbox_', '');
  return Date.parse(`${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}T00:00:00Z`) + WEEK_MS;
}
