import { handOver } from './bootstrap/hand-over.mjs';
import { prepare } from './bootstrap/prepare.mjs';
import { failWith } from './bootstrap/problem.mjs';

const usage = `npm run crash-test [-- --only crash|poison|instances] [-- --short] [-- --seed N] [-- --json FILE] [-- --keep]

Starts a system of its own (free ports, a fresh data folder below .data/), and sells orders while

  crash      each service, the broker and the simulator are killed (kill -9) in turn and started again
  poison     ten messages that nobody can act on stand among 10,000 good ones, and the database is killed
  instances  two instances of every service share the work

Then every order must have ended, paid or given up by rule, and the five books must agree: nothing lost, nothing double.

  --only     one of the three
  --short    a few hundred orders, as in npm test
  --seed N   the same orders, kills and moments as in another run; each run prints its own
  --json     writes the checks there
  --keep     leaves the data folder and its logs behind, also when everything passed
  --help     this text

Exit codes: 0 all checks passed, 1 not.
`;

const args = process.argv.slice(2);

if (args.includes('--help') || args.includes('-h')) {
  process.stdout.write(usage);
} else {
  try {
    process.stdout.write('\nScantill crash test\n\n');
    await prepare({ command: 'npm run crash-test', withBroker: true, withBuild: true });
    handOver('tools/crash-test.ts', args);
  } catch (error) {
    failWith(error);
  }
}
