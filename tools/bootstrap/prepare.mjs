import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { checkBroker, fetchBrokerJars } from './broker-jars.mjs';
import { build, generate } from './build.mjs';
import { install } from './install.mjs';
import { tryLock, unlock } from './lock.mjs';
import { Problem } from './problem.mjs';
import { report } from './progress.mjs';
import { repoRoot } from './run.mjs';

const NODE_MIN = [20, 19];
const lockFile = join(repoRoot, '.data', 'bootstrap.lock');
const LOCK_POLL_MS = 500;

/**
 * Brings a checkout to where the TypeScript tools and the built services can run. Costs milliseconds when nothing changed.
 * @param {{ command: string, withBroker: boolean, withBuild: boolean }} options
 */
export async function prepare({ command, withBroker, withBuild }) {
  checkNode();
  const { needsJars } = withBroker ? await checkBroker() : { needsJars: false };
  await takeTurn(command);
  try {
    await Promise.all([install(), needsJars ? fetchBrokerJars() : undefined]);
    await generate();
    if (withBuild) await build();
  } finally {
    unlock(lockFile);
  }
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [majorMin = 0, minorMin = 0] = NODE_MIN;
  if (major < majorMin || (major === majorMin && minor < minorMin)) throw new Problem(`Node ${NODE_MIN.join('.')} or later is needed, this is ${process.versions.node}.`);
}

/**
 * `npm start` and `npm test` may be called at the same time in one checkout; only one may install.
 * @param {string} command
 */
async function takeTurn(command) {
  let hasTold = false;
  for (;;) {
    const holder = tryLock(lockFile, command);
    if (holder === undefined) return;
    if (!hasTold) report('waiting', `for ${holder.what} (process ${holder.pid}) to finish installing and building`);
    hasTold = true;
    await wait(LOCK_POLL_MS);
  }
}
