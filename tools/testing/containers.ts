import { PostgreSqlContainer } from '@testcontainers/postgresql';
import { GenericContainer, getContainerRuntimeClient, type StartedTestContainer } from 'testcontainers';
import { hasDocker } from '../bootstrap/host-tools.mjs';
import { Problem } from '../bootstrap/problem.mjs';
import { report, step } from '../bootstrap/progress.mjs';
import { ask } from '../bootstrap/run.mjs';
import { KAFKA_IMAGE, containerEnvironment, newClusterId } from '../stack/kafka.ts';
import { shortHash, type DataFolder } from '../stack/data-folder.ts';
import type { Ports } from '../stack/ports.ts';
import { POSTGRES_ADMIN, POSTGRES_SETTINGS, adminUrl, answers } from '../stack/postgres.ts';
import { password } from '../stack/secrets.ts';
import type { Engines } from '../stack/stack.ts';
import type { Supervised } from '../stack/supervised.ts';
import { brokerAnswers } from '../stack/topics.ts';
import { setTimeout as wait } from 'node:timers/promises';

const POSTGRES_IMAGE = 'postgres:18';
const PULL_WITHIN_MS = 180_000;
const READY_WITHIN_MS = 90_000;
const READY_POLL_MS = 200;
const STOP_WITHIN_MS = 20_000;
const POSTGRES_PORT = 5432;
/** Says of a container which run it belongs to. */
const LABEL = 'scantill.test-run';

/** Where PostgreSQL and Kafka come from: containers where a Docker engine and the images are at hand, else the embedded ones. */
export async function chooseEngines(folder: DataFolder, ports: Ports, wish: string | undefined): Promise<Engines | undefined> {
  if (wish !== undefined && wish !== '' && wish !== 'embedded' && wish !== 'containers') throw new Problem(`SCANTILL_TEST_STACK is "${wish}": embedded or containers.`);
  if (wish === 'embedded') return undefined;
  const missing = await whatIsMissing();
  if (missing === undefined) return startContainers(folder, ports);
  if (wish === 'containers') throw new Problem(`SCANTILL_TEST_STACK asks for containers, but ${missing}.`);
  report('engines', `embedded (${missing})`);
  return undefined;
}

async function whatIsMissing(): Promise<string | undefined> {
  if (!(await hasDocker())) return 'no Docker engine answers';
  for (const image of [POSTGRES_IMAGE, KAFKA_IMAGE]) {
    const isThere = (await ask('docker', ['image', 'inspect', image], STOP_WITHIN_MS)) ?? (await ask('docker', ['pull', '-q', image], PULL_WITHIN_MS));
    if (isThere === undefined) return `the image ${image} is neither here nor can it be pulled`;
  }
  return undefined;
}

/** On fixed ports of the host, because a container that is started again would get others. */
async function startContainers(folder: DataFolder, ports: Ports): Promise<Engines> {
  // We stop them ourselves; the cleaner would be a third image to fetch.
  process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
  return step('engines', { doing: `starting ${POSTGRES_IMAGE} and ${KAFKA_IMAGE}`, done: 'containers are ready' }, async () => {
    const secret = password();
    const labels = { [LABEL]: shortHash(folder.path) };
    const url = adminUrl(ports.POSTGRES_PORT, secret);
    const brokers = [`127.0.0.1:${ports.KAFKA_PORT}`];
    const settings = Object.entries(POSTGRES_SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const [postgres, kafka] = await Promise.all([
      new PostgreSqlContainer(POSTGRES_IMAGE)
        .withUsername(POSTGRES_ADMIN)
        .withPassword(secret)
        .withDatabase('postgres')
        .withExposedPorts({ container: POSTGRES_PORT, host: ports.POSTGRES_PORT })
        .withCommand(['postgres', ...settings])
        .withLabels(labels)
        .start(),
      new GenericContainer(KAFKA_IMAGE)
        .withEnvironment(containerEnvironment(ports.KAFKA_PORT, newClusterId()))
        .withLabels(labels)
        .withExposedPorts({ container: ports.KAFKA_PORT, host: ports.KAFKA_PORT })
        .start(),
    ]);
    const engines = {
      postgres: { adminUrl: url, process: superviseContainer('postgres', postgres, () => answers(url)) },
      kafka: { brokers, process: superviseContainer('kafka', kafka, () => brokerAnswers(brokers)) },
    };
    await Promise.all([untilReady('postgres', () => answers(url)), untilReady('kafka', () => brokerAnswers(brokers))]);
    return engines;
  });
}

/** Removes the containers of this run, and those of an earlier one that was killed, with what they kept. */
export async function removeContainers(folder: DataFolder): Promise<void> {
  const ids = (await ask('docker', ['ps', '-aq', '--filter', `label=${LABEL}=${shortHash(folder.path)}`], STOP_WITHIN_MS))?.split(/\s+/).filter((id) => /^[0-9a-f]+$/.test(id)) ?? [];
  if (ids.length > 0) await ask('docker', ['rm', '-f', '-v', ...ids], STOP_WITHIN_MS);
}

/** A container behind the same face as our own processes, so that crash tests need not know which they kill. */
function superviseContainer(name: string, container: StartedTestContainer, isReady: () => Promise<boolean>): Supervised {
  const handle = async () => (await getContainerRuntimeClient()).container.getById(container.getId());
  let isRunning = true;
  return {
    name,
    logFile: `docker logs ${container.getId()}`,
    pid: () => undefined,
    start: async () => {
      if (!isRunning) await (await handle()).start();
      isRunning = true;
      await untilReady(name, isReady);
    },
    stop: async () => {
      if (isRunning) await (await handle()).stop({ t: STOP_WITHIN_MS / 1000 });
      isRunning = false;
    },
    kill: async (signal) => {
      if (isRunning) await (await handle()).kill({ signal });
      isRunning = false;
    },
  };
}

async function untilReady(name: string, isReady: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!(await isReady().catch(() => false))) {
    if (Date.now() > deadline) throw new Problem(`The container of ${name} was not ready after ${READY_WITHIN_MS / 1000} s.`);
    await wait(READY_POLL_MS);
  }
}
