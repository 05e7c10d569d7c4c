import type { ColumnKind, ColumnValue } from './binary-rows.js';
import { lockAccount, type Bulk } from './bulk.js';
import { FILE_COLUMNS, fileFields, fileValues } from './item-columns.js';
import type { UnreadItems } from './items-intake.js';

/** The portion of each month that all small files share. */
export const SMALL_FILES = 0;
/** From here on, some 75,000 rows, a further table is less of a burden than rows that each tell whose they are, and a tree that is kept row by row. */
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
  /** An index that is there before the rows, as `create index` wants it; all others are made of the rows. Ranges (BRIN) stay empty then, for vacuum to fill once the rows are committed. */
  readonly indexedBefore?: string;
}

/** The rows of a large file get a table of their own: filled first, then joined to its month. It is gone if the transaction does not commit. */
export async function openPortion(bulk: Bulk, file: UnreadItems, { table, columns, ownFromBytes, indexedBefore }: PortionOf): Promise<Portion> {
  if (file.bytes < ownFromBytes) return { table, columns: { ...FILE_COLUMNS, ...columns }, ofFile: fileValues(file), ofFileFields: fileFields(file), join: () => Promise.resolve() };
  const [next] = await bulk.query<{ number: number; account: string; month: string }>(NEXT, [file.date, table, file.account.accountId]);
  if (next === undefined) throw new Error('a portion has no number');
  const own = `${table}_portion_${next.number}`;
  // What all its rows have in common tells PostgreSQL that it need not be read for another account or day.
  await bulk.query(`create table ${own} (like ${table} including defaults including constraints including storage,
    check (portion = ${next.number} and business_date = '${file.date}' and account_id = ${next.account}))`);
  // Nor need each row tell it.
  await bulk.query(`alter table ${own} alter portion set default ${next.number}, alter business_date set default '${file.date}', alter file_id set default '${file.id}', alter account_id set default ${next.account}`);
  if (indexedBefore !== undefined) await bulk.query(`create index on ${own} ${indexedBefore}`);
  const join = async (): Promise<void> => {
    // Whoever has to wait for the account must not hold up the month of all others.
    await lockAccount(bulk, file.account.accountId);
    await bulk.query("set local maintenance_work_mem = '256MB'");
    await bulk.query(`alter table ${next.month} attach partition ${own} for values in (${next.number})`);
  };
  return { table: own, columns, ofFile: [], ofFileFields: new Uint8Array(), join };
}
