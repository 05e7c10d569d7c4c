import type { Database } from '../database.js';
import type { Log } from '../log.js';

const WEEK_MS = 7 * 86_400_000;
/** The first Monday after the epoch: partitions are whole weeks. */
const FIRST_MONDAY_MS = 4 * 86_400_000;
const WEEKS_AHEAD = 2;
const KEEP_MS = 45 * 86_400_000;
const CHECK_MS = 6 * 3_600_000;

/** Keeps the inbox in weekly partitions: makes the coming ones, drops those that nothing may refer to any more. */
export class InboxPartitions {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly database: Database, private readonly log: Log) {}

  start(): void {
    const run = () => void this.maintain().catch((error: unknown) => this.log.warn({ err: error }, 'inbox partitions could not be maintained'));
    run();
    this.timer = setInterval(run, CHECK_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  async maintain(now = Date.now()): Promise<void> {
    const thisWeek = now - ((now - FIRST_MONDAY_MS) % WEEK_MS);
    const { rows } = await this.database.pool.query<{ name: string }>(`select relid::regclass::text as name from pg_partition_tree('inbox') where isleaf and relid::regclass::text <> 'inbox_default'`);
    const existing = new Set(rows.map((row) => row.name));
    for (let week = 0; week <= WEEKS_AHEAD; week += 1) {
      const from = thisWeek + week * WEEK_MS;
      if (!existing.has(partitionName(from))) await this.create(from);
    }
    for (const name of existing) {
      if (partitionEnd(name) < now - KEEP_MS) await this.database.pool.query(`drop table if exists ${name}`);
    }
  }

  private async create(fromMs: number): Promise<void> {
    const [from, to] = [fromMs, fromMs + WEEK_MS].map((ms) => new Date(ms).toISOString());
    await this.database.pool.query(`create table if not exists ${partitionName(fromMs)} partition of inbox for values from ('${from}') to ('${to}')`);
  }
}

function partitionName(fromMs: number): string {
  return `inbox_${new Date(fromMs).toISOString().slice(0, 10).replaceAll('-', '')}`;
}

function partitionEnd(name: string): number {
  const digits = name.replace('inbox_', '');
  return Date.parse(`${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}T00:00:00Z`) + WEEK_MS;
}
