import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { JAVA_MIN, hasDocker, javaCommand, javaVersion } from '../bootstrap/host-tools.mjs';
import { Problem } from '../bootstrap/problem.mjs';
import { ask, repoRoot, run } from '../bootstrap/run.mjs';
import { shortHash, type DataFolder } from './data-folder.ts';
import type { ProcessSpec } from './supervised.ts';
import { brokerAnswers } from './topics.ts';

export interface BrokerPorts {
  readonly port: number;
  readonly controllerPort: number;
}

const home = join(repoRoot, 'tools', 'kafka');
export const KAFKA_IMAGE = 'apache/kafka:4.3.1';

/** Small and quick to start; for load the JIT's second tier and more heap pay off. */
const JVM_SMALL = ['-Xms256m', '-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const JVM_LOAD = ['-Xms512m', '-Xmx512m', '-XX:+UseSerialGC'];
/** Statistics for tools that nobody attaches wake the machine twenty times a second. */
const JVM_COMMON = ['-XX:-UsePerfData', '-Xshare:auto', '-Djava.awt.headless=true', '-Dlog4j2.configurationFile=log4j2.properties', '-cp', 'libs/*'];

/** After a crash the broker reads its log segments before it answers. */
const READY_WITHIN_MS = 90_000;
const STOP_WITHIN_MS = 30_000;
const CLUSTER_ID_BYTES = 16;

/** Prepares a broker's files and says how to run it: on the host's Java, else in a container. */
export async function kafkaProcess(folder: DataFolder, ports: BrokerPorts, forLoad: boolean): Promise<ProcessSpec> {
  const clusterId = clusterIdOf(folder);
  const java = await javaVersion();
  if (java !== undefined && java >= JAVA_MIN && existsSync(join(home, 'libs'))) return javaBroker(folder, ports, clusterId, forLoad);
  if (await hasDocker()) return containerBroker(folder, ports, clusterId);
  throw new Problem(`No Kafka broker can run here: there is no Java ${JAVA_MIN} or later on PATH and no Docker engine answers. Install Java, or start Docker, or name a running broker in KAFKA_BROKERS.`);
}

async function javaBroker(folder: DataFolder, ports: BrokerPorts, clusterId: string, forLoad: boolean): Promise<ProcessSpec> {
  const files = join(folder.kafka, 'data');
  const settings = join(folder.kafka, 'server.properties');
  const values: Record<string, string> = { port: String(ports.port), controllerPort: String(ports.controllerPort), dataDir: files };
  const template = readFileSync(join(home, 'server.properties'), 'utf8');
  writeFileSync(settings, template.replace(/\$\{(\w+)\}/g, (all, name: string) => values[name] ?? all));
  if (!existsSync(join(files, 'meta.properties'))) await format(settings, files, clusterId);
  return {
    name: 'kafka',
    command: javaCommand(),
    args: [...(forLoad ? JVM_LOAD : JVM_SMALL), `-XX:ErrorFile=${join(folder.logs, 'kafka-crash-%p.log')}`, ...JVM_COMMON, 'kafka.Kafka', settings],
    env: javaEnvironment(),
    cwd: home,
    isReady: () => brokerAnswers([`127.0.0.1:${ports.port}`]),
    readyWithinMs: READY_WITHIN_MS,
    stopSignal: 'SIGTERM',
    stopWithinMs: STOP_WITHIN_MS,
  };
}

/** Without meta.properties there is nothing worth keeping: at most the remains of a format that broke off. */
async function format(settings: string, files: string, clusterId: string): Promise<void> {
  rmSync(files, { recursive: true, force: true });
  const args = [...JVM_SMALL, '-Xshare:auto', '-Dlog4j2.configurationFile=tools/kafka/log4j2.properties', '-cp', `${join(home, 'libs')}/*`, 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', settings, '--standalone'];
  await run(javaCommand(), args, { env: javaEnvironment(), what: 'Formatting the broker\'s storage' });
}

/** Options meant for other Java programs would be printed into our log, or change the heap. */
function javaEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LANG: 'C.UTF-8', TZ: 'UTC' };
}

async function containerBroker(folder: DataFolder, ports: BrokerPorts, clusterId: string): Promise<ProcessSpec> {
  const name = containerName(folder);
  // The one of a launcher that was killed.
  await ask('docker', ['rm', '-f', name], READY_WITHIN_MS);
  const env = containerEnvironment(ports.port, clusterId);
  return {
    name: 'kafka',
    command: 'docker',
    args: ['run', '--rm', '--name', name, '-p', `127.0.0.1:${ports.port}:${ports.port}`, '-v', `${name}:/var/lib/kafka/data`, ...Object.entries(env).flatMap(([key, value]) => ['-e', `${key}=${value}`]), KAFKA_IMAGE],
    env: process.env,
    cwd: repoRoot,
    isReady: () => brokerAnswers([`127.0.0.1:${ports.port}`]),
    // The image may have to be pulled first.
    readyWithinMs: 5 * READY_WITHIN_MS,
    stopSignal: 'SIGTERM',
    stopWithinMs: STOP_WITHIN_MS,
    forceStop: async () => void (await ask('docker', ['kill', name], STOP_WITHIN_MS)),
  };
}

/** A broker in the official image that is reached on this port of the host, and knows itself by the same one inside. */
export function containerEnvironment(port: number, clusterId: string): Record<string, string> {
  return {
    CLUSTER_ID: clusterId,
    KAFKA_NODE_ID: '1',
    KAFKA_PROCESS_ROLES: 'broker,controller',
    KAFKA_CONTROLLER_QUORUM_VOTERS: `1@127.0.0.1:${port + 1}`,
    KAFKA_LISTENERS: `PLAINTEXT://:${port},CONTROLLER://:${port + 1}`,
    KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
    KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    KAFKA_INTER_BROKER_LISTENER_NAME: 'PLAINTEXT',
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    KAFKA_LOG_DIRS: '/var/lib/kafka/data',
    ...commonSettings(),
  };
}

/** The settings of the embedded broker that do not name ports or folders, in the image's spelling. */
function commonSettings(): Record<string, string> {
  const named = /^(process\.roles|node\.id|controller\.|listeners|advertised\.|inter\.|listener\.|log\.dirs)/;
  const lines = readFileSync(join(home, 'server.properties'), 'utf8').split('\n').filter((line) => line.includes('=') && !line.startsWith('#') && !named.test(line));
  return Object.fromEntries(
    lines.map((line) => {
      const [key = '', value = ''] = line.split('=');
      return [`KAFKA_${key.toUpperCase().replaceAll('.', '_')}`, value];
    }),
  );
}

export function containerName(folder: DataFolder): string {
  return `scantill-kafka-${shortHash(folder.path)}`;
}

/** Forgets the broker's messages where a container kept them. */
export async function forgetContainerVolume(folder: DataFolder): Promise<void> {
  await ask('docker', ['volume', 'rm', '-f', containerName(folder)], STOP_WITHIN_MS);
}

export function newClusterId(): string {
  // A leading dash would be taken for an option.
  return randomBytes(CLUSTER_ID_BYTES).toString('base64url').replace(/^-/, 'A');
}

/** Made once: a broker refuses storage that belongs to another cluster. */
function clusterIdOf(folder: DataFolder): string {
  const file = join(folder.kafka, 'cluster-id');
  mkdirSync(folder.kafka, { recursive: true });
  if (!existsSync(file)) writeFileSync(file, newClusterId());
  return readFileSync(file, 'utf8').trim();
}
