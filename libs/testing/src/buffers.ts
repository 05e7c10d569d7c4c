/** A statement as it was prepared, and one set of values. */
export interface Executed {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

interface Plan {
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
}

/** One connection: what is prepared on it stays prepared. */
export interface Session {
  query(query: string | { name: string; text: string; values: unknown[] }): Promise<{ rows: Record<string, unknown>[] }>;
}

/** After this many executions PostgreSQL keeps the plan that it made, whatever becomes of the table. */
const EXECUTIONS_BEFORE_THE_PLAN_IS_KEPT = 6;

/** Executes a statement often enough for its plan to be kept. What it writes is rolled back. */
export async function prepareFor(session: Session, { name, text, values }: Executed): Promise<void> {
  for (let n = 0; n < EXECUTIONS_BEFORE_THE_PLAN_IS_KEPT; n += 1) {
    await session.query('begin');
    await session.query({ name, text, values: [...values] });
    await session.query('rollback');
  }
}

/** Blocks that one execution of the prepared statement touches now. What it writes is rolled back. */
export async function blocksTouched(session: Session, { name, values }: Executed): Promise<number> {
  await session.query('begin');
  const { rows } = await session.query(`explain (analyze, buffers, timing off, format json) execute "${name}"${values.length === 0 ? '' : `(${values.map(literal).join()})`}`);
  await session.query('rollback');
  const [{ Plan: plan }] = rows[0]!['QUERY PLAN'] as [{ Plan: Plan }];
  return plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return `'{${value.map((each) => `"${String(each).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`).join().replaceAll("'", "''")}}'`;
  const text = value instanceof Date ? value.toISOString() : String(value);
  return `'${text.replaceAll("'", "''")}'`;
}
