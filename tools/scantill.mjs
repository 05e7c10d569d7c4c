import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { handOver } from './bootstrap/hand-over.mjs';
import { Problem, failWith } from './bootstrap/problem.mjs';
import { pinnedNode, repoRoot } from './bootstrap/run.mjs';

// Nothing is installed or built here: what it prints is read by scripts.
const isPrepared = existsSync(pinnedNode) && existsSync(join(repoRoot, 'libs', 'kernel', 'dist'));

if (isPrepared) handOver('tools/scantill/main.ts', process.argv.slice(2));
else failWith(new Problem('This checkout was not built yet: `npm start -- --once` does so.'));
