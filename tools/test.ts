import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { Command, Option } from 'commander';
import { nxEnvironment } from './bootstrap/build.mjs';
import { Problem, tell } from './bootstrap/problem.mjs';
import { report, step } from './bootstrap/progress.mjs';
import { runCrashTest } from './crash/run.ts';
import { onStopSignal } from './stop-signals.ts';
import { runCheck, runJest } from './testing/commands.ts';
import { oneFailed, printSummary, type Tally } from './testing/tally.ts';
import { folder, forgetTestStack, startTestStack, type TestStack } from './testing/test-stack.ts';

const EXIT_INTERRUPTED = 130;
const SEED_MAX = 0xffff_ffff;
const TSC = 'node_modules/typescript/bin/tsc';

const asked = new AbortController();
const { signal } = asked;
const check = (...args: string[]) => () => runCheck(args, nxEnvironment(), signal);

/** Needs neither database nor broker. Two lanes side by side, each in order. */
const lanes: readonly Readonly<Record<string, () => Promise<Tally>>>[] = [
  { lint: check('node_modules/nx/dist/bin/nx.js', 'run-many', '-t', 'lint', '--output-style=static', '--parallel=1'), probes: check('tools/probes/run.ts') },
  {
    types: check(TSC, '-p', 'tsconfig.json'),
    'types of tools': check(TSC, '-p', 'tools/tsconfig.json'),
    contracts: check('tools/contracts/generate.ts', '--check'),
    unit: () => runJest('unit', { env: {}, inBand: false }, signal),
  },
];
/** One after the other, on the one stack. The last part kills its processes. */
const onTheStack: Readonly<Record<string, (at: TestStack) => Promise<Tally>>> = {
  integration: ({ env }) => runJest('int', { env, inBand: true }, signal),
  'end-to-end': ({ env }) => runJest('e2e', { env, inBand: true }, signal),
  crash: async ({ stack }) => (await runCrashTest(stack, { isShort: true, seed: randomInt(SEED_MAX) })).tally(),
};
const names = [...lanes.flatMap((lane) => Object.keys(lane)), ...Object.keys(onTheStack)];

const options = new Command('npm test --')
  .option('--check', '', false)
  .addOption(new Option('--only <step...>').choices(names))
  .option('--keep', '', false)
  .parse()
  .opts<{ readonly check: boolean; readonly only?: readonly string[]; readonly keep: boolean }>();
const isWanted = (name: string): boolean => options.only?.includes(name) ?? true;

const tallies = new Map<string, Tally>();
const died: string[] = [];
let running: TestStack | undefined;

onStopSignal({
  first: () => asked.abort(new Problem('Stopped before the end.')),
  again: () => report('stopping', 'press Ctrl-C once more to kill what is left'),
  last: () => {
    for (const pid of Object.values(running?.stack.pids() ?? {})) process.kill(pid, 'SIGKILL');
    process.exit(EXIT_INTERRUPTED);
  },
});
process.exit(await run());

/** @returns the exit code */
async function run(): Promise<number> {
  await Promise.all(lanes.map(async (lane) => {
    for (const [name, work] of Object.entries(lane)) await runStep(name, work);
  }));
  if (!options.check && Object.keys(onTheStack).some(isWanted)) await runOnTheStack();
  const hasPassed = !signal.aborted && printSummary(tallies);
  return hasPassed ? 0 : signal.aborted ? EXIT_INTERRUPTED : 1;
}

async function runStep(name: string, work: () => Promise<Tally>): Promise<void> {
  if (!isWanted(name) || signal.aborted) return;
  const words = { done: ({ passed, failed, skipped }: Tally) => `${failed === 0 ? 'passed' : 'FAILED'} (${passed} passed, ${failed} failed, ${skipped} skipped)` };
  const untilAsked = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));
  tallies.set(name, await step(name, words, () => Promise.race([work(), untilAsked])).catch((error: unknown) => oneFailed(error instanceof Error ? error.message : String(error))));
}

async function runOnTheStack(): Promise<void> {
  let hasPassed = false;
  try {
    running = await startTestStack('npm test', signal, (name, how, logFile) => void died.push(`${name} ended by itself (${how}); its log is ${logFile}`));
    for (const [name, work] of Object.entries(onTheStack)) await runStep(name, () => work(running as TestStack));
    if (died.length > 0) tallies.set('processes', { passed: 0, failed: died.length, skipped: 0, failures: died });
    hasPassed = [...tallies.values()].every(({ failed, skipped }) => failed + skipped === 0);
  } catch (error) {
    tell(error);
    tallies.set('stack', oneFailed('it did not start'));
  } finally {
    await running?.stack.stop();
    if (existsSync(folder.path)) forgetTestStack(options.keep || !hasPassed);
  }
}
