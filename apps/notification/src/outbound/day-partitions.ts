import type { Clock, Database, Log } from '@scantill/platform';
import { WEBHOOK_DUE } from './delivery.repository.js';

const DAY_MS = 86_400_000;
const DAYS_AHEAD = 3;
/** As long as the topics keep their messages. */
const KEPT_DAYS = 14;
const CHECK_MS = 3_600_000;
/** Rows are forgotten in steps that hold no lock for long. */
const DELETE_ROWS_MAX = 5_000;
const CHECK_VIOLATION = '23514';

/** Keeps what was told in daily partitions and forgets it after its time, with the deliveries that have ended. */
export class DayPartitions {
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly database: Database, private readonly clock: Clock, private readonly log: Log) {}

  /** Waits for the first round, so that today's events do not land in the default partition. */
  async start(): Promise<void> {
    const run = () => this.maintain().catch((error: unknown) => this.log.warn({ err: error }, 'the partitions of what was told could not be maintained'));
    this.timer = setInterval(() => void run(), CHECK_MS);
    await run();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  async maintain(nowMs = Date.now()): Promise<void> {
    const { rows } = await this.database.pool.query<{ name: string }>(
      `select relid::regclass::text as name from pg_partition_tree('store_events') where isleaf and relid::regclass::text <> 'store_events_default'`,
    );
    const existing = new Set(rows.map((row) => row.name));
    const todayMs = nowMs - (nowMs % DAY_MS);
    for (let day = 0; day <= DAYS_AHEAD; day += 1) {
      if (!existing.has(partitionName(todayMs + day * DAY_MS))) await this.create(todayMs + day * DAY_MS);
    }
    const keptFrom = partitionName(todayMs - KEPT_DAYS * DAY_MS);
    for (const name of existing) {
      if (name < keptFrom) await this.database.pool.query(`drop table if exists ${name}`);
    }
    await this.forget('store_events_default', 'ctid', 'told_at < $1', new Date(todayMs - KEPT_DAYS * DAY_MS));
    // Deliveries live by the clock of the business. One that still waits belongs to an endpoint that was removed.
    const before = new Date(this.clock.now().getTime() - KEPT_DAYS * DAY_MS);
    await this.forget('webhook_deliveries', 'id', 'created_at < $1', before);
    await this.forget('due_work', 'ctid', `kind like '${WEBHOOK_DUE}%' and due_at < $1`, before);
  }

  private async create(fromMs: number): Promise<void> {
    const [from, to] = [fromMs, fromMs + DAY_MS].map((ms) => new Date(ms).toISOString());
    try {
      await this.database.pool.query(`create table if not exists ${partitionName(fromMs)} partition of store_events for values from ('${from}') to ('${to}')`);
    } catch (error) {
      // Rows of that day are in the default partition already; there they stay until they are forgotten.
      if (!(error instanceof Error && 'code' in error && error.code === CHECK_VIOLATION)) throw error;
    }
  }

  private async forget(table: string, row: string, condition: string, before: Date): Promise<void> {
    const text = `delete from ${table} where ${row} = any(array(select ${row} from ${table} where ${condition} limit $2))`;
    let deleted: number;
    do deleted = (await this.database.pool.query(text, [before, DELETE_ROWS_MAX])).rowCount ?? 0;
    while (deleted === DELETE_ROWS_MAX);
  }
}

/** Sorts by date. */
function partitionName(fromMs: number): string {
  return `store_events_${new Date(fromMs).toISOString().slice(0, 10).replaceAll('-', '')}`;
}
