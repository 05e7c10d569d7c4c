import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { services } from '@scantill/contracts';
import { Problem } from '../bootstrap/problem.mjs';
import { databaseVariable, type DatabaseUrls } from '../stack/databases.ts';
import { writePrivately, type DataFolder } from '../stack/data-folder.ts';
import { demoAlipay, demoFiles } from '../stack/demo.ts';
import { simulatorKeyFiles } from '../stack/demo-accounts.ts';

/** Where docker-compose.yml mounts, in the jobs, the volume of each container that is told a secret. A container sees only its own. */
const HAND_OUT = '/hand-out';
/** The operator's own files. Each replaces the demo's of the same name. */
const GIVEN = '/given';
/** PostgreSQL's image reads the file as an account of its own; nobody else has the volume. */
const READABLE_BY_ALL = 0o444;

interface AccountsFile {
  readonly accounts: readonly { readonly merchantPrivateKeyFiles: Readonly<Record<string, string>>; readonly alipayPublicKeyFiles: Readonly<Record<string, string>> }[];
}

/** Gives each container the files it reads at start, and none of the others'. */
export function handOutFiles(folder: DataFolder): void {
  const demo = demoFiles(folder);
  const files = {
    order: [demo.directoryKey, demo.directory],
    'payment-gateway': [demo.directoryKey, demo.evidenceKey, demo.accounts, ...keyFilesOf(givenOr(demo.accounts)).map((name) => join(folder.demo, name))],
    notification: [demo.directoryKey],
    reconciliation: [demo.directoryKey],
    simulator: [demo.simulatorAccounts, ...simulatorKeyFiles(folder)],
  };
  for (const [container, wanted] of Object.entries(files)) {
    for (const file of wanted) writePrivately(join(HAND_OUT, container, basename(file)), read(givenOr(file)));
  }
  handOutEnvironment('simulator', { SIMULATOR_CLIENT_ID: demoAlipay.clientId, SIMULATOR_CUSTOMER_ID: demoAlipay.customerId });
}

/** Tells each service where its database is and with which password. */
export function handOutDatabases(urls: DatabaseUrls): void {
  for (const service of services) handOutEnvironment(service, { [databaseVariable(service)]: urls[service] });
}

export function handOutPostgresPassword(password: string): void {
  const file = join(HAND_OUT, 'postgres', 'password');
  writePrivately(file, password);
  chmodSync(file, READABLE_BY_ALL);
}

/** Read by Node at start, because whatever is in a container's settings is shown to all who may inspect it. */
function handOutEnvironment(container: string, variables: Readonly<Record<string, string>>): void {
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
  writePrivately(join(HAND_OUT, container, 'service.env'), lines.join(''));
}

function givenOr(file: string): string {
  const given = join(GIVEN, basename(file));
  return existsSync(given) ? given : file;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    // On the host /given is docker/given, whose files may be closed to the user that the container runs as.
    throw new Problem(`${file} cannot be read by user ${process.getuid?.()}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** As the accounts file names them: relative to itself. */
function keyFilesOf(accountsFile: string): string[] {
  const { accounts } = JSON.parse(read(accountsFile)) as AccountsFile;
  return accounts.flatMap(({ merchantPrivateKeyFiles, alipayPublicKeyFiles }) => [...Object.values(merchantPrivateKeyFiles), ...Object.values(alipayPublicKeyFiles)]);
}
