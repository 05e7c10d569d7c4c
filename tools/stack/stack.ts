import { mkdirSync } from 'node:fs';
import { report, step } from '../bootstrap/progress.mjs';
import { lockFolder, unlockFolder } from './folder-lock.ts';
import { dataFolder, forgetStranded, writePrivately, type DataFolder } from './data-folder.ts';
import { ensureDatabases, servicesWithoutDatabase, type DatabaseUrls } from './databases.ts';
import { describeDemo, registerDemo } from './demo.ts';
import { kafkaProcess } from './kafka.ts';
import { migrateAll } from './migrations.ts';
import { freePort, refuseTakenPorts, type PortVariable, type Ports } from './ports.ts';
import { adminUrl, postgresProcess } from './postgres.ts';
import { stopOrphans } from './process-records.ts';
import { password, secretsOf } from './secrets.ts';
import { processNames, processTable, serviceAddresses, serviceProcess, type InspectPorts, type ProcessName, type Surroundings } from './services.ts';
import { supervise, type ProcessSpec, type Supervised } from './supervised.ts';
import { PARTITIONS_DEFAULT, ensureTopics } from './topics.ts';

/** A database server or broker that somebody else started, a container for instance. */
export interface Engines {
  readonly postgres?: { readonly adminUrl: string; readonly process: Supervised } | undefined;
  readonly kafka?: { readonly brokers: readonly string[]; readonly process: Supervised } | undefined;
}

export interface StackOptions {
  readonly dataDir: string;
  readonly ports: Ports;
  /** The command that runs the stack, named to whoever finds the folder in use. */
  readonly command: string;
  readonly partitions?: number | undefined;
  /** Which processes to start; all of them by default. */
  readonly services?: readonly ProcessName[] | undefined;
  /** Passed on to the processes; `KAFKA_BROKERS` and `<SERVICE>_DATABASE_URL` in it are used instead of starting our own. */
  readonly env: NodeJS.ProcessEnv;
  /** Databases are named `<prefix>_<service>`; in tests it must hold the word `test`. */
  readonly databasePrefix?: string | undefined;
  readonly engines?: Engines | undefined;
  /** A broker with more memory and the full JIT, for benchmarks. */
  readonly forLoad?: boolean | undefined;
  readonly inspectPorts?: InspectPorts | undefined;
  readonly webhookUrl?: string | undefined;
  /** How often reconciliation looks for Alipay's files. */
  readonly filesEverySeconds?: number | undefined;
  /** Gives the start up. */
  readonly signal?: AbortSignal | undefined;
  /** Hears of a process that ended without being asked to. */
  readonly onDeath?: ((name: string, how: string, logFile: string) => void) | undefined;
}

export interface Stack {
  readonly folder: DataFolder;
  readonly ports: Ports;
  readonly urls: Readonly<Record<ProcessName, string>>;
  readonly brokers: readonly string[];
  readonly databaseUrls: DatabaseUrls;
  /** The administrator's URL, when the server is ours. */
  readonly postgresUrl: string | undefined;
  /** Process ids by name: `postgres`, `kafka`, the services, and further instances as `<service>-2`. */
  pids(): Readonly<Record<string, number>>;
  kill(name: string, signal: NodeJS.Signals): Promise<void>;
  /** Starts it again, stopping it first if it runs; resolves when it is ready. */
  restart(name: string): Promise<void>;
  /** Starts one more process of a service, on free ports, and returns its name. */
  addInstance(service: ProcessName): Promise<string>;
  /** Where a further instance answers. */
  urlOf(instance: string): string;
  /** Stops everything in order and frees the folder. `say` hears what is being waited for. */
  stop(say?: (what: string) => void): Promise<void>;
}

/**
 * Starts whatever is not given, in order, and returns when every process is ready.
 * On failure, or when `options.signal` aborts, nothing is left running.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const folder = dataFolder(options.dataDir);
  mkdirSync(folder.path, { recursive: true });
  lockFolder(folder, options.command);
  const run: Running = { options, folder, members: new Map() };
  try {
    const orphans = await stopOrphans(folder);
    if (orphans.length > 0) report('left behind', `stopped ${orphans.join(', ')} of a launcher that was killed`);
    await refuseTakenPorts(portsToTake(options), options.env['BIND_HOST'] || '127.0.0.1');
    forgetStranded(folder);
    const at = await prepareEngines(run);
    const names = options.services ?? processNames;
    await untilAborted(options, Promise.all(names.map((name) => startService(run, name, at))));
    return started(run, at);
  } catch (error) {
    await stopMembers(run);
    unlockFolder(folder);
    throw error;
  }
}

/** A stack that is being started or runs. */
interface Running {
  readonly options: StackOptions;
  readonly folder: DataFolder;
  readonly members: Map<string, Supervised>;
}

interface Prepared extends Surroundings {
  readonly postgresUrl: string | undefined;
}

function portsToTake({ ports, services, env, engines }: StackOptions): Partial<Ports> {
  const wanted: PortVariable[] = (services ?? processNames).flatMap((name) => [...processTable[name].ports]);
  if (!env['KAFKA_BROKERS'] && engines?.kafka === undefined) wanted.push('KAFKA_PORT', 'KAFKA_CONTROLLER_PORT');
  if (servicesWithoutDatabase(env).length > 0 && engines?.postgres === undefined) wanted.push('POSTGRES_PORT');
  return Object.fromEntries(wanted.map((variable) => [variable, ports[variable]]));
}

async function prepareEngines(run: Running): Promise<Prepared> {
  const { ports, env, webhookUrl, filesEverySeconds, inspectPorts } = run.options;
  const [data, broker] = await Promise.allSettled([preparePostgres(run), prepareKafka(run)]);
  if (data.status === 'rejected') throw data.reason;
  if (broker.status === 'rejected') throw broker.reason;
  registerDemo(run.folder, { url: `http://127.0.0.1:${ports.SIMULATOR_PORT}`, sftpPort: ports.SIMULATOR_SFTP_PORT, filesEverySeconds }, webhookUrl);
  return { folder: run.folder, ports, brokers: broker.value, env, inspectPorts, ...data.value };
}

async function preparePostgres(run: Running): Promise<{ postgresUrl: string | undefined; databaseUrls: DatabaseUrls }> {
  const { env, ports, engines, databasePrefix } = run.options;
  let postgresUrl = engines?.postgres?.adminUrl;
  if (engines?.postgres !== undefined) run.members.set('postgres', engines.postgres.process);
  else if (servicesWithoutDatabase(env).length > 0) {
    const { postgres } = secretsOf(run.folder, { postgres: password });
    postgresUrl = adminUrl(ports.POSTGRES_PORT, postgres);
    const spec = (): Promise<ProcessSpec> => postgresProcess(run.folder, ports.POSTGRES_PORT, postgres);
    await step('PostgreSQL', { done: `ready on 127.0.0.1:${ports.POSTGRES_PORT}` }, async () => startMember(run, await spec()));
  }
  const databaseUrls = await ensureDatabases(run.folder, env, databasePrefix ?? 'scantill', postgresUrl);
  await step('migrations', { done: ({ applied }) => (applied === 0 ? 'up to date' : `${applied} applied`) }, () => migrateAll(databaseUrls));
  return { postgresUrl, databaseUrls };
}

async function prepareKafka(run: Running): Promise<readonly string[]> {
  const { env, ports, engines, forLoad = false } = run.options;
  let brokers = engines?.kafka?.brokers ?? env['KAFKA_BROKERS']?.split(',').map((broker) => broker.trim()) ?? [];
  if (engines?.kafka !== undefined) run.members.set('kafka', engines.kafka.process);
  else if (!env['KAFKA_BROKERS']) {
    brokers = [`127.0.0.1:${ports.KAFKA_PORT}`];
    const spec = (): Promise<ProcessSpec> => kafkaProcess(run.folder, { port: ports.KAFKA_PORT, controllerPort: ports.KAFKA_CONTROLLER_PORT }, forLoad);
    await step('Kafka', { done: `ready on ${brokers.join()}` }, async () => startMember(run, await spec()));
  }
  const partitions = run.options.partitions ?? Number(env['KAFKA_PARTITIONS'] || PARTITIONS_DEFAULT);
  await step('topics', { done: ({ made }) => (made === 0 ? 'up to date' : `${made} made`) }, () => ensureTopics(brokers, partitions));
  return brokers;
}

async function startService(run: Running, name: ProcessName, at: Surroundings): Promise<void> {
  await step(name, { done: `ready on 127.0.0.1:${at.ports[processTable[name].ports[0]]}` }, () => startMember(run, serviceProcess(name, at)));
}

async function startMember({ options, folder, members }: Running, spec: ProcessSpec): Promise<void> {
  options.signal?.throwIfAborted();
  const member = supervise(spec, folder, (how) => options.onDeath?.(spec.name, how, member.logFile));
  members.set(spec.name, member);
  await untilAborted(options, member.start());
}

/** What is still under way when the start is given up is stopped by whoever started it. */
function untilAborted<T>({ signal }: StackOptions, work: Promise<T>): Promise<T> {
  if (signal === undefined) return work;
  const aborted = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));
  return Promise.race([work, aborted]);
}

function started(run: Running, at: Prepared): Stack {
  const { members } = run;
  const instanceUrls = new Map<string, string>();
  const member = (name: string): Supervised => {
    const found = members.get(name);
    if (found === undefined) throw new Error(`this stack does not run ${name}: it runs ${[...members.keys()].join(', ')}`);
    return found;
  };
  const urls = Object.fromEntries(processNames.map((name) => [name, `http://127.0.0.1:${at.ports[processTable[name].ports[0]]}`])) as Record<ProcessName, string>;
  const pids = (): Record<string, number> => Object.fromEntries([...members].flatMap(([name, { pid }]) => (pid() === undefined ? [] : [[name, Number(pid())]])));
  const describe = (): void => {
    const { databaseUrls, postgresUrl, brokers, ports, folder } = at;
    writePrivately(folder.stackFile, `${JSON.stringify({ launcher: process.pid, dataDir: folder.path, pids: pids(), ports, urls, brokers, postgresUrl, databaseUrls }, null, 2)}\n`);
  };
  writePrivately(at.folder.demoFile, `${JSON.stringify(describeDemo(at.folder, at.ports, at.brokers), null, 2)}\n`);
  describe();
  return {
    ...at,
    urls,
    pids,
    kill: (name, signal) => member(name).kill(signal),
    restart: async (name) => {
      await member(name).stop();
      await member(name).start();
      describe();
    },
    addInstance: async (service) => {
      const { name, url } = await addInstance(run, service, at);
      instanceUrls.set(name, url);
      describe();
      return name;
    },
    urlOf: (instance) => {
      const url = instanceUrls.get(instance);
      if (url === undefined) throw new Error(`${instance} is no further instance of this stack`);
      return url;
    },
    stop: async (say) => {
      await stopMembers(run, say);
      unlockFolder(at.folder);
    },
  };
}

async function addInstance(run: Running, service: ProcessName, at: Surroundings): Promise<{ name: string; url: string }> {
  const nth = [...run.members.keys()].filter((name) => name === service || name.startsWith(`${service}-`)).length + 1;
  const ports = { ...at.ports };
  for (const variable of processTable[service].ports) ports[variable] = await freePort();
  const spec = serviceProcess(service, { ...at, ports }, nth);
  // Alipay notifies the first instance's door, whichever instance asked it to.
  await startMember(run, { ...spec, env: { ...spec.env, ...serviceAddresses(at.ports) } });
  return { name: spec.name, url: `http://127.0.0.1:${ports[processTable[service].ports[0]]}` };
}

/** Services first, so that they can finish what they hold; then what they stand on. */
async function stopMembers({ members }: Running, say: (what: string) => void = () => undefined): Promise<void> {
  const later = ['simulator', 'kafka', 'postgres'];
  const turns = [[...members.keys()].filter((name) => !later.includes(name)), ...later.map((name) => [name])];
  for (const turn of turns) {
    const present = turn.flatMap((name) => members.get(name) ?? []);
    if (present.length === 0) continue;
    say(present.map(({ name }) => name).join(', '));
    await Promise.allSettled(present.map((each) => each.stop()));
  }
}
