import pg from 'pg';
import type { Log } from './log.js';

/** A prepared statement: the name is its identity on every connection, so the text of a name never varies. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** The transaction a unit of work runs in. Locks, rows, due work and outbox rows all go through it. */
export interface Tx {
  query<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<Row[]>;
  /** Runs once the commit is durable; never after a rollback. */
  afterCommit(action: () => void): void;
}

/** The connection was lost while committing: nobody knows whether it happened. Everything we write can be sent again. */
export class CommitUnknown extends Error {
  override readonly name = 'CommitUnknown';
}

/** Somebody else inserted the same aggregate in between: the batch is run again on what is there now. */
export class RaceLost extends Error {
  override readonly name = 'RaceLost';
}

export interface DatabaseOptions {
  readonly url: string;
  readonly maxConnections: number;
  readonly applicationName: string;
}

/**
 * Every hot statement joins a handful of given ids to their rows. A plan made while the tables are empty would prefer to read
 * them whole, and a prepared one keeps doing so when they are large; these settings leave only the index.
 */
const OLTP_PLANNER = '-c enable_hashjoin=off -c enable_mergejoin=off -c enable_seqscan=off -c jit=off';
const SERVER_LIMITS = '-c lock_timeout=5s -c statement_timeout=30s -c idle_in_transaction_session_timeout=60s';
const CONNECT_TIMEOUT_MS = 5_000;
/** A new connection costs a password handshake, so the few that a quiet hour needs are kept. */
const IDLE_CONNECTION_MS = 300_000;

/**
 * Amounts and sequences are bigint in JavaScript too: a float must never come near them. Per connection and not for the whole
 * process, because Prisma's adapter reads the same type in its own way.
 */
export const BIGINT_TYPES: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => (oid === pg.types.builtins.INT8 && format !== 'binary' ? BigInt : pg.types.getTypeParser(oid, format as 'text')) as never,
};

export class Database {
  readonly pool: pg.Pool;

  constructor(options: DatabaseOptions, log: Log) {
    this.pool = new pg.Pool({
      connectionString: options.url,
      max: options.maxConnections,
      application_name: options.applicationName,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      idleTimeoutMillis: IDLE_CONNECTION_MS,
      keepAlive: true,
      types: BIGINT_TYPES,
      options: `${OLTP_PLANNER} ${SERVER_LIMITS}`,
    });
    this.pool.on('error', (error) => log.warn({ err: error }, 'an idle database connection was lost'));
    // One that is lost between two statements of a transaction has no listener of the pool's: without one the process would end.
    this.pool.on('connect', (client) => client.on('error', () => undefined));
  }

  async query<Row extends object>(statement: Statement, values: readonly unknown[]): Promise<Row[]> {
    const result = await this.pool.query<Row>({ ...statement, values: [...values] });
    return result.rows;
  }

  /** All or nothing. What `work` throws is thrown again after the rollback; a connection in doubt is not reused. */
  async transaction<Answer>(work: (tx: Tx) => Promise<Answer>): Promise<Answer> {
    const client = await this.pool.connect();
    const actions: (() => void)[] = [];
    let isCommitted = false;
    try {
      await client.query('BEGIN');
      const answer = await work(transactionOn(client, actions));
      await commit(client);
      isCommitted = true;
      for (const action of actions) action();
      return answer;
    } finally {
      await release(client, isCommitted);
    }
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}

function transactionOn(client: pg.PoolClient, actions: (() => void)[]): Tx {
  return {
    query: async (statement, values) => {
      const result = await client.query({ ...statement, values: [...values] });
      return result.rows as never;
    },
    afterCommit: (action) => {
      actions.push(action);
    },
  };
}

async function commit(client: pg.PoolClient): Promise<void> {
  try {
    await client.query('COMMIT');
  } catch (error) {
    if (isConnectionLoss(error)) throw new CommitUnknown('the connection was lost while committing', { cause: error });
    throw error;
  }
}

async function release(client: pg.PoolClient, isCommitted: boolean): Promise<void> {
  if (isCommitted) return client.release();
  const rolledBack = await client.query('ROLLBACK').then(() => true, () => false);
  return client.release(!rolledBack);
}

interface Coded {
  readonly code?: unknown;
  /** Where Prisma has no word of its own, what the database said is inside. */
  readonly meta?: { readonly driverAdapterError?: { readonly cause?: { readonly originalCode?: unknown } } };
}

function sqlState(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { code, meta }: Coded = error;
  const original = meta?.driverAdapterError?.cause?.originalCode;
  if (typeof original === 'string' && !(typeof code === 'string' && PRISMA_CODES.has(code))) return original;
  return typeof code === 'string' ? code : undefined;
}

/** Prisma's own words for a database that cannot be reached, takes too long or hung up, where it asks on our pool. */
const PRISMA_CODES = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2034']);
const SOCKET_ERRORS = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH', 'EAI_AGAIN']);

function isConnectionLoss(error: unknown): boolean {
  const code = sqlState(error);
  if (code !== undefined) return SOCKET_ERRORS.has(code) || PRISMA_CODES.has(code) || code.startsWith('08') || code.startsWith('57P');
  // pg names these only in words.
  return error instanceof Error && /connection terminated|timeout exceeded when trying to connect|client has encountered a connection error|connection error and is not queryable|read econnreset/i.test(error.message);
}

/** The database's account, not the content's: SQLSTATE 08, 25P03 (we were stopped too long), 40, 53, 55P03, 57, 58, and a connection that is gone. */
export function isTransient(error: unknown): boolean {
  if (error instanceof CommitUnknown || error instanceof RaceLost) return true;
  const code = sqlState(error) ?? '';
  return isConnectionLoss(error) || /^(08|40|53|57|58)/.test(code) || code === '55P03' || code === '25P03';
}
