import { handOver } from './bootstrap/hand-over.mjs';
import { prepare } from './bootstrap/prepare.mjs';
import { failWith } from './bootstrap/problem.mjs';

try {
  await prepare({ command: 'npm run audit', withBroker: false, withBuild: true });
  handOver('tools/audit/audit.ts', process.argv.slice(2));
} catch (error) {
  failWith(error);
}
