import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Problem } from './problem.mjs';

export const repoRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** The Node that everything but this bootstrap runs on: the npm package `node`. */
export const pinnedNode = join(repoRoot, 'node_modules', 'node', 'bin', 'node');

/** How much of a failed command's output is shown. */
const TAIL_LINES = 25;

/** The host's own PATH: an install replaces node_modules, so it must not run on the Node inside it. */
export function hostPath() {
  const entries = (process.env['PATH'] ?? '').split(delimiter);
  return entries.filter((entry) => !/node_modules[\\/]\.bin$|node-gyp-bin$/.test(entry)).join(delimiter);
}

/**
 * Runs a command of the set-up to its end, keeping its output to itself unless it fails.
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, what: string }} options `what` names the step in the sentence printed on failure
 * @returns {Promise<string>} what it printed
 */
export function run(command, args, { env, what }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: repoRoot, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => reject(new Problem(`${what} failed: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(output);
      const tail = output.trim().split('\n').slice(-TAIL_LINES).join('\n');
      reject(new Problem(`${tail}\n\n${what} failed (${[command, ...args].join(' ')}: ${signal ?? `exit code ${code}`}).`));
    });
  });
}

/**
 * What a command prints (both streams), or nothing when it cannot be run or fails.
 * @param {string} command
 * @param {string[]} args
 * @param {number} timeoutMs
 * @returns {Promise<string | undefined>}
 */
export function ask(command, args, timeoutMs) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', () => resolve(undefined));
    child.on('close', (code) => resolve(code === 0 ? output : undefined));
  });
}
