import { randomInt } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { Problem, tell } from './bootstrap/problem.mjs';
import { report } from './bootstrap/progress.mjs';
import { parts, runCrashTest, type Part } from './crash/run.ts';
import { DEFAULT_DATA_FOLDER, TEST_FOLDER_PREFIX, dataFolder } from './stack/data-folder.ts';
import { freePorts } from './stack/ports.ts';
import { startStack, type Stack } from './stack/stack.ts';
import { onStopSignal } from './stop-signals.ts';
import { printSummary } from './testing/tally.ts';

const COMMAND = 'npm run crash-test';
const SEED_MAX = 0xffff_ffff;
const EXIT_INTERRUPTED = 130;

interface Options {
  readonly only?: Part;
  readonly short: boolean;
  readonly seed: number;
  readonly json?: string;
  readonly keep: boolean;
}

const options = new Command(COMMAND)
  .addOption(new Option('--only <part>').choices(parts))
  .option('--short', '', false)
  .option('--seed <n>', '', seedOf, randomInt(SEED_MAX))
  .option('--json <file>')
  .option('--keep', '', false)
  .parse()
  .opts<Options>();

const folder = dataFolder(join(DEFAULT_DATA_FOLDER, `${TEST_FOLDER_PREFIX}crash-${process.pid}`));
const asked = new AbortController();
const died: string[] = [];
let stack: Stack | undefined;

onStopSignal({
  first: () => asked.abort(new Problem('Stopped before the end.')),
  again: () => report('stopping', 'press Ctrl-C once more to kill what is left'),
  last: () => {
    for (const pid of Object.values(stack?.pids() ?? {})) process.kill(pid, 'SIGKILL');
    process.exit(EXIT_INTERRUPTED);
  },
});
process.exit(await run());

/** @returns the exit code */
async function run(): Promise<number> {
  let hasPassed = false;
  try {
    stack = await startStack({
      dataDir: folder.path,
      ports: await freePorts(),
      command: COMMAND,
      databasePrefix: 'crash_test',
      env: ownEnvironment(),
      signal: asked.signal,
      onDeath: (name, how, logFile) => void died.push(`${name} ended by itself (${how}); its log is ${logFile}`),
    });
    hasPassed = await test(stack);
  } catch (error) {
    tell(error);
  } finally {
    await stack?.stop();
    if (hasPassed && !options.keep) forgetRun();
    else report('kept', folder.path);
  }
  return hasPassed ? 0 : asked.signal.aborted ? EXIT_INTERRUPTED : 1;
}

async function test(running: Stack): Promise<boolean> {
  const { only, short: isShort, seed, json } = options;
  const untilAsked = new Promise<never>((_, reject) => asked.signal.addEventListener('abort', () => reject(asked.signal.reason as Error), { once: true }));
  const checks = await Promise.race([runCrashTest(running, { only, isShort, seed }), untilAsked]);
  checks.none('end', 'no process ended but those that were killed', died);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ seed, isShort, checks: checks.all }, null, 2)}\n`);
  return printSummary(new Map([['crash-test', checks.tally()]]));
}

/** Without what would point it at a system that somebody else uses, or let codes be paid that nobody shall pay. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^KAFKA_BROKERS$|_DATABASE_URL$|^SIMULATOR_CONFIRM_AFTER_MS$/.test(name)));
}

function forgetRun(): void {
  rmSync(folder.path, { recursive: true, force: true });
  rmSync(folder.postgresElsewhere, { recursive: true, force: true });
}

function seedOf(text: string): number {
  const seed = Number(text);
  if (!Number.isInteger(seed) || seed < 0 || seed > SEED_MAX) throw new InvalidArgumentError(`A whole number from 0 to ${SEED_MAX}.`);
  return seed;
}
