import { execFile, spawn } from 'node:child_process';
import { Problem, failWith } from './bootstrap/problem.mjs';
import { report } from './bootstrap/progress.mjs';
import { repoRoot } from './bootstrap/run.mjs';

const usage = `npm run smoke

Sells one order through the system that \`docker compose up -d --wait\` started, and prints each step. Exit code 0 only if the
doors answer on this machine and the order was placed, paid, told to the till and expected in the books.
Needs nothing installed here but Node and Docker: the sale is made in a container beside the others.
`;

const DOOR_TIMEOUT_MS = 5_000;
const DEMO_FILE = '/var/lib/scantill/demo.json';
const containers = /** @type {const} */ (['order', 'payment-gateway', 'notification', 'reconciliation', 'simulator']);
const IN_CONTAINER = ['compose', 'run', '--rm', '--no-deps', '-T'];

if (process.argv.includes('--help')) {
  process.stdout.write(usage);
} else {
  try {
    const demo = await readDemo();
    for (const container of containers) await knock(container, urlOf(demo, container));
    process.exitCode = await sell();
  } catch (error) {
    failWith(error);
  }
}

/** @typedef {Record<'order' | 'gateway' | 'notification' | 'reconciliation' | 'simulator', { url: string }>} Addresses */

/**
 * The addresses as this machine knows them, written by the `secrets` job.
 * @returns {Promise<Addresses>}
 */
function readDemo() {
  return new Promise((resolve, reject) => {
    execFile('docker', [...IN_CONTAINER, '--entrypoint=cat', 'smoke', DEMO_FILE], { cwd: repoRoot }, (error, stdout, stderr) => {
      if (error === null) resolve(JSON.parse(stdout));
      else reject(new Problem(`${stderr.trim()}\n\nThe demo's addresses could not be read. Is the system up? \`docker compose up -d --wait\` starts it.`));
    });
  });
}

/**
 * @param {Addresses} demo
 * @param {typeof containers[number]} container
 */
function urlOf(demo, container) {
  return demo[container === 'payment-gateway' ? 'gateway' : container].url;
}

/**
 * Any answer but a failure will do: without a key most doors say no.
 * @param {string} container
 * @param {string} url
 */
async function knock(container, url) {
  const status = await fetch(url, { signal: AbortSignal.timeout(DOOR_TIMEOUT_MS) }).then((response) => response.status, () => undefined);
  if (status === undefined) throw new Problem(`${container} does not answer on ${url}. \`docker compose ps\` says what runs, \`docker compose logs ${container}\` why not.`);
  if (status >= 500) throw new Problem(`${container} answered ${status} on ${url}. \`docker compose logs ${container}\` says why.`);
  report(container, `answers on ${url}`);
}

/** @returns {Promise<number>} the exit code */
function sell() {
  return new Promise((resolve, reject) => {
    const child = spawn('docker', [...IN_CONTAINER, 'smoke'], { cwd: repoRoot, stdio: 'inherit' });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
