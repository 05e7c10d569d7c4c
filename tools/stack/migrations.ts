import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { services, type Service } from '@scantill/contracts';
import pg from 'pg';
import { Problem } from '../bootstrap/problem.mjs';
import { repoRoot } from '../bootstrap/run.mjs';
import type { DatabaseUrls } from './databases.ts';
import { schemaEngine } from './schema-engine.ts';

const LOCKFILE = 'migration_lock.toml';
const MIGRATION_FILE = 'migration.sql';
/** Nothing is managed outside Prisma's sight. */
export const ALL_TABLES = { externalTables: [], externalEnums: [] };

interface Migration {
  readonly name: string;
  readonly sql: string;
}

export function schemaFile(service: Service): string {
  return join(repoRoot, 'prisma', service, 'schema.prisma');
}

export function migrationsFolder(service: Service): string {
  return join(repoRoot, 'prisma', service, 'migrations');
}

/** Applies to every database the migrations it does not have yet. */
export async function migrateAll(urls: DatabaseUrls): Promise<{ applied: number }> {
  const counts = await Promise.all(services.map((service) => migrate(service, urls[service])));
  return { applied: counts.reduce((sum, count) => sum + count, 0) };
}

/** @returns how many migrations were applied */
export async function migrate(service: Service, databaseUrl: string): Promise<number> {
  const migrations = readMigrations(service);
  if (await isUpToDate(databaseUrl, migrations)) return 0;
  const engine = await schemaEngine(databaseUrl);
  try {
    const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList: migrationList(service, migrations), filters: ALL_TABLES });
    return appliedMigrationNames.length;
  } catch (error) {
    throw new Problem(`Migrating the database of ${service} failed: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    engine.free();
  }
}

/** The migrations of one service in the engine's own terms. */
export function migrationList(service: Service, migrations = readMigrations(service)) {
  const lockfile = join(migrationsFolder(service), LOCKFILE);
  return {
    baseDir: migrationsFolder(service),
    lockfile: { path: LOCKFILE, content: existsSync(lockfile) ? readFileSync(lockfile, 'utf8') : null },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, sql }) => ({ path: name, migrationFile: { path: MIGRATION_FILE, content: { tag: 'ok' as const, value: sql } } })),
  };
}

function readMigrations(service: Service): Migration[] {
  const folder = migrationsFolder(service);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, MIGRATION_FILE)));
  return names.sort().map((name) => ({ name, sql: readFileSync(join(folder, name, MIGRATION_FILE), 'utf8') }));
}

/** Saves loading the engine on most starts: it would compare the same checksums. */
async function isUpToDate(databaseUrl: string, migrations: readonly Migration[]): Promise<boolean> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; checksum: string }>('SELECT migration_name AS name, checksum FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL');
    const applied = new Map(rows.map(({ name, checksum }) => [name, checksum]));
    return migrations.every(({ name, sql }) => applied.get(name) === createHash('sha256').update(sql).digest('hex'));
  } catch (error) {
    const UNDEFINED_TABLE = '42P01';
    if (error instanceof pg.DatabaseError && error.code === UNDEFINED_TABLE) return false;
    throw error;
  } finally {
    await client.end();
  }
}
