import { join } from 'node:path';
import { Command } from 'commander';
import { failWith } from './bootstrap/problem.mjs';
import { demoTarget, sellOneOrder } from './proof.ts';
import { DEFAULT_DATA_FOLDER } from './stack/data-folder.ts';
import { readDemo } from './stack/demo.ts';

interface Options {
  readonly demoFile: string;
  readonly orderUrl?: string;
  readonly notificationUrl?: string;
  readonly reconciliationUrl?: string;
  readonly simulatorUrl?: string;
}

/** Sells one order through a system that runs already, wherever it runs. */
const program = new Command('prove')
  .description('sells one order through a running system; exits 0 only if it was placed, paid, told to the till and expected in the books')
  .option('--demo-file <file>', 'addresses and keys, as npm start writes them', join(DEFAULT_DATA_FOLDER, 'demo.json'))
  .option('--order-url <url>', 'instead of the one in the file')
  .option('--notification-url <url>', 'likewise')
  .option('--reconciliation-url <url>', 'likewise')
  .option('--simulator-url <url>', 'likewise')
  .parse();

const { demoFile, ...urls } = program.opts<Options>();
await sellOneOrder({ ...demoTarget(readDemo(demoFile)), ...urls }).catch(failWith);
