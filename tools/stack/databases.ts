import { services, type Service } from '@scantill/contracts';
import pg from 'pg';
import { password, secretsOf } from './secrets.ts';
import type { DataFolder } from './data-folder.ts';

export type DatabaseUrls = Readonly<Record<Service, string>>;

/** `ORDER_DATABASE_URL` and so on. */
export function databaseVariable(service: Service): string {
  return `${service.toUpperCase().replaceAll('-', '_')}_DATABASE_URL`;
}

/** The services whose database the environment does not name. */
export function servicesWithoutDatabase(env: NodeJS.ProcessEnv): Service[] {
  return services.filter((service) => !env[databaseVariable(service)]);
}

/** The databases named by the environment; the rest is made on the server. */
export async function ensureDatabases(folder: DataFolder, env: NodeJS.ProcessEnv, prefix: string, adminUrl: string | undefined): Promise<DatabaseUrls> {
  const given = services.map((service) => [service, env[databaseVariable(service)]] as const).filter(([, url]) => url);
  const made = adminUrl === undefined ? {} : await makeDatabases(folder, servicesWithoutDatabase(env), prefix, adminUrl);
  return { ...made, ...Object.fromEntries(given) } as DatabaseUrls;
}

/** One database and one login role per service; a role can open its own database and nothing else. Safe to repeat. */
async function makeDatabases(folder: DataFolder, wanted: readonly Service[], prefix: string, adminUrl: string): Promise<Partial<DatabaseUrls>> {
  const names = wanted.map((service) => ({ service, name: `${prefix}_${service.replaceAll('-', '_')}` }));
  const passwords = secretsOf(folder, Object.fromEntries(names.map(({ name }) => [`database:${name}`, password])));
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    for (const { name } of names) await makeDatabase(client, name, passwords[`database:${name}`] ?? '');
    await client.query('REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC');
    await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements').catch(refusedExtension);
  } finally {
    await client.end();
  }
  return Object.fromEntries(names.map(({ service, name }) => [service, databaseUrl(adminUrl, name, passwords[`database:${name}`] ?? '')]));
}

async function makeDatabase(client: pg.Client, name: string, secret: string): Promise<void> {
  const role = client.escapeIdentifier(name);
  const known = await client.query<{ role: boolean; database: boolean }>(
    'SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS role, EXISTS (SELECT FROM pg_database WHERE datname = $1) AS database',
    [name],
  );
  await client.query(`${known.rows[0]?.role ? 'ALTER' : 'CREATE'} ROLE ${role} LOGIN PASSWORD ${client.escapeLiteral(secret)}`);
  if (!known.rows[0]?.database) await client.query(`CREATE DATABASE ${role} OWNER ${role}`);
  await client.query(`REVOKE CONNECT ON DATABASE ${role} FROM PUBLIC`);
}

/** A server of somebody else's need not have the statistics; ours preloads them. */
function refusedExtension(error: unknown): void {
  const isMissing = error instanceof pg.DatabaseError && (error.code === '0A000' || error.code === '58P01' || error.code === '42501');
  if (!isMissing) throw error;
}

function databaseUrl(adminUrl: string, name: string, secret: string): string {
  const url = new URL(adminUrl);
  url.username = name;
  url.password = secret;
  url.pathname = `/${name}`;
  return url.toString();
}
