import { mkdirSync } from 'node:fs';
import { Problem, failWith } from '../bootstrap/problem.mjs';
import { step } from '../bootstrap/progress.mjs';
import { dataFolder, writePrivately } from '../stack/data-folder.ts';
import { ensureDatabases } from '../stack/databases.ts';
import { describeDemo, registerDemo } from '../stack/demo.ts';
import { migrateAll } from '../stack/migrations.ts';
import { portsFrom, portTable } from '../stack/ports.ts';
import { password, secretsOf } from '../stack/secrets.ts';
import { PARTITIONS_DEFAULT, ensureTopics } from '../stack/topics.ts';
import { handOutDatabases, handOutFiles, handOutPostgresPassword } from './hand-out.ts';

/** What must be done before the services start, each in a container that ends. Safe to repeat: every `up` runs them. */
const jobs = { secrets, databases, topics };

/** Kept from start to start in a volume that only the jobs have. */
const folder = dataFolder('/var/lib/scantill');
/** The names that docker-compose.yml gives. */
const SIMULATOR_URL = 'http://simulator:8085';
const BROKERS = ['kafka:9092'];
const postgresUrl = (secret: string): string => `postgresql://postgres:${encodeURIComponent(secret)}@postgres:5432/postgres`;

const name = process.argv[2] ?? '';
try {
  if (!(name in jobs)) throw new Problem(`There is no job "${name}": one of ${Object.keys(jobs).join(', ')}.`);
  await jobs[name as keyof typeof jobs]();
} catch (error) {
  failWith(error);
}

async function secrets(): Promise<void> {
  await step('secrets', { done: 'handed out' }, async () => {
    mkdirSync(folder.path, { recursive: true });
    registerDemo(folder, { url: SIMULATOR_URL, sftpPort: portTable.SIMULATOR_SFTP_PORT.port }, process.env['SCANTILL_WEBHOOK_URL'] || undefined);
    handOutFiles(folder);
    handOutPostgresPassword(postgresPassword());
    // Addresses as they are outside the containers, where scripts and people are.
    const ports = portsFrom(process.env);
    writePrivately(folder.demoFile, `${JSON.stringify(describeDemo(folder, ports, [`127.0.0.1:${ports.KAFKA_PORT}`]), null, 2)}\n`);
  });
}

async function databases(): Promise<void> {
  const urls = await step('databases', { done: 'there' }, () => ensureDatabases(folder, {}, 'scantill', postgresUrl(postgresPassword())));
  await step('migrations', { done: ({ applied }) => (applied === 0 ? 'up to date' : `${applied} applied`) }, () => migrateAll(urls));
  handOutDatabases(urls);
}

async function topics(): Promise<void> {
  const partitions = Number(process.env['KAFKA_PARTITIONS'] || PARTITIONS_DEFAULT);
  await step('topics', { done: ({ made }) => (made === 0 ? 'up to date' : `${made} made`) }, () => ensureTopics(BROKERS, partitions));
}

function postgresPassword(): string {
  return secretsOf(folder, { postgres: password }).postgres;
}
