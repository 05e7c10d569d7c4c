import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../bootstrap/problem.mjs';
import { DEFAULT_DATA_FOLDER, TEST_FOLDER_PREFIX, dataFolder, forget } from '../stack/data-folder.ts';
import { lockFolder, unlockFolder } from '../stack/folder-lock.ts';
import { freePort, freePorts } from '../stack/ports.ts';
import { stopOrphans } from '../stack/process-records.ts';
import { processNames, type InspectPorts, type ProcessName } from '../stack/services.ts';
import { startStack, type Stack } from '../stack/stack.ts';
import { programOf } from './cpu.ts';

const COMMAND = 'npm run bench';
/** Beside the demo's data, which is left alone. */
export const folder = dataFolder(join(DEFAULT_DATA_FOLDER, `${TEST_FOLDER_PREFIX}bench`));
export const profilesFolder = join(folder.path, 'profiles');

/** Scans and confirms each code so long after its issue. */
const CONFIRM_AFTER_MS = '100';
/** Everything is measured on this machine, with real time: the caller's servers and clocks are not asked. */
const NOT_OURS = /^(KAFKA_BROKERS|POSTGRES_URL|CLOCK_.*|BIND_HOST|SIMULATOR_PUBLIC_URL)$|_DATABASE_URL$/;

export interface BenchStack {
  readonly stack: Stack;
  readonly inspectPorts: InspectPorts;
}

export interface BenchStackOptions {
  readonly withInspector: boolean;
  /** All of them unless said; then the CPU time of all is read. */
  readonly services?: readonly ProcessName[] | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly signal: AbortSignal;
  readonly onDeath: (name: string, how: string, logFile: string) => void;
}

/** A whole system that has sold nothing yet, as in production: commits reach the disk, the broker has memory and its full JIT, logs are quiet. */
export async function startBenchStack({ withInspector, services, env, signal, onDeath }: BenchStackOptions): Promise<BenchStack> {
  await forgetLastRun();
  const given = Object.entries(process.env).filter(([name]) => !NOT_OURS.test(name));
  const inspectPorts = withInspector ? await portPerProcess() : {};
  const stack = await startStack({
    dataDir: folder.path,
    ports: await freePorts(),
    command: COMMAND,
    env: { ...Object.fromEntries(given), LOG_LEVEL: 'warn', SIMULATOR_CONFIRM_AFTER_MS: CONFIRM_AFTER_MS, ...env },
    services,
    forLoad: true,
    inspectPorts,
    signal,
    onDeath,
  });
  const { kafka } = stack.pids();
  // Where a part of the system runs alone, nobody asks what the broker costs.
  if (services === undefined && (kafka === undefined || programOf(kafka) !== 'java')) {
    await stack.stop();
    throw new Problem('The broker runs in a container, where its CPU time cannot be read: install Java and Maven to run the benchmark.');
  }
  return { stack, inspectPorts };
}

/** Keeps logs and profiles to be read; the rest is some hundred megabytes that nobody needs. */
export function forgetBulk(): void {
  for (const path of [folder.kafka, folder.postgres, folder.postgresElsewhere, folder.files]) rmSync(path, { recursive: true, force: true });
}

async function forgetLastRun(): Promise<void> {
  lockFolder(folder, COMMAND);
  try {
    await stopOrphans(folder);
    forget(folder);
  } finally {
    unlockFolder(folder);
  }
}

async function portPerProcess(): Promise<InspectPorts> {
  const ports = new Set<number>();
  while (ports.size < processNames.length) ports.add(await freePort());
  return Object.fromEntries([...ports].map((port, index) => [processNames[index], port]));
}
