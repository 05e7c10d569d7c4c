import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { step } from './progress.mjs';
import { hostPath, pinnedNode, repoRoot, run } from './run.mjs';
import { hashOf, isStamped, stamp, unstamp } from './stamps.mjs';

/** Installs the packages when the lock file is not the one they were installed from. */
export async function install() {
  const hash = hashOf(['package-lock.json']);
  if (existsSync(pinnedNode) && (isStamped('install', hash) || agreesWithLock())) return stamp('install', hash);
  unstamp('install');
  const words = { doing: 'installing (two to four minutes the first time)', done: 'installed' };
  await step('packages', words, () => run('npm', ['ci', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'], { env: installEnvironment(), what: 'Installing the packages' }));
  stamp('install', hash);
}

/** Prisma runs on its WebAssembly engine; naming a binary keeps its install script from fetching one. */
function installEnvironment() {
  return { PATH: hostPath(), PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true', PRISMA_SKIP_POSTINSTALL_GENERATE: '1' };
}

/** Somebody ran npm by hand: npm's own record says which versions lie there. It is written last, so an install that broke off has none. */
function agreesWithLock() {
  const wanted = packagesIn('package-lock.json');
  const found = packagesIn('node_modules/.package-lock.json');
  if (wanted === undefined || found === undefined) return false;
  return Object.entries(wanted).every(([path, { version, optional, link }]) => {
    if (!path.startsWith('node_modules/')) return true;
    const installed = found[path];
    return installed === undefined ? optional === true : installed.version === version && installed.link === link;
  });
}

/**
 * @param {string} lockFile
 * @returns {Record<string, { version?: string, optional?: boolean, link?: boolean }> | undefined}
 */
function packagesIn(lockFile) {
  try {
    return JSON.parse(readFileSync(join(repoRoot, lockFile), 'utf8')).packages;
  } catch {
    return undefined;
  }
}
