import { randomInt } from 'node:crypto';
import { Command, InvalidArgumentError, Option } from 'commander';
import { defectNames, type DefectName } from './month/defects.ts';
import { runMonthTest } from './month/run.ts';
import { runOnOwnStack, SEED_MAX, seedOf } from './testing/own-stack.ts';

const COMMAND = 'npm run month-test';
const PAYMENTS_MAX = 200_000;

interface Options {
  readonly payments: number;
  readonly seed: number;
  readonly defect?: DefectName;
  readonly allDefects: boolean;
  readonly json?: string;
  readonly keep: boolean;
}

const { payments, seed, defect, allDefects, json, keep: isKept } = new Command(COMMAND)
  .option('--payments <n>', '', paymentsOf, 10_000)
  .option('--seed <n>', '', seedOf, randomInt(SEED_MAX))
  .addOption(new Option('--defect <name>').choices(defectNames))
  .option('--all-defects', '', false)
  .option('--json <file>')
  .option('--keep', '', false)
  .parse()
  .opts<Options>();

const withMonth = defect === undefined && !allDefects;
const planted = defect === undefined ? defectNames : [defect];
process.exit(await runOnOwnStack({
  name: 'month', command: COMMAND, env: {}, isKept, json, about: { seed, payments: withMonth ? payments : 0, defects: planted }, services: [],
  test: (stack) => runMonthTest(stack, { seed, payments: withMonth ? payments : 0, defects: planted }),
}));

function paymentsOf(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > PAYMENTS_MAX) throw new InvalidArgumentError(`A whole number from 1 to ${PAYMENTS_MAX}.`);
  return number;
}
