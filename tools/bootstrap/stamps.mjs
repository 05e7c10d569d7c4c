import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repoRoot } from './run.mjs';

/** In node_modules, so that a new install forgets them all. */
const folder = join(repoRoot, 'node_modules', '.scantill');

/**
 * SHA-256 over names and contents, so that touching a file or switching branches back and forth rebuilds nothing.
 * @param {readonly string[]} paths relative to the repository; folders count with all they hold, a missing one as empty
 */
export function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap(filesBelow).sort()) hash.update(`${path}\0`).update(readFileSync(join(repoRoot, path))).update('\0');
  return hash.digest('hex');
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function filesBelow(path) {
  try {
    return readdirSync(join(repoRoot, path), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? filesBelow(join(path, entry.name)) : [join(path, entry.name)]));
  } catch (error) {
    const code = /** @type {NodeJS.ErrnoException} */ (error).code;
    if (code === 'ENOTDIR') return [path];
    if (code === 'ENOENT') return [];
    throw error;
  }
}

/**
 * @param {string} name
 * @param {string} hash
 */
export function isStamped(name, hash) {
  try {
    return readFileSync(join(folder, name), 'utf8') === hash;
  } catch {
    return false;
  }
}

/**
 * Written when a step has ended well, never before.
 * @param {string} name
 * @param {string} hash
 */
export function stamp(name, hash) {
  const file = join(folder, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, hash);
}

/** @param {string} name */
export function unstamp(name) {
  rmSync(join(folder, name), { force: true });
}
