import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { handOver } from './bootstrap/hand-over.mjs';
import { prepare } from './bootstrap/prepare.mjs';
import { failWith } from './bootstrap/problem.mjs';
import { repoRoot } from './bootstrap/run.mjs';

/** What the audit imports. The running system was built from here as a rule; building again below its feet would serve nobody. */
const built = join(repoRoot, 'libs', 'contracts', 'dist', 'index.js');

try {
  await prepare({ command: 'npm run audit', withBroker: false, withBuild: !existsSync(built) });
  handOver('tools/audit/audit.ts', process.argv.slice(2));
} catch (error) {
  failWith(error);
}
