import { askPostgres } from './ask-postgres.ts';

const SHOWN = 10;
const TEXT_CHARACTERS = 150;

export interface StatementUse {
  readonly database: string;
  readonly calls: number;
  readonly meanMs: number;
  readonly totalMs: number;
  /** 8 KB pages looked at per call: what grows when a plan walks a whole table. */
  readonly blocksPerCall: number;
  readonly rowsPerCall: number;
  readonly text: string;
}

/** Forgets what was counted until now. */
export async function resetStatements(adminUrl: string): Promise<void> {
  await askPostgres(adminUrl, 'select pg_stat_statements_reset()');
}

/** The statements that took longest in total since they were reset; planning, and a commit's wait for the disk, are not in it. */
export async function costliestStatements(adminUrl: string): Promise<readonly StatementUse[]> {
  return askPostgres<StatementUse>(
    adminUrl,
    `select d.datname as database, s.calls::float8 as calls, s.mean_exec_time as "meanMs", s.total_exec_time as "totalMs",
       (s.shared_blks_hit + s.shared_blks_read)::float8 / s.calls as "blocksPerCall", s.rows::float8 / s.calls as "rowsPerCall", s.query as text
     from pg_stat_statements s join pg_database d on d.oid = s.dbid where d.datname like 'scantill%' order by s.total_exec_time desc limit ${SHOWN}`,
  );
}

export function statementsText(statements: readonly StatementUse[], orders: number): string {
  const lines = statements.map(({ database, calls, meanMs, totalMs, blocksPerCall, rowsPerCall, text }) => {
    const figures = [calls.toFixed(0), meanMs.toFixed(2), totalMs.toFixed(0), (totalMs / orders).toFixed(2), blocksPerCall.toFixed(0), rowsPerCall.toFixed(1)];
    return `  ${figures.map((figure) => figure.padStart(9)).join('')}  ${database}: ${text.replace(/\s+/g, ' ').slice(0, TEXT_CHARACTERS)}`;
  });
  const head = ['calls', 'mean ms', 'total ms', 'ms/order', 'blocks', 'rows'].map((name) => name.padStart(9)).join('');
  return `\nPostgreSQL: the ${lines.length} costliest statements (elapsed; blocks and rows per call)\n  ${head}\n${lines.join('\n')}\n`;
}
