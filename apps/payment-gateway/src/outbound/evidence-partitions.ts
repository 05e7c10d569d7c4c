import type { Clock, Database, Log } from '@scantill/platform';

const DAY_MS = 86_400_000;
const DAYS_AHEAD = 3;
const CHECK_MS = 3_600_000;
const CHECK_VIOLATION = '23514';

/** How many days each kind of evidence is kept: disputes come up to thirteen months later; raw bytes name people. */
const KEPT_DAYS = { exchanges: 396, exchange_bodies: 35 } as const;
type Table = keyof typeof KEPT_DAYS;
const tables = Object.keys(KEPT_DAYS) as Table[];

/** Keeps the evidence in daily partitions: makes the coming ones, drops those whose time is over. */
export class EvidencePartitions {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly database: Database, private readonly clock: Clock, private readonly log: Log) {}

  /** Waits for the first round, so that today's exchanges do not land in the default partition. */
  async start(): Promise<void> {
    const run = () => this.maintain().catch((error: unknown) => this.log.warn({ err: error }, 'the partitions of the evidence could not be maintained'));
    this.timer = setInterval(() => void run(), CHECK_MS);
    await run();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  async maintain(): Promise<void> {
    const nowMs = this.clock.now().getTime();
    const todayMs = nowMs - (nowMs % DAY_MS);
    for (const table of tables) {
      const { rows } = await this.database.pool.query<{ name: string }>(`select relid::regclass::text as name from pg_partition_tree($1) where isleaf and relid::regclass::text <> $2`, [table, `${table}_default`]);
      const existing = new Set(rows.map((row) => row.name));
      for (let day = 0; day <= DAYS_AHEAD; day += 1) {
        const fromMs = todayMs + day * DAY_MS;
        if (!existing.has(partitionName(table, fromMs))) await this.create(table, fromMs);
      }
      const keptFromMs = todayMs - KEPT_DAYS[table] * DAY_MS;
      for (const name of existing) if (name < partitionName(table, keptFromMs)) await this.database.pool.query(`drop table if exists ${name}`);
      await this.database.pool.query(`delete from ${table}_default where at < $1`, [new Date(keptFromMs)]);
    }
  }

  private async create(table: Table, fromMs: number): Promise<void> {
    const [from, to] = [fromMs, fromMs + DAY_MS].map((ms) => new Date(ms).toISOString());
    try {
      await this.database.pool.query(`create table if not exists ${partitionName(table, fromMs)} partition of ${table} for values from ('${from}') to ('${to}')`);
    } catch (error) {
      // Rows of that day are in the default partition already; there they stay until their time is over.
      if (!(error instanceof Error && 'code' in error && error.code === CHECK_VIOLATION)) throw error;
    }
  }
}

/** Sorts by date. */
function partitionName(table: Table, fromMs: number): string {
  return `${table}_${new Date(fromMs).toISOString().slice(0, 10).replaceAll('-', '')}`;
}
