import type { Database } from './database.js';

const DAY_MS = 86_400_000;
const DAYS_AHEAD = 3;
/** Rows are forgotten in steps that hold no lock for long. */
const DELETE_ROWS_MAX = 5_000;
const CHECK_VIOLATION = '23514';

/** A table that is partitioned by day, with a default partition named `<table>_default`. Names come from the code, never from outside. */
export interface DayTable {
  readonly table: string;
  /** The instant that it is partitioned by. */
  readonly column: string;
  readonly keptDays: number;
}

/** Makes the partitions of today and the coming days, and drops those whose time is over. */
export async function maintainDayPartitions(database: Database, { table, column, keptDays }: DayTable, nowMs: number): Promise<void> {
  const { rows } = await database.pool.query<{ name: string }>('select relid::regclass::text as name from pg_partition_tree($1) where isleaf and relid::regclass::text <> $2', [table, `${table}_default`]);
  const existing = new Set(rows.map((row) => row.name));
  const todayMs = nowMs - (nowMs % DAY_MS);
  for (let day = 0; day <= DAYS_AHEAD; day += 1) {
    const fromMs = todayMs + day * DAY_MS;
    if (!existing.has(partitionName(table, fromMs))) await create(database, table, fromMs);
  }
  const keptFromMs = todayMs - keptDays * DAY_MS;
  for (const name of existing) if (name < partitionName(table, keptFromMs)) await database.pool.query(`drop table if exists ${name}`);
  await forgetRows(database, { table: `${table}_default`, row: 'ctid', condition: `${column} < $1` }, new Date(keptFromMs));
}

/** Deletes what is older than `before`, in steps. */
export async function forgetRows(database: Database, { table, row, condition }: { readonly table: string; readonly row: string; readonly condition: string }, before: Date): Promise<void> {
  const text = `delete from ${table} where ${row} = any(array(select ${row} from ${table} where ${condition} limit $2))`;
  let deleted: number;
  do deleted = (await database.pool.query(text, [before, DELETE_ROWS_MAX])).rowCount ?? 0;
  while (deleted === DELETE_ROWS_MAX);
}

async function create(database: Database, table: string, fromMs: number): Promise<void> {
  const [from, to] = [fromMs, fromMs + DAY_MS].map((ms) => new Date(ms).toISOString());
  try {
    await database.pool.query(`create table if not exists ${partitionName(table, fromMs)} partition of ${table} for values from ('${from}') to ('${to}')`);
  } catch (error) {
    // Rows of that day are in the default partition already; there they stay until their time is over.
    if (!(error instanceof Error && 'code' in error && error.code === CHECK_VIOLATION)) throw error;
  }
}

/** Sorts by date. */
function partitionName(table: string, fromMs: number): string {
  return `${table}_${new Date(fromMs).toISOString().slice(0, 10).replaceAll('-', '')}`;
}
