import { OptionError, readOptions, usage } from './bench/options.mjs';
import { handOver } from './bootstrap/hand-over.mjs';
import { prepare } from './bootstrap/prepare.mjs';
import { Problem, failWith } from './bootstrap/problem.mjs';

const args = process.argv.slice(2);

if (args.includes('--help') || args.includes('-h')) {
  process.stdout.write(usage);
} else {
  try {
    readOptions(args);
    if (process.platform !== 'linux') throw new Problem('CPU time per process is read from /proc: run the benchmark on Linux.');
    process.stdout.write('\nScantill benchmark\n\n');
    await prepare({ command: 'npm run bench', withBroker: true, withBuild: true });
    handOver('tools/bench/bench.ts', args);
  } catch (error) {
    if (!(error instanceof OptionError)) failWith(error);
    process.stderr.write(`${error.message}\n\n${usage}`);
    process.exitCode = 2;
  }
}
