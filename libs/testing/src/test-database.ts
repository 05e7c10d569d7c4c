import type { Service } from '@scantill/contracts';
import pg from 'pg';
import { testDatabaseUrl } from './environment.js';

/** Big integers as such, as on the services' own connections. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => (oid === pg.types.builtins.INT8 && format !== 'binary' ? BigInt : pg.types.getTypeParser(oid, format)) as never,
};

/** A service's test database, for looking into it from outside. Its tables are emptied when it is opened. */
export class TestDatabase {
  private constructor(readonly url: string, private readonly client: pg.Client) {}

  static async open(service: Service): Promise<TestDatabase> {
    const url = testDatabaseUrl(service);
    const client = new pg.Client({ connectionString: url, application_name: 'specification', types });
    await client.connect();
    const database = new TestDatabase(url, client);
    await database.empty();
    return database;
  }

  async query<Row extends object = Record<string, unknown>>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.client.query<Row>(text, [...values])).rows;
  }

  async count(from: string, values: readonly unknown[] = []): Promise<number> {
    const [row] = await this.query<{ count: number }>(`select count(*)::int as count from ${from}`, values);
    return row?.count ?? 0;
  }

  /** How many of its sessions wait for a lock of these kinds. */
  async waitingFor(...kinds: readonly ('transactionid' | 'tuple' | 'advisory')[]): Promise<number> {
    // Within a transaction it would be the same as before.
    await this.query('select pg_stat_clear_snapshot()');
    return this.count(`pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and wait_event = any ($1)`, [kinds]);
  }

  /** Ends the sessions of everybody else, as a restart of the server would. */
  async endSessions(applicationNameLike = '%'): Promise<void> {
    await this.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and application_name like $1', [applicationNameLike]);
  }

  async empty(): Promise<void> {
    const tables = await this.query<{ name: string; isPartitioned: boolean }>(`select oid::regclass::text as name, relkind = 'p' as "isPartitioned" from pg_class
      where relkind in ('r', 'p') and not relispartition and relnamespace = 'public'::regnamespace and relname <> '_prisma_migrations'`);
    const named = (isPartitioned: boolean) => tables.filter((table) => table.isPartitioned === isPartitioned).map(({ name }) => name);
    if (named(false).length > 0) await this.query(`truncate ${named(false).join()} restart identity`);
    // A truncate makes new files for every partition.
    for (const name of named(true)) await this.query(`delete from ${name}`);
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}
