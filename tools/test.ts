import { Command, Option } from 'commander';
import { Problem } from './bootstrap/problem.mjs';
import { report, step } from './bootstrap/progress.mjs';
import { onStopSignal } from './stop-signals.ts';
import { checkGroups, type Step } from './testing/checks.ts';
import { ensureOpenSsh } from './testing/open-ssh.ts';
import { oneFailed, printSummary, tallyText, type Tally } from './testing/tally.ts';

const EXIT_INTERRUPTED = 130;
const checks = checkGroups.flat(2).map(({ name }) => name);
const onStack = ['integration', 'end-to-end', 'faults', 'crash'];

interface Options {
  readonly check: boolean;
  readonly only?: readonly string[];
  readonly keep: boolean;
}

const { check: isCheck, only, keep: isKept } = new Command('npm test')
  .option('--check', '', false)
  .addOption(new Option('--only <step...>').choices([...checks, ...onStack]))
  .option('--keep', '', false)
  .parse()
  .opts<Options>();

const asked = new AbortController();
const tallies = new Map<string, Tally>();
const wanted = (name: string): boolean => (only === undefined || only.includes(name)) && !(isCheck && onStack.includes(name));

onStopSignal({
  first: () => asked.abort(new Problem('stopped before the end')),
  again: () => report('stopping', 'press Ctrl-C once more to leave at once'),
  last: () => process.exit(EXIT_INTERRUPTED),
});
for (const group of checkGroups) await Promise.all(group.map((lane) => inOrder(lane)));
if (onStack.some(wanted)) await runOnStack();
const hasPassed = printSummary(tallies);
process.exit(asked.signal.aborted ? EXIT_INTERRUPTED : hasPassed ? 0 : 1);

async function inOrder(steps: readonly Step[]): Promise<void> {
  for (const each of steps) if (wanted(each.name)) tallies.set(each.name, await perform(each));
}

async function perform({ name, run }: Step): Promise<Tally> {
  if (asked.signal.aborted) return oneFailed('not run');
  return step(name, { doing: 'running', done: tallyText }, () => run(asked.signal).catch((error: unknown) => oneFailed(reasonOf(error))));
}

async function runOnStack(): Promise<void> {
  if (asked.signal.aborted) return;
  if (wanted('integration')) await ensureOpenSsh();
  // Loaded only now: it runs on the built libraries, which the checks do without.
  const { startTestStack } = await import('./testing/test-stack.ts');
  const stack = await startTestStack(asked.signal).catch((error: unknown) => void tallies.set('stack', oneFailed(`did not start: ${reasonOf(error)}`)));
  if (stack === undefined) return;
  try {
    await inOrder(stack.steps);
  } finally {
    if (stack.died.length > 0) tallies.set('stack', { passed: 0, failed: stack.died.length, skipped: 0, failures: stack.died });
    const isClean = [...tallies.values()].every(({ failed, skipped }) => failed + skipped === 0);
    await stack.stop(isKept || !isClean);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Problem ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error);
}
