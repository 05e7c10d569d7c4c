import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chownSync, existsSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { Problem } from '../bootstrap/problem.mjs';
import type { DataFolder } from './data-folder.ts';
import { postgresHome, type PostgresHome } from './postgres-home.ts';
import type { ProcessSpec } from './supervised.ts';

export const POSTGRES_ADMIN = 'postgres';

/** Durable as in production: a commit is on disk before it is answered. The rest keeps checkpoints rare on a small machine. */
export const POSTGRES_SETTINGS: Readonly<Record<string, string>> = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  max_connections: '120',
  shared_preload_libraries: 'pg_stat_statements',
  // After a crash: once for the whole disk and not for each of some thousand files, which takes minutes on a busy one.
  recovery_init_sync_method: 'syncfs',
  // A large file has a table of its own, and so have two indexes of it.
  max_locks_per_transaction: '256',
};

/** Recovery after a crash replays at most `max_wal_size`, on a disk that may be busy. */
const READY_WITHIN_MS = 300_000;
const STOP_WITHIN_MS = 30_000;
const INITDB_WITHIN_MS = 60_000;
const CONNECT_TIMEOUT_MS = 2_000;
const UNUSED_WITHIN_MS = 15_000;
const UNUSED_POLL_MS = 50;

/** Prepares the files of the server and says how to run it. */
export async function postgresProcess(folder: DataFolder, port: number, password: string): Promise<ProcessSpec> {
  const home = await postgresHome(folder);
  if (!existsSync(join(home.files, 'PG_VERSION'))) await initialise(home, password);
  const url = adminUrl(port, password);
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...POSTGRES_SETTINGS };
  return {
    name: 'postgres',
    command: home.postgres,
    args: ['-D', home.files, '-p', String(port), ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    env: serverEnvironment(),
    cwd: home.files,
    account: home.account,
    beforeStart: () => untilUnused(home.files),
    isReady: () => answers(url),
    readyWithinMs: READY_WITHIN_MS,
    // "Fast": ends sessions and writes a checkpoint. SIGTERM would wait for every client to leave.
    stopSignal: 'SIGINT',
    stopWithinMs: STOP_WITHIN_MS,
  };
}

export function adminUrl(port: number, password: string): string {
  return `postgresql://${POSTGRES_ADMIN}:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
}

export async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The sessions of a server that was killed notice it only after a moment, and until then a new one refuses to start. */
async function untilUnused(files: string): Promise<void> {
  const deadline = Date.now() + UNUSED_WITHIN_MS;
  while (process.platform === 'linux' && Date.now() < deadline && readdirSync('/proc').some((entry) => worksIn(entry, files))) await wait(UNUSED_POLL_MS);
}

function worksIn(pid: string, files: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === files;
  } catch {
    return false;
  }
}

/** Built-in collation: the same order of texts on every host, whatever locales it has. */
async function initialise(home: PostgresHome, password: string): Promise<void> {
  const passwordFile = join(tmpdir(), `scantill-${randomUUID()}`);
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (home.account !== undefined) chownSync(passwordFile, home.account.uid, home.account.gid);
  // What an interrupted first start left behind would be refused.
  rmSync(join(home.files, 'postmaster.pid'), { force: true });
  const args = ['-D', home.files, '-U', POSTGRES_ADMIN, `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  try {
    await runAs(home, args);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

function runAs(home: PostgresHome, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(home.initdb, args, { ...home.account, cwd: home.files, env: serverEnvironment(), stdio: ['ignore', 'pipe', 'pipe'], timeout: INITDB_WITHIN_MS });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Problem(`${output.trim()}\n\nPostgreSQL could not make its files in ${home.files}: see above; \`npm start -- --fresh\` begins anew.`))));
  });
}

/** Its messages in English, its log in UTC; nothing of ours that it does not need. */
function serverEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
}
