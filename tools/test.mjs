import { handOver } from './bootstrap/hand-over.mjs';
import { prepare } from './bootstrap/prepare.mjs';
import { failWith } from './bootstrap/problem.mjs';

const usage = `npm test [-- --only <step> ...]      npm run check

Runs every check and test; sets itself up like npm start, on ports and in a data folder of its own.

  --check   only what needs no database and no broker (npm run check)
  --only    only the steps named (see the headings of a run)
  --keep    leave the data folder and the logs in .data/ behind, also when everything passed

Environment: SCANTILL_TEST_STACK=embedded or containers decides where PostgreSQL and Kafka come from;
without it Testcontainers where a Docker engine and both images are at hand, else the embedded ones.
`;

const args = process.argv.slice(2);
const isCheck = args.includes('--check');

if (args.includes('--help') || args.includes('-h')) {
  process.stdout.write(usage);
} else {
  try {
    await prepare({ command: isCheck ? 'npm run check' : 'npm test', withBroker: !isCheck, withBuild: !isCheck });
    handOver('tools/test.ts', args);
  } catch (error) {
    failWith(error);
  }
}
