import { handOver } from './bootstrap/hand-over.mjs';
import { prepare } from './bootstrap/prepare.mjs';
import { failWith } from './bootstrap/problem.mjs';

const usage = `npm start [-- --once] [-- --fresh]

Starts PostgreSQL, Kafka, the four services and the Alipay simulator on this machine, sells one order as proof,
prints the addresses, and stays up until Ctrl-C. Data lives in .data/ and survives.

  --once    stop after the proof; exit code 0 only if the order was placed, paid, told to the till and expected in the books
  --fresh   forget everything in .data/ first
  --help    this text

Environment: KAFKA_BROKERS or <SERVICE>_DATABASE_URL use a running broker or database instead of starting one;
<SERVICE>_PORT and the like move a port; SIMULATOR_PUBLIC_URL is what the QR code carries, so that a phone can reach it;
SCANTILL_WEBHOOK_URL registers a webhook endpoint for the demo chain; KAFKA_PARTITIONS (12) is used when topics are made.
`;

const known = new Set(['--once', '--fresh', '--help', '-h']);
const args = process.argv.slice(2);
const unknown = args.filter((arg) => !known.has(arg));

if (args.includes('--help') || args.includes('-h')) {
  process.stdout.write(usage);
} else if (unknown.length > 0) {
  process.stderr.write(`Unknown option ${unknown.join(' ')}.\n\n${usage}`);
  process.exitCode = 2;
} else {
  try {
    process.stdout.write('\nScantill\n\n');
    await prepare({ command: 'npm start', withBroker: true, withBuild: true });
    handOver('tools/launcher.ts', args);
  } catch (error) {
    failWith(error);
  }
}
