import type { Bulk } from './bulk.js';
import type { UnreadItems } from './items-intake.js';

/** The portion of each month that all small files share. */
export const SMALL_FILES = 0;
/** From here on, some 75,000 rows, a further table is less of a burden than an index that is kept row by row. */
export const OWN_PORTION_BYTES = 20 * 1024 * 1024;

const NEXT = `select nextval('settled_portions')::int as number, quote_literal($2) as account,
  coalesce(to_regclass('settled_lines_' || to_char($1::date, 'YYYYMM')), 'settled_lines_default'::regclass)::text as month`;

/** A portion of settled rows that is a table of its own: filled first, then indexed and joined to its month. It is gone if the transaction does not commit. */
export interface OwnPortion {
  readonly table: string;
  join(): Promise<void>;
}

export async function openOwnPortion(bulk: Bulk, { id, account, date }: Pick<UnreadItems, 'id' | 'account' | 'date'>): Promise<OwnPortion> {
  const [next] = await bulk.query<{ number: number; account: string; month: string }>(NEXT, [date, account.accountId]);
  if (next === undefined) throw new Error('a portion has no number');
  const table = `settled_lines_portion_${next.number}`;
  // What all its rows have in common tells PostgreSQL that it need not be read for another account or day.
  await bulk.query(`create table ${table} (like settled_lines including defaults including constraints including storage,
    check (portion = ${next.number} and business_date = '${date}' and account_id = ${next.account}))`);
  // Nor need each row tell it.
  await bulk.query(`alter table ${table} alter portion set default ${next.number}, alter business_date set default '${date}', alter file_id set default '${id}', alter account_id set default ${next.account}`);
  const join = async (): Promise<void> => {
    await bulk.query("set local maintenance_work_mem = '256MB'");
    await bulk.query(`alter table ${next.month} attach partition ${table} for values in (${next.number})`);
  };
  return { table, join };
}
