import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { identify, isAlive } from './process-identity.mjs';

/** @typedef {import('./process-identity.mjs').ProcessIdentity & { what: string }} Holder */

/**
 * Takes a lock file for this process. A file left by a process that is gone is taken over.
 * @param {string} file
 * @param {string} what the command that takes it, told to whoever comes second
 * @returns {Holder | undefined} the living process that holds it, or nothing when the lock is ours now
 */
export function tryLock(file, what) {
  mkdirSync(dirname(file), { recursive: true });
  for (;;) {
    try {
      writeFileSync(file, JSON.stringify({ ...identify(process.pid), what }), { flag: 'wx' });
      return undefined;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    }
    const holder = readHolder(file);
    if (holder !== undefined && isAlive(holder)) return holder;
    discard(file);
  }
}

/** @param {string} file */
export function unlock(file) {
  if (readHolder(file)?.pid === process.pid) rmSync(file, { force: true });
}

/**
 * @param {string} file
 * @returns {Holder | undefined}
 */
export function readHolder(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Moves the file away before deleting it: of two that find the same dead lock only one can, and what was moved
 * is looked at again in case it is a living one's, taken in between.
 * @param {string} file
 */
function discard(file) {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  const moved = readHolder(aside);
  if (moved !== undefined && isAlive(moved)) renameSync(aside, file);
  else rmSync(aside, { force: true });
}
