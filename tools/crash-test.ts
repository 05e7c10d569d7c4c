import { randomInt } from 'node:crypto';
import { Command, Option } from 'commander';
import { parts, runCrashTest, type Part } from './crash/run.ts';
import { runOnOwnStack, SEED_MAX, seedOf } from './testing/own-stack.ts';

const COMMAND = 'npm run crash-test';

interface Options {
  readonly only?: Part;
  readonly short: boolean;
  readonly seed: number;
  readonly json?: string;
  readonly keep: boolean;
}

const { only, short: isShort, seed, json, keep: isKept } = new Command(COMMAND)
  .addOption(new Option('--only <part>').choices(parts))
  .option('--short', '', false)
  .option('--seed <n>', '', seedOf, randomInt(SEED_MAX))
  .option('--json <file>')
  .option('--keep', '', false)
  .parse()
  .opts<Options>();

process.exit(await runOnOwnStack({ name: 'crash', command: COMMAND, env: {}, isKept, json, about: { seed, isShort }, test: (stack) => runCrashTest(stack, { only, isShort, seed }) }));
