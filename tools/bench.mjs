import { OptionError, readOptions, usage as usageOfOrders } from './bench/options.mjs';
import { readReconcileOptions, usage as usageOfReconcile } from './bench/reconcile/options.mjs';
import { handOver } from './bootstrap/hand-over.mjs';
import { prepare } from './bootstrap/prepare.mjs';
import { Problem, failWith } from './bootstrap/problem.mjs';

const args = process.argv.slice(2);
const isReconcile = args[0] === 'reconcile';
const usage = isReconcile ? usageOfReconcile : args.length > 1 ? usageOfOrders : `${usageOfOrders}\n${usageOfReconcile}`;

if (args.includes('--help') || args.includes('-h')) {
  process.stdout.write(usage);
} else {
  try {
    if (isReconcile) readReconcileOptions(args.slice(1));
    else readOptions(args);
    if (process.platform !== 'linux') throw new Problem('CPU time per process is read from /proc: run the benchmark on Linux.');
    process.stdout.write('\nScantill benchmark\n\n');
    await prepare({ command: 'npm run bench', withBroker: true, withBuild: true });
    handOver(isReconcile ? 'tools/bench/reconcile/run.ts' : 'tools/bench/bench.ts', args);
  } catch (error) {
    if (!(error instanceof OptionError)) failWith(error);
    process.stderr.write(`${error.message}\n\n${usage}`);
    process.exitCode = 2;
  }
}
