import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pinnedNode, repoRoot } from './run.mjs';

/** KafkaJS 2.2.4 computes a negative time-out each time it has nothing to send; Node would say so on our terminal. */
const NO_KAFKAJS_WARNING = '--disable-warning=TimeoutNegativeWarning';
/** Else V8 goes through all it has for each 32 MB of a file that is sent. */
const ONE_LIMIT = '--external-memory-accounted-in-global-limit';

/**
 * Goes on in TypeScript, on the project's own Node, and ends as that ends.
 * @param {string} script relative to the repository
 * @param {string[]} args
 */
export function handOver(script, args) {
  // The channel carries no messages: it closes when this process dies, by whatever means, and the other side then stops in order.
  const child = spawn(pinnedNode, [NO_KAFKAJS_WARNING, ONE_LIMIT, join(repoRoot, script), ...args], { cwd: repoRoot, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGKILL' ? 137 : 1)));
}
