import type { Writable } from 'node:stream';
import type { Result } from '@scantill/kernel';
import type { Database, Tx } from '@scantill/platform';
import { from as copyFrom } from 'pg-copy-streams';

/** One transaction that works on very many rows at once. Statements are planned each time, by what is in the tables then. */
export interface Bulk {
  readonly tx: Tx;
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** A stream into `copy … from stdin`. */
  copy(text: string): Writable;
}

/**
 * The pool is tuned for a handful of given ids; here whole tables are joined, of which only differences and sums leave the workers. A lock may be held by an
 * import of minutes.
 */
const BULK_SETTINGS = [
  'enable_hashjoin = on', 'enable_mergejoin = on', 'enable_seqscan = on', 'parallel_tuple_cost = 0', "work_mem = '128MB'", "statement_timeout = '10min'", "lock_timeout = '2min'",
  "idle_in_transaction_session_timeout = '10min'",
];

/** All or nothing: only what ends ok is committed. Once aborted, the signal's reason is thrown before the next statement, or in the middle of a copy. */
export async function inBulk<Value, Rejected>(database: Database, work: (bulk: Bulk) => Promise<Result<Value, Rejected>>, signal?: AbortSignal): Promise<Result<Value, Rejected>> {
  const client = await database.pool.connect();
  const actions: (() => void)[] = [];
  let isClean = false;
  try {
    await client.query(`BEGIN; ${BULK_SETTINGS.map((setting) => `SET LOCAL ${setting}`).join('; ')}`);
    const result = await work({
      tx: {
        query: async (statement, values) => (await client.query({ ...statement, values: [...values] })).rows as never,
        afterCommit: (action) => void actions.push(action),
      },
      query: async (text, values = []) => {
        signal?.throwIfAborted();
        return (await client.query(text, [...values])).rows as never;
      },
      copy: (text) => abortable(client.query(copyFrom(text)), signal),
    });
    signal?.throwIfAborted();
    await client.query(result.ok ? 'COMMIT' : 'ROLLBACK');
    isClean = true;
    if (result.ok) for (const action of actions) action();
    return result;
  } finally {
    // A connection on which something failed is in doubt, and closing it rolls back.
    client.release(!isClean);
  }
}

function abortable(stream: Writable, signal: AbortSignal | undefined): Writable {
  signal?.addEventListener('abort', () => stream.destroy(signal.reason as Error), { once: true });
  return stream;
}

/** One import or matching of an account at a time, until the transaction ends. */
export async function lockAccount(bulk: Bulk, accountId: string): Promise<void> {
  await bulk.query(`select pg_advisory_xact_lock(hashtextextended('account ' || $1, 0))`, [accountId]);
}

/** From here on a table is rather read as a whole, by several workers, than looked into. */
const MANY_ROWS = 100_000;

/**
 * Nothing is known yet of rows that were just written, and a plan for a handful of them would look up a million one by one, or sort them. Where looking up
 * only seems cheap, workers that share a hash table are not even considered (PostgreSQL 18 weighs partial paths by their cost alone, also those that are switched off).
 * @param rows how many are joined, as far as it is known
 */
export async function joiningWhole<Value>(bulk: Bulk, work: () => Promise<Value>, rows = 0): Promise<Value> {
  await bulk.query(`set local enable_nestloop = off; set local enable_sort = off; set local random_page_cost ${rows < MANY_ROWS ? 'to default' : '= 1e9'}`);
  const value = await work();
  await bulk.query('set local enable_nestloop = on; set local enable_sort = on; set local random_page_cost to default');
  return value;
}
