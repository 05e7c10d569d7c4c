import { services, type Service } from '@scantill/contracts';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { report } from '../bootstrap/progress.mjs';
import { DEFAULT_DATA_FOLDER, TEST_FOLDER_PREFIX, dataFolder } from '../stack/data-folder.ts';
import { databaseVariable, ensureDatabases } from '../stack/databases.ts';
import { migrateAll } from '../stack/migrations.ts';
import { freePorts } from '../stack/ports.ts';
import { adminUrl } from '../stack/postgres.ts';
import { startStack, type Stack } from '../stack/stack.ts';
import { chooseEngines } from './containers.ts';

/** Few, so that tests meet several keys on one partition. */
const PARTITIONS = 4;

export const folder = dataFolder(join(DEFAULT_DATA_FOLDER, `${TEST_FOLDER_PREFIX}${process.pid}`));

export interface TestStack {
  readonly stack: Stack;
  /** What integration and end-to-end specifications are told. */
  readonly env: NodeJS.ProcessEnv;
}

/** The one stack of the run, on free ports, and beside it databases of their own for specifications that empty them. */
export async function startTestStack(command: string, signal: AbortSignal, onDeath: (name: string, how: string, logFile: string) => void): Promise<TestStack> {
  const ports = await freePorts();
  const engines = await chooseEngines(ports, process.env['SCANTILL_TEST_STACK']);
  let stack: Stack;
  try {
    stack = await startStack({ dataDir: folder.path, ports, command, databasePrefix: 'scantill_test', partitions: PARTITIONS, env: ownEnvironment(), engines, signal, onDeath });
  } catch (error) {
    await Promise.allSettled([engines?.postgres?.process.stop(), engines?.kafka?.process.stop()]);
    throw error;
  }
  const admin = engines?.postgres?.adminUrl ?? stack.postgresUrl ?? adminUrl(ports.POSTGRES_PORT, '');
  const emptied = await ensureDatabases(folder, {}, 'specification_test', admin);
  await migrateAll(emptied);
  return {
    stack,
    env: {
      ...Object.fromEntries(services.map((service) => [testVariable(service), emptied[service]])),
      KAFKA_TEST_BROKERS: stack.brokers.join(','),
      SCANTILL_TEST_DEMO_FILE: folder.demoFile,
      SCANTILL_TEST_STACK_FILE: folder.stackFile,
    },
  };
}

/** `ORDER_TEST_DATABASE_URL` and so on. */
function testVariable(service: Service): string {
  return databaseVariable(service).replace('_DATABASE_URL', '_TEST_DATABASE_URL');
}

/** Without what would point the run at a system that somebody else uses. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^KAFKA_BROKERS$|_DATABASE_URL$|^SIMULATOR_|^CLOCK_/.test(name)));
}

export function forgetTestStack(isKept: boolean): void {
  if (isKept) return report('kept', folder.path);
  rmSync(folder.path, { recursive: true, force: true });
  rmSync(folder.postgresElsewhere, { recursive: true, force: true });
}
