import { tryLock, unlock } from '../bootstrap/lock.mjs';
import { Problem } from '../bootstrap/problem.mjs';
import { relative } from 'node:path';
import type { DataFolder } from './data-folder.ts';

/** Makes this process the only one that runs a stack on the folder. The lock of a process that is gone is taken over. */
export function lockFolder(folder: DataFolder, what: string): void {
  const holder = tryLock(folder.lock, what);
  if (holder === undefined) return;
  throw new Problem(`The data folder ${relative(process.cwd(), folder.path) || folder.path} is in use by "${holder.what}" (process ${holder.pid}): press Ctrl-C there, or run \`kill ${holder.pid}\`, then start again.`);
}

export function unlockFolder(folder: DataFolder): void {
  unlock(folder.lock);
}
