import { askPostgres } from './ask-postgres.ts';

/** By database, and `(flushes)` of the write-ahead log: how often something waited for the disk. */
export type TransactionCounts = Readonly<Record<string, number>>;

const COUNTS = `select datname as name, xact_commit::float8 as count from pg_stat_database where datname like 'scantill%'
  union all select '(flushes)', coalesce(sum(fsyncs), 0)::float8 from pg_stat_io where object = 'wal'`;

/** Sessions report what they did within a second or so: good for windows of many. */
export async function countTransactions(adminUrl: string): Promise<TransactionCounts> {
  const rows = await askPostgres<{ name: string; count: number }>(adminUrl, COUNTS);
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
}

export function transactionsBetween(before: TransactionCounts, after: TransactionCounts): TransactionCounts {
  return Object.fromEntries(Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)]));
}

/** At a low rate the price is per cycle of fetch, transaction and send, not per order: this says how many cycles there are. */
export function transactionsText(counts: TransactionCounts, orders: number): string {
  const parts = Object.entries(counts).map(([name, count]) => `${name} ${count} (${(count / orders).toFixed(2)}/order)`);
  return `\nTransactions, reads included: ${parts.join(', ')}\n`;
}
