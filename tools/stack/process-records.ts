import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { identify, isAlive, type ProcessIdentity } from '../bootstrap/process-identity.mjs';
import { readJson, writePrivately, type DataFolder } from './data-folder.ts';

const GONE_POLL_MS = 50;
/** Orphans get this long to stop by themselves. */
const ORPHAN_STOP_MS = 15_000;
/** The services first, then what they stand on; whatever is not named here is a service. */
const STOPS_LAST = ['simulator', 'kafka', 'postgres'];

export function recordProcess(folder: DataFolder, name: string, pid: number): void {
  writePrivately(join(folder.processes, `${name}.json`), JSON.stringify(identify(pid)));
}

export function forgetProcess(folder: DataFolder, name: string): void {
  rmSync(join(folder.processes, `${name}.json`), { force: true });
}

/**
 * Stops what a killed launcher left running. The caller holds the folder's lock, so nobody wants these processes any more.
 * A pid that meanwhile belongs to another process is left alone.
 * @returns the names of what was stopped
 */
export async function stopOrphans(folder: DataFolder): Promise<string[]> {
  const found = [...recorded(folder), ...unrecordedPostgres(folder)].filter(({ identity }) => isAlive(identity));
  const rank = (name: string): number => STOPS_LAST.indexOf(name);
  for (const turn of [-1, ...STOPS_LAST.keys()]) {
    await Promise.all(found.filter(({ name }) => rank(name) === turn).map(({ name, identity }) => stopOrphan(identity, name === 'postgres' ? 'SIGINT' : 'SIGTERM')));
  }
  rmSync(folder.processes, { recursive: true, force: true });
  return [...new Set(found.map(({ name }) => name))];
}

interface Orphan {
  readonly name: string;
  readonly identity: ProcessIdentity;
}

function recorded(folder: DataFolder): Orphan[] {
  mkdirSync(folder.processes, { recursive: true });
  return readdirSync(folder.processes).flatMap((file) => {
    const identity = readJson<ProcessIdentity>(join(folder.processes, file));
    return identity === undefined ? [] : [{ name: file.replace(/\.json$/, ''), identity }];
  });
}

/** PostgreSQL writes a pid file of its own; it is believed only if that process does run on our files. */
function unrecordedPostgres(folder: DataFolder): Orphan[] {
  return [folder.postgres, join(folder.postgresElsewhere, 'data')].flatMap((files) => {
    try {
      const pid = Number(readFileSync(join(files, 'postmaster.pid'), 'utf8').split('\n')[0]);
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return command.includes(files) ? [{ name: 'postgres', identity: identify(pid) }] : [];
    } catch {
      return [];
    }
  });
}

async function stopOrphan(identity: ProcessIdentity, signal: NodeJS.Signals): Promise<void> {
  signalIfSame(identity, signal);
  const deadline = Date.now() + ORPHAN_STOP_MS;
  while (isAlive(identity)) {
    if (Date.now() > deadline) signalIfSame(identity, 'SIGKILL');
    await wait(GONE_POLL_MS);
  }
}

function signalIfSame(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch (error) {
    // It ended by itself in between.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
