import type { TestDatabase } from '@scantill/testing';

/** The tables that large files have for themselves. */
export async function portions(database: TestDatabase): Promise<string[]> {
  return (await database.query<{ name: string }>(`select oid::regclass::text as name from pg_class where relkind = 'r' and relname ~ '^(settled_)?lines_portion_'`)).map(({ name }) => name);
}

/** Where everything is emptied, they would only become more. */
export async function dropPortions(database: TestDatabase): Promise<void> {
  for (const name of await portions(database)) await database.query(`drop table ${name}`);
}
