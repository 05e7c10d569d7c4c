import { join } from 'node:path';
import { repoRoot } from '../bootstrap/run.mjs';
import type { DataFolder } from './data-folder.ts';
import type { DatabaseUrls } from './databases.ts';
import { demoAlipay, demoFiles } from './demo.ts';
import { simulatorFolder } from './demo-sources.ts';
import type { Ports, PortVariable } from './ports.ts';
import type { ProcessSpec } from './supervised.ts';

/** What the processes need to know of the stack they run in. */
export interface Surroundings {
  readonly folder: DataFolder;
  readonly ports: Ports;
  readonly brokers: readonly string[];
  readonly databaseUrls: DatabaseUrls;
  readonly env: NodeJS.ProcessEnv;
  readonly inspectPorts?: InspectPorts | undefined;
}

/** Where a process opens Node's inspector once it gets SIGUSR1; until then nothing is open. */
export type InspectPorts = Readonly<Partial<Record<ProcessName, number>>>;

interface ProcessRow {
  /** The port whose /health/ready answers for it. */
  readonly health: PortVariable;
  readonly ports: readonly PortVariable[];
  readonly env: (at: Surroundings) => NodeJS.ProcessEnv;
}

/** Every process of the product: its ports and what it is told beyond them. */
export const processTable = {
  order: {
    health: 'ORDER_PRIVATE_PORT',
    ports: ['ORDER_PORT', 'ORDER_PRIVATE_PORT'],
    env: ({ folder, databaseUrls, ports }) => ({ ORDER_DATABASE_URL: databaseUrls.order, DIRECTORY_FILE: demoFiles(folder).directory, ...peerAddresses(ports) }),
  },
  'payment-gateway': {
    health: 'PAYMENT_GATEWAY_PRIVATE_PORT',
    ports: ['PAYMENT_GATEWAY_PORT', 'PAYMENT_GATEWAY_NOTIFY_PORT', 'PAYMENT_GATEWAY_PRIVATE_PORT'],
    env: ({ folder, databaseUrls, ports }) => ({
      PAYMENT_GATEWAY_DATABASE_URL: databaseUrls['payment-gateway'],
      PAYMENT_GATEWAY_ACCOUNTS_FILE: demoFiles(folder).accounts,
      PAYMENT_GATEWAY_EVIDENCE_KEY_FILE: demoFiles(folder).evidenceKey,
      ...serviceAddresses(ports),
    }),
  },
  notification: {
    health: 'NOTIFICATION_PRIVATE_PORT',
    ports: ['NOTIFICATION_PORT', 'NOTIFICATION_PRIVATE_PORT'],
    env: ({ databaseUrls }) => ({ NOTIFICATION_DATABASE_URL: databaseUrls.notification }),
  },
  reconciliation: {
    health: 'RECONCILIATION_PRIVATE_PORT',
    ports: ['RECONCILIATION_PORT', 'RECONCILIATION_PRIVATE_PORT'],
    env: ({ folder, databaseUrls }) => ({ RECONCILIATION_DATABASE_URL: databaseUrls.reconciliation, RECONCILIATION_FILES_DIR: join(folder.files, 'reconciliation'), RECONCILIATION_SOURCES_FILE: demoFiles(folder).sources }),
  },
  simulator: {
    health: 'SIMULATOR_PORT',
    ports: ['SIMULATOR_PORT', 'SIMULATOR_SFTP_PORT'],
    env: ({ folder, ports, env }) => ({
      SIMULATOR_PUBLIC_URL: env['SIMULATOR_PUBLIC_URL'] || `http://127.0.0.1:${ports.SIMULATOR_PORT}`,
      SIMULATOR_CLIENT_ID: demoAlipay.clientId,
      SIMULATOR_CUSTOMER_ID: demoAlipay.customerId,
      SIMULATOR_MERCHANT_PUBLIC_KEY_FILE: demoFiles(folder).merchantPublicKey,
      SIMULATOR_ALIPAY_PRIVATE_KEY_FILE: demoFiles(folder).alipayPrivateKey,
      SIMULATOR_ACCOUNTS_FILE: demoFiles(folder).simulatorAccounts,
      SIMULATOR_DATA_DIR: simulatorFolder(folder),
      SIMULATOR_SFTP_USERS_FILE: demoFiles(folder).sftpUsers,
    }),
  },
} as const satisfies Record<string, ProcessRow>;

export type ProcessName = keyof typeof processTable;
export const processNames = Object.keys(processTable) as ProcessName[];

/**
 * A batch and its rows die young: with room for a few batches they are never copied. Reconciliation reads files of any size, whose rows would fill that
 * room all the time; what little of them outlives it is cleared up before it is much (in MB), and all its memory is looked through when that and the buffers of files are
 * much together, not for each 32 MB that come over the network.
 */
const nodeFlags = (name: ProcessName): string[] => ['--enable-source-maps', ...(name === 'reconciliation' ? ['--max-semi-space-size=8', '--initial-old-space-size=64', '--external-memory-accounted-in-global-limit'] : ['--max-semi-space-size=32'])];
/** A service must answer its health check within this, on a small machine that starts five of them at once. */
const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 20_000;
const HEALTH_TIMEOUT_MS = 2_000;

/** What other parties are told of our addresses: the URL that Alipay notifies. */
export function serviceAddresses(ports: Ports): NodeJS.ProcessEnv {
  return { PAYMENT_GATEWAY_NOTIFY_URL: `http://127.0.0.1:${ports.PAYMENT_GATEWAY_NOTIFY_PORT}/alipay/notify` };
}

/** Where order asks for the other parts of a time line. */
function peerAddresses(ports: Ports): NodeJS.ProcessEnv {
  const at = (port: number): string => `http://127.0.0.1:${port}`;
  return { PAYMENT_GATEWAY_URL: at(ports.PAYMENT_GATEWAY_PORT), NOTIFICATION_URL: at(ports.NOTIFICATION_PORT), RECONCILIATION_URL: at(ports.RECONCILIATION_PORT) };
}

/** @param instance 1 for the first; the second and later carry their number in their name */
export function serviceProcess(name: ProcessName, at: Surroundings, instance = 1): ProcessSpec {
  const row: ProcessRow = processTable[name];
  const health = `http://127.0.0.1:${at.ports[row.health]}/health/ready`;
  const inspectPort = at.inspectPorts?.[name];
  return {
    name: instance === 1 ? name : `${name}-${instance}`,
    command: process.execPath,
    args: [...(inspectPort === undefined ? [] : [`--inspect-port=127.0.0.1:${inspectPort}`]), ...nodeFlags(name), join('apps', name, 'dist', 'main.js')],
    env: {
      ...inherited(at.env),
      SCANTILL_ENV: 'development',
      KAFKA_BROKERS: at.brokers.join(','),
      DIRECTORY_KEY_FILE: demoFiles(at.folder).directoryKey,
      ...Object.fromEntries(row.ports.map((variable) => [variable, String(at.ports[variable])])),
      ...row.env(at),
    },
    cwd: repoRoot,
    isReady: async () => (await fetch(health, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) })).ok,
    readyWithinMs: READY_WITHIN_MS,
    stopSignal: 'SIGTERM',
    stopWithinMs: STOP_WITHIN_MS,
  };
}

/** The caller's tuning goes through (log level, business clock, pool sizes); what npm and other services are told does not. */
function inherited(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(npm_|NODE_|INIT_CWD$)|_DATABASE_URL$|_SECRET$|_TOKEN$/.test(name)));
}
