import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { repoRoot } from '../bootstrap/run.mjs';

/** What one stack keeps on disk, and where. */
export interface DataFolder {
  readonly path: string;
  /** Held by the process that runs the stack. */
  readonly lock: string;
  /** One file per child process, for whoever must clean up after a killed launcher. */
  readonly processes: string;
  readonly logs: string;
  readonly kafka: string;
  readonly postgres: string;
  /** PostgreSQL's files and binaries when its account cannot reach this folder. */
  readonly postgresElsewhere: string;
  readonly demo: string;
  /** What reconciliation and the simulator keep. */
  readonly files: string;
  readonly secrets: string;
  readonly stackFile: string;
  readonly demoFile: string;
}

export const DEFAULT_DATA_FOLDER = join(repoRoot, '.data');
/** Stacks of tests live below the default folder and must survive `--fresh` of the one above them. */
export const TEST_FOLDER_PREFIX = 'test-';

export function dataFolder(path: string): DataFolder {
  const root = resolve(path);
  return {
    path: root,
    lock: join(root, 'lock'),
    processes: join(root, 'processes'),
    logs: join(root, 'logs'),
    kafka: join(root, 'kafka'),
    postgres: join(root, 'postgres'),
    postgresElsewhere: join('/var/lib/scantill', shortHash(root)),
    demo: join(root, 'demo'),
    files: join(root, 'files'),
    secrets: join(root, 'secrets.json'),
    stackFile: join(root, 'stack.json'),
    demoFile: join(root, 'demo.json'),
  };
}

/** Eight bytes name a folder well enough, in paths and container names alike. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** A folder of the same path that was deleted may have left PostgreSQL's files elsewhere: their password went with it, and nobody can open them any more. */
export function forgetStranded({ secrets, kafka, postgresElsewhere }: Pick<DataFolder, 'secrets' | 'kafka' | 'postgresElsewhere'>): void {
  if (!existsSync(secrets) && !existsSync(kafka)) rmSync(postgresElsewhere, { recursive: true, force: true });
}

/** Forgets all that a stack kept. The caller holds its lock. */
export function forget(folder: DataFolder): void {
  const kept = new Set(['lock', 'bootstrap.lock']);
  for (const name of existsSync(folder.path) ? readdirSync(folder.path) : []) {
    if (!kept.has(name) && !name.startsWith(TEST_FOLDER_PREFIX)) rmSync(join(folder.path, name), { recursive: true, force: true });
  }
  rmSync(folder.postgresElsewhere, { recursive: true, force: true });
}

/** Replaces a file in one step, readable by its owner alone: it is whole or it is the old one, also after a crash. */
export function writePrivately(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** The file's JSON, or nothing when there is none or it is broken. The shape is the caller's promise: these files are our own. */
export function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
}
