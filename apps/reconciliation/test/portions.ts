import type { TestDatabase } from '@scantill/testing';
import { monthPartitions } from '../src/outbound/month-partitions.js';
import type { World } from './world.js';

/** The tables that large files have for themselves. */
export async function portions(database: TestDatabase): Promise<string[]> {
  return (await database.query<{ name: string }>(`select oid::regclass::text as name from pg_class where relkind = 'r' and relname ~ '^(settled_)?lines_portion_'`)).map(({ name }) => name);
}

/** Where everything is emptied, they would only become more. */
export async function dropPortions(database: TestDatabase): Promise<void> {
  for (const name of await portions(database)) await database.query(`drop table ${name}`);
}

/** As in a shop that has been open since the start of its month. Without them, all months are in one. */
export async function makeMonths({ platform: { database, clock, log } }: World): Promise<void> {
  const making = monthPartitions(database, clock, log);
  await making.start();
  await making.stop();
}

/** Other specifications expect none. */
export async function dropMonths(database: TestDatabase): Promise<void> {
  const months = await database.query<{ name: string }>(`select oid::regclass::text as name from pg_class where relispartition and relkind in ('r', 'p') and relname ~ '^[a-z_]+_2[0-9]{5}$'`);
  for (const { name } of months) await database.query(`drop table ${name}`);
}
