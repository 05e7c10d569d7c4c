import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { services, type Service } from '@scantill/contracts';
import { Command } from 'commander';
import pg from 'pg';
import { Problem, failWith } from './bootstrap/problem.mjs';
import { repoRoot } from './bootstrap/run.mjs';
import { dataFolder } from './stack/data-folder.ts';
import { databaseVariable } from './stack/databases.ts';
import { ALL_TABLES, migrate, migrationList, migrationsFolder, schemaFile } from './stack/migrations.ts';
import { freePort } from './stack/ports.ts';
import { adminUrl, postgresProcess } from './stack/postgres.ts';
import { schemaEngine } from './stack/schema-engine.ts';
import { supervise } from './stack/supervised.ts';

const NAME_FORM = /^[a-z][a-z0-9_]{0,60}$/;

const program = new Command('migrate').description('Database migrations through Prisma\'s own engine');
program.command('deploy').description('applies the migrations of every service whose <SERVICE>_DATABASE_URL is set').action(deploy);
program
  .command('author <service> <name>')
  .description('writes a migration with what prisma/<service>/schema.prisma says and its migrations do not')
  .option('--postgres-url <url>', 'an administrator\'s URL of a server to try the migrations on; without it one is started for the moment')
  .action(author);
await program.parseAsync().catch(failWith);

async function deploy(): Promise<void> {
  const wanted = services.flatMap((service) => {
    const url = process.env[databaseVariable(service)];
    return url ? [{ service, url }] : [];
  });
  if (wanted.length === 0) throw new Problem(`Set at least one of ${services.map(databaseVariable).join(', ')}.`);
  for (const { service, url } of wanted) process.stdout.write(`${service}: ${await migrate(service, url)} applied\n`);
}

async function author(serviceName: string, name: string, options: { postgresUrl?: string }): Promise<void> {
  const service = services.find((known) => known === serviceName);
  if (service === undefined) throw new Problem(`There is no service "${serviceName}": one of ${services.join(', ')}.`);
  if (!NAME_FORM.test(name)) throw new Problem('The name of a migration is lower case letters, digits and underscores.');
  const sql = options.postgresUrl === undefined ? await onServerOfTheMoment((url) => difference(service, url)) : await difference(service, options.postgresUrl);
  if (sql === undefined) {
    process.stdout.write('The migrations already say all that the schema says.\n');
    return;
  }
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const folder = join(migrationsFolder(service), `${stamp}_${name}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'migration.sql'), sql);
  writeFileSync(join(migrationsFolder(service), 'migration_lock.toml'), 'provider = "postgresql"\n');
  process.stdout.write(`${relative(repoRoot, join(folder, 'migration.sql'))}\n\n${sql}\nPartitions, CHECKs and unlogged tables are added by hand; a DROP of something made by hand is deleted by hand.\n`);
}

/** Replays the migrations on a database of the moment and asks the engine what is missing. */
async function difference(service: Service, serverUrl: string): Promise<string | undefined> {
  return withDatabase(serverUrl, 'scantill_shadow_main', (main) =>
    withDatabase(serverUrl, 'scantill_shadow', async (shadow) => {
      const engine = await schemaEngine(main, shadow);
      try {
        const { stdout } = await engine.diff({
          from: { tag: 'migrations', ...migrationList(service) },
          to: { tag: 'schemaDatamodel', files: [{ path: schemaFile(service), content: readFileSync(schemaFile(service), 'utf8') }] },
          script: true,
          exitCode: null,
          filters: ALL_TABLES,
        });
        return stdout === null || /^\s*(-- This is an empty migration\.)?\s*$/.test(stdout) ? undefined : stdout;
      } finally {
        engine.free();
      }
    }),
  );
}

async function withDatabase<T>(serverUrl: string, name: string, work: (url: string) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    await client.query(`CREATE DATABASE ${name}`);
    const url = new URL(serverUrl);
    url.pathname = `/${name}`;
    const result = await work(url.toString());
    await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
    return result;
  } finally {
    await client.end();
  }
}

async function onServerOfTheMoment<T>(work: (url: string) => Promise<T>): Promise<T> {
  const folder = dataFolder(mkdtempSync(join(tmpdir(), 'scantill-author-')));
  const port = await freePort();
  const server = supervise(await postgresProcess(folder, port, 'of-the-moment'), folder, () => undefined);
  try {
    await server.start();
    return await work(adminUrl(port, 'of-the-moment'));
  } finally {
    await server.stop();
    rmSync(folder.path, { recursive: true, force: true });
    rmSync(folder.postgresElsewhere, { recursive: true, force: true });
  }
}
