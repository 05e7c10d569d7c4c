import type { ColumnKind, ColumnValue } from './binary-rows.js';
import type { Bulk } from './bulk.js';
import { FILE_COLUMNS, fileFields, fileValues } from './item-columns.js';
import type { UnreadItems } from './items-intake.js';

/** The portion of each month that all small files share. */
export const SMALL_FILES = 0;
/** From here on, some 75,000 rows, a further table is less of a burden than rows that each tell whose they are, and an index that is kept row by row. */
export const OWN_PORTION_BYTES = 20 * 1024 * 1024;
/** Tables whose months consist of portions. */
export const PORTIONED = ['lines', 'settled_lines'] as const;

const NEXT = `select nextval('portions')::int as number, quote_literal($3) as account, coalesce(to_regclass($2 || '_' || to_char($1::date, 'YYYYMM')), to_regclass($2 || '_default'))::text as month`;

/** Where the rows of a file are written. */
export interface Portion {
  readonly table: string;
  readonly columns: Readonly<Record<string, ColumnKind>>;
  /** What each row tells of its file, before what it says itself. */
  readonly ofFile: readonly ColumnValue[];
  /** The same as it is written. */
  readonly ofFileFields: Uint8Array;
  /** Makes its rows part of their month. */
  join(): Promise<void>;
}

interface PortionOf {
  readonly table: (typeof PORTIONED)[number];
  /** What a row has beside what it has of its file. */
  readonly columns: Readonly<Record<string, ColumnKind>>;
  readonly ownFromBytes: number;
  /** Ranges (BRIN) cost less to keep row by row than to make of rows that are there; of trees the opposite is true. */
  readonly indexed: 'at-once' | 'afterwards';
}

/** The rows of a large file get a table of their own: filled first, then joined to its month. It is gone if the transaction does not commit. */
export async function openPortion(bulk: Bulk, file: UnreadItems, { table, columns, ownFromBytes, indexed }: PortionOf): Promise<Portion> {
  if (file.bytes < ownFromBytes) return { table, columns: { ...FILE_COLUMNS, ...columns }, ofFile: fileValues(file), ofFileFields: fileFields(file), join: () => Promise.resolve() };
  const [next] = await bulk.query<{ number: number; account: string; month: string }>(NEXT, [file.date, table, file.account.accountId]);
  if (next === undefined) throw new Error('a portion has no number');
  const own = `${table}_portion_${next.number}`;
  // What all its rows have in common tells PostgreSQL that it need not be read for another account or day.
  await bulk.query(`create table ${own} (like ${table} including defaults including constraints including storage${indexed === 'at-once' ? ' including indexes' : ''},
    check (portion = ${next.number} and business_date = '${file.date}' and account_id = ${next.account}))`);
  // Nor need each row tell it.
  await bulk.query(`alter table ${own} alter portion set default ${next.number}, alter business_date set default '${file.date}', alter file_id set default '${file.id}', alter account_id set default ${next.account}`);
  const join = async (): Promise<void> => {
    await bulk.query("set local maintenance_work_mem = '256MB'");
    await bulk.query(`alter table ${next.month} attach partition ${own} for values in (${next.number})`);
  };
  return { table: own, columns, ofFile: [], ofFileFields: new Uint8Array(), join };
}
