import { handOver } from './bootstrap/hand-over.mjs';
import { prepare } from './bootstrap/prepare.mjs';
import { failWith } from './bootstrap/problem.mjs';

const usage = `npm run fault-test [-- --only <scenario>] [-- --short] [-- --seed N] [-- --json FILE] [-- --keep]

Starts a system of its own (free ports, a fresh data folder below .data/), and lets Alipay, the network and the customers misbehave:

  notifications-dropped  no notification of 1,000 payments arrives
  inquiries-failing      no inquiry about 1,000 payments is answered
  both-failing           neither, for a while, and codes run out meanwhile: nothing may end until one is back
  concurrency            100 refunds of one payment at once; 50 starts of one order at once; 1,000 cancels that cross the payment
  late-money             customers pay after decline, expiry and cancel; a refund bounces
  outage                 Alipay is away for a minute under 100 orders/s: refusing, silent, answering 503

After each of them the five books and the invariants of the payment life are checked over its orders.

  --only     one of them
  --short    a few orders, and without both-failing, outage and what waits for an expiry, as in npm test
  --seed N   the same orders and moments as in another run; each run prints its own
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
    process.stdout.write('\nScantill fault test\n\n');
    await prepare({ command: 'npm run fault-test', withBroker: true, withBuild: true });
    handOver('tools/fault-test.ts', args);
  } catch (error) {
    failWith(error);
  }
}
