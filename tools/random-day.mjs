import { handOver } from './bootstrap/hand-over.mjs';
import { prepare } from './bootstrap/prepare.mjs';
import { failWith } from './bootstrap/problem.mjs';
import { OptionError, readOptions, usage } from './random-day/options.mjs';
import { readRealOptions } from './random-day/real/options.mjs';

const args = process.argv.slice(2);

if (args.includes('--help') || args.includes('-h')) {
  process.stdout.write(usage);
} else {
  try {
    await (args.includes('--in-process') ? simulate() : live());
  } catch (error) {
    if (!(error instanceof OptionError)) failWith(error);
    process.stderr.write(`${error.message}\n\n${usage}`);
    process.exitCode = 2;
  }
}

async function simulate() {
  readOptions(args);
  process.stdout.write('\nScantill random day\n\n');
  // Runs on the sources, so nothing is built.
  await prepare({ command: 'npm run random-day', withBroker: false, withBuild: false });
  handOver('tools/random-day/simulate.ts', args);
}

async function live() {
  const { plan } = readRealOptions(args);
  if (!plan) process.stdout.write('\nScantill random day\n\n');
  await prepare({ command: 'npm run random-day', withBroker: !plan, withBuild: !plan });
  handOver('tools/random-day/real/run.ts', args);
}
