import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { Problem, tell } from '../bootstrap/problem.mjs';
import { report } from '../bootstrap/progress.mjs';
import type { Checks } from '../crash/checks.ts';
import { DEFAULT_DATA_FOLDER, TEST_FOLDER_PREFIX, dataFolder, type DataFolder } from '../stack/data-folder.ts';
import { freePorts } from '../stack/ports.ts';
import type { ProcessName } from '../stack/services.ts';
import { startStack, type Stack } from '../stack/stack.ts';
import { onStopSignal } from '../stop-signals.ts';
import { printSummary } from './tally.ts';

export interface OwnStackRun {
  /** Of the test, and of its data folder and databases. */
  readonly name: string;
  readonly command: string;
  /** What the processes need beyond the caller's environment. */
  readonly env: NodeJS.ProcessEnv;
  /** Leaves data and logs behind, also when everything passed. */
  readonly isKept: boolean;
  readonly json: string | undefined;
  /** Written to the JSON file beside the checks. */
  readonly about: Readonly<Record<string, unknown>>;
  /** Which processes are started; all of them unless said. */
  readonly services?: readonly ProcessName[] | undefined;
  readonly test: (stack: Stack) => Promise<Checks>;
}

export const SEED_MAX = 0xffff_ffff;
const EXIT_INTERRUPTED = 130;

/** Runs a test on a system of its own: free ports, a fresh data folder. Ctrl-C stops it in order. @returns the exit code */
export async function runOnOwnStack(run: OwnStackRun): Promise<number> {
  const { name, command, env, isKept, services } = run;
  const folder = dataFolder(join(DEFAULT_DATA_FOLDER, `${TEST_FOLDER_PREFIX}${name}-${process.pid}`));
  const asked = new AbortController();
  const died: string[] = [];
  let stack: Stack | undefined;
  let hasPassed = false;
  onStopSignal({
    first: () => asked.abort(new Problem('Stopped before the end.')),
    again: () => report('stopping', 'press Ctrl-C once more to kill what is left'),
    last: () => {
      for (const pid of Object.values(stack?.pids() ?? {})) process.kill(pid, 'SIGKILL');
      process.exit(EXIT_INTERRUPTED);
    },
  });
  try {
    stack = await startStack({
      dataDir: folder.path,
      ports: await freePorts(),
      command,
      databasePrefix: `${name}_test`,
      env: { ...ownEnvironment(), ...env },
      services,
      signal: asked.signal,
      onDeath: (process, how, logFile) => void died.push(`${process} ended by itself (${how}); its log is ${logFile}`),
    });
    hasPassed = await test(run, { stack, died, signal: asked.signal });
  } catch (error) {
    tell(error);
  } finally {
    await stack?.stop();
    if (hasPassed && !isKept) forgetRun(folder);
    else report('kept', folder.path);
  }
  return hasPassed ? 0 : asked.signal.aborted ? EXIT_INTERRUPTED : 1;
}

/** For Commander. */
export function seedOf(text: string): number {
  const seed = Number(text);
  if (!Number.isInteger(seed) || seed < 0 || seed > SEED_MAX) throw new InvalidArgumentError(`A whole number from 0 to ${SEED_MAX}.`);
  return seed;
}

async function test({ name, json, about, test: make }: OwnStackRun, { stack, died, signal }: { readonly stack: Stack; readonly died: readonly string[]; readonly signal: AbortSignal }): Promise<boolean> {
  const untilAsked = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));
  const checks = await Promise.race([make(stack), untilAsked]);
  checks.none('end', 'no process ended but those that were killed', died);
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ ...about, checks: checks.all }, null, 2)}\n`);
  return printSummary(new Map([[`${name}-test`, checks.tally()]]));
}

/** Without what would point it at a system that somebody else uses, or let codes be paid that nobody shall pay. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^KAFKA_BROKERS$|_DATABASE_URL$|^SIMULATOR_CONFIRM_AFTER_MS$/.test(name)));
}

function forgetRun(folder: DataFolder): void {
  rmSync(folder.path, { recursive: true, force: true });
  rmSync(folder.postgresElsewhere, { recursive: true, force: true });
}
