import { randomInt } from 'node:crypto';
import { Command, Option } from 'commander';
import { FAULT_ENVIRONMENT, runFaultTest, scenarios, type Scenario } from './faults/run.ts';
import { runOnOwnStack, SEED_MAX, seedOf } from './testing/own-stack.ts';

const COMMAND = 'npm run fault-test';

interface Options {
  readonly only?: Scenario;
  readonly short: boolean;
  readonly seed: number;
  readonly json?: string;
  readonly keep: boolean;
}

const { only, short: isShort, seed, json, keep: isKept } = new Command(COMMAND)
  .addOption(new Option('--only <scenario>').choices(scenarios))
  .option('--short', '', false)
  .option('--seed <n>', '', seedOf, randomInt(SEED_MAX))
  .option('--json <file>')
  .option('--keep', '', false)
  .parse()
  .opts<Options>();

process.exit(await runOnOwnStack({ name: 'fault', command: COMMAND, env: FAULT_ENVIRONMENT, isKept, json, about: { seed, isShort }, test: (stack) => runFaultTest(stack, { only, isShort, seed }) }));
