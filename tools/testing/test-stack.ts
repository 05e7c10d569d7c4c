import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { services } from '@scantill/contracts';
import { report, step } from '../bootstrap/progress.mjs';
import { runCrashTest } from '../crash/run.ts';
import { runFaultTest } from '../faults/run.ts';
import { DEFAULT_DATA_FOLDER, TEST_FOLDER_PREFIX, dataFolder, forget, type DataFolder } from '../stack/data-folder.ts';
import { databaseVariable, ensureDatabases } from '../stack/databases.ts';
import { lockFolder, unlockFolder } from '../stack/folder-lock.ts';
import { migrateAll } from '../stack/migrations.ts';
import { freePorts } from '../stack/ports.ts';
import { stopOrphans } from '../stack/process-records.ts';
import { startStack, type Stack } from '../stack/stack.ts';
import { runJest, type SpecPart } from './commands.ts';
import { chooseEngines, removeContainers } from './containers.ts';
import type { Step } from './checks.ts';
import { add } from './tally.ts';

const COMMAND = 'npm test';
/** Few, so that tests meet several keys on one partition. */
const PARTITIONS = 4;
/** As often as a source may be looked at. */
const FILES_EVERY_SECONDS = 5;
const SEED_MAX = 0xffff_ffff;
/** Side by side, each with databases of its own; more than the cores, because much of it is waiting. */
const SPEC_WORKERS = 3;
/** Those that hold a phone wait for codes that run out. */
const PHONE_LANE = '(wallet-page|till-http)';
/** They close Alipay's day, or plan what it does with whatever call comes next. */
const ALONE = '[.]alone[.]e2e[.]';

/** The one stack of a run. */
export interface TestStack {
  readonly steps: readonly Step[];
  /** Processes that ended without being asked to. */
  readonly died: readonly string[];
  /** Stops everything; `isKept` leaves data and logs behind. */
  stop(isKept: boolean): Promise<void>;
}

/** Starts the whole system on ports and in a folder of its own, and says what is to be run on it. */
export async function startTestStack(signal: AbortSignal): Promise<TestStack> {
  const folder = dataFolder(join(DEFAULT_DATA_FOLDER, `${TEST_FOLDER_PREFIX}run`));
  await forgetLastRun(folder);
  const died: string[] = [];
  const ports = await freePorts();
  const engines = await chooseEngines(folder, ports, process.env['SCANTILL_TEST_STACK']);
  try {
    const stack = await startStack({
      dataDir: folder.path, ports, command: COMMAND, partitions: PARTITIONS, filesEverySeconds: FILES_EVERY_SECONDS, databasePrefix: 'scantill_test', env: ownEnvironment(), engines, signal,
      onDeath: (name, how, logFile) => void died.push(`${name} ended by itself (${how}); its log is ${logFile}`),
    });
    return { steps: stepsOn(stack, await specEnvironment(stack)), died, stop: (isKept) => stop(folder, stack, isKept) };
  } catch (error) {
    await removeContainers(folder);
    throw error;
  }
}

function stepsOn(stack: Stack, env: NodeJS.ProcessEnv): Step[] {
  const endToEnd = async (lanes: readonly SpecPart[], signal: AbortSignal) => add(...await Promise.all(lanes.map((lane) => runJest('e2e', { env, workers: 1, ...lane }, signal))));
  return [
    { name: 'integration', run: (signal) => runJest('int', { env, workers: SPEC_WORKERS }, signal) },
    {
      name: 'end-to-end',
      run: async (signal) => add(await endToEnd([{ only: PHONE_LANE }, { except: `${PHONE_LANE}|${ALONE}` }], signal), await endToEnd([{ only: ALONE }], signal)),
    },
    { name: 'faults', run: async (signal) => (await Promise.race([runFaultTest(stack, { isShort: true, seed: randomInt(SEED_MAX) }), untilAborted(signal)])).tally() },
    { name: 'crash', run: async (signal) => (await Promise.race([runCrashTest(stack, { isShort: true, seed: randomInt(SEED_MAX) }), untilAborted(signal)])).tally() },
  ];
}

/** Specs get databases of their own: those of the running services change under their hands. */
async function specEnvironment({ folder, postgresUrl, brokers }: Stack): Promise<NodeJS.ProcessEnv> {
  const workers = Array.from({ length: SPEC_WORKERS }, (_, index) => String(index + 1));
  const variables: [name: string, url: string][] = [];
  await step('spec databases', { done: (applied: number) => `${applied} migrations applied` }, async () => {
    let applied = 0;
    for (const worker of workers) {
      const databaseUrls = await ensureDatabases(folder, {}, `specification_test_${worker}`, postgresUrl);
      applied += (await migrateAll(databaseUrls)).applied;
      variables.push(...services.map((service): [string, string] => [`${databaseVariable(service).replace('_DATABASE_', '_TEST_DATABASE_')}_${worker}`, databaseUrls[service]]));
    }
    return applied;
  });
  return { ...Object.fromEntries(variables), KAFKA_TEST_BROKERS: brokers.join(','), SCANTILL_TEST_DEMO_FILE: folder.demoFile, SCANTILL_TEST_STACK_FILE: folder.stackFile };
}

/** What a run that was killed left behind, processes included. */
async function forgetLastRun(folder: DataFolder): Promise<void> {
  lockFolder(folder, COMMAND);
  try {
    await stopOrphans(folder);
    await removeContainers(folder);
    forget(folder);
  } finally {
    unlockFolder(folder);
  }
}

async function stop(folder: DataFolder, stack: Stack, isKept: boolean): Promise<void> {
  await stack.stop((what) => report('stopping', what));
  await removeContainers(folder);
  if (isKept) return report('kept', `data and logs are in ${folder.path}`);
  rmSync(folder.path, { recursive: true, force: true });
  rmSync(folder.postgresElsewhere, { recursive: true, force: true });
}

/** Without what would point the run at a system that somebody else uses, or change what the specs expect of clock and customer. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^KAFKA_BROKERS$|_DATABASE_URL$|^SIMULATOR_|^CLOCK_/.test(name)));
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}
