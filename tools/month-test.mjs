import { handOver } from './bootstrap/hand-over.mjs';
import { prepare } from './bootstrap/prepare.mjs';
import { failWith } from './bootstrap/problem.mjs';

const usage = `npm run month-test [-- --payments N] [-- --seed N] [-- --defect NAME | --all-defects] [-- --json FILE] [-- --keep]

A month of trading: payments, refunds and cancels in three currencies, written down by the Alipay simulator in files of all
generations, paid out to a bank, and taken in by a reconciliation service that heard of every sale and of what every till came to
(real PostgreSQL, Kafka). Nothing may be left open. Then, in small chains of their own, each defect of Alipay's files, and of a till, is planted once: exactly the breaks
that it means must be open, their consequences must name their cause and risk nothing, and nothing else may be there.

  --payments N   in the month (10000)
  --seed N       the same sales and defects as in another run; each run prints its own
  --defect NAME  this defect alone, without the month
  --all-defects  every defect, without the month
  --json FILE    writes the checks there
  --keep         leaves the data folder and its logs behind, also when everything passed
  --help         this text

Exit codes: 0 all checks passed, 1 not.
`;

const args = process.argv.slice(2);

if (args.includes('--help') || args.includes('-h')) {
  process.stdout.write(usage);
} else {
  try {
    process.stdout.write('\nScantill month\n\n');
    await prepare({ command: 'npm run month-test', withBroker: true, withBuild: true });
    handOver('tools/month-test.ts', args);
  } catch (error) {
    failWith(error);
  }
}
