import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivately, type DataFolder } from './data-folder.ts';
import { demoAccounts, registerAccounts, type AccountFiles, type DemoAccount } from './demo-accounts.ts';
import { registerSources, type SourceFiles } from './demo-sources.ts';
import type { Ports } from './ports.ts';
import { aesKey, apiKey, password, secretsOf, signingSecret } from './secrets.ts';

/** A chain with two stores that exists in every fresh stack, so that there is somebody to sell to. */
const CHAIN = { id: 'demo', name: 'Demo Coffee', keyId: 'demo-orders-1' };
const [{ clientId: CLIENT_ID, customerId: CUSTOMER_ID }] = demoAccounts;
const MCC = '5814';

export const demoStores = [
  { id: 'S001', name: 'Demo Coffee Orchard Road', tills: ['T1', 'T2'] },
  { id: 'S002', name: 'Demo Coffee Marina Bay', tills: ['T1'] },
];

const holders = {
  system: { scopes: ['orders', 'refunds', 'refund-any-store'], owner: { kind: 'system', name: 'Demo Coffee store system' } },
  'finance-1': { scopes: ['reports', 'resolve'], owner: { kind: 'person', name: 'Fei Lin' } },
  'finance-2': { scopes: ['reports', 'resolve'], owner: { kind: 'person', name: 'Farah Aziz' } },
  operator: { scopes: ['operate', 'orders'], owner: { kind: 'person', name: 'Omar Reyes' } },
} as const;
type Holder = keyof typeof holders;
const holderNames = Object.keys(holders) as Holder[];

/** The files that the services read at start. */
export interface DemoFiles extends AccountFiles, SourceFiles {
  readonly directory: string;
  readonly directoryKey: string;
  readonly evidenceKey: string;
  readonly merchantPrivateKey: string;
  readonly merchantPublicKey: string;
  readonly alipayPrivateKey: string;
  readonly alipayPublicKey: string;
}

/** The addresses and credentials of a running demo, as scripts, examples and people read them from `demo.json`. */
export interface Demo {
  readonly order: { readonly url: string };
  readonly gateway: { readonly url: string; readonly notifyUrl: string };
  readonly notification: { readonly url: string };
  readonly reconciliation: { readonly url: string };
  readonly simulator: {
    readonly url: string;
    readonly clientId: string;
    readonly merchantPrivateKeyFile: string;
    readonly merchantPublicKeyFile: string;
    readonly alipayPublicKeyFile: string;
    readonly alipayPrivateKeyFile: string;
  };
  /** Under which the stores sell, one for each currency. The first is the one that `simulator` tells more of. */
  readonly accounts: readonly Pick<DemoAccount, 'accountId' | 'party' | 'currency' | 'settlementCurrency' | 'clientId' | 'customerId'>[];
  readonly kafka: { readonly brokers: readonly string[] };
  readonly chain: { readonly id: string; readonly keyId: string; readonly ordersSecret: string; readonly webhookSecret: string };
  readonly stores: readonly { readonly id: string; readonly tills: readonly string[] }[];
  readonly apiKeys: Readonly<Record<Holder, { readonly key: string; readonly scopes: readonly string[]; readonly owner: { readonly kind: string; readonly name: string } }>>;
}

export const demoAlipay = { clientId: CLIENT_ID, customerId: CUSTOMER_ID };

export function demoFiles(folder: DataFolder): DemoFiles {
  const at = (name: string): string => join(folder.demo, name);
  return {
    directory: at('directory.json'),
    directoryKey: at('directory.key'),
    evidenceKey: at('evidence.key'),
    accounts: at('accounts.json'),
    simulatorAccounts: at('alipay-accounts.json'),
    sources: at('sources.json'),
    sftpUsers: at('sftp-users.json'),
    sftpPassword: at('sftp-password'),
    merchantPrivateKey: at('merchant-private.pem'),
    merchantPublicKey: at('merchant-public.pem'),
    alipayPrivateKey: at('alipay-private.pem'),
    alipayPublicKey: at('alipay-public.pem'),
  };
}

function demoSecrets(folder: DataFolder) {
  const keys = Object.fromEntries(holderNames.map((name) => [`apiKey:${name}`, apiKey])) as Record<`apiKey:${Holder}`, () => string>;
  return secretsOf(folder, { ordersSecret: signingSecret, webhookSecret: signingSecret, directoryKey: aesKey, evidenceKey: aesKey, agentToken: password, sftpPassword: password, ...keys });
}

/** Where the services find Alipay, and how often they look there for files. */
export interface AlipayAt {
  readonly url: string;
  readonly sftpPort: number;
  readonly filesEverySeconds?: number | undefined;
}

/** Writes what the services read at start. Keys and secrets are kept from start to start. */
export function registerDemo(folder: DataFolder, alipay: AlipayAt, webhookUrl: string | undefined): void {
  mkdirSync(folder.demo, { recursive: true, mode: 0o700 });
  const files = demoFiles(folder);
  const secrets = demoSecrets(folder);
  registerAccounts(folder, files, { alipayUrl: alipay.url, agentToken: secrets.agentToken });
  registerSources(folder, files, { port: alipay.sftpPort, password: secrets.sftpPassword, everySeconds: alipay.filesEverySeconds });
  writePrivately(files.directoryKey, `1:${secrets.directoryKey}\n`);
  writePrivately(files.evidenceKey, `1:${secrets.evidenceKey}\n`);
  writePrivately(files.directory, json(directory(secrets, webhookUrl)));
}

function directory(secrets: ReturnType<typeof demoSecrets>, webhookUrl: string | undefined) {
  const chainId = CHAIN.id;
  const accountsByCurrency = Object.fromEntries(demoAccounts.map(({ currency, accountId }) => [currency, accountId]));
  return {
    chains: [{ chainId, name: CHAIN.name, orderKeys: [{ keyId: CHAIN.keyId, storeId: null, secret: secrets.ordersSecret }] }],
    stores: demoStores.map(({ id, name, tills }) => ({ chainId, storeId: id, name, mcc: MCC, region: 'SG', timeZone: 'Asia/Singapore', tills, accounts: accountsByCurrency })),
    accounts: demoAccounts.map(({ accountId, clientId, customerId, referenceMerchantId, settlementCurrency }) => (
      { accountId, chainId, clientId, customerId, referenceMerchantId, merchantName: CHAIN.name, merchantMcc: MCC, settlementCurrency }
    )),
    apiKeys: holderNames.map((name) => ({
      keyId: `demo-${name}`,
      sha256: createHash('sha256').update(secrets[`apiKey:${name}`]).digest('hex'),
      chainId,
      storeId: null,
      ...holders[name],
    })),
    endpoints: webhookUrl === undefined ? [] : [{ endpointId: 'demo-webhook', chainId, url: webhookUrl, secret: secrets.webhookSecret }],
  };
}

/** What `demo.json` says. */
export function describeDemo(folder: DataFolder, ports: Ports, brokers: readonly string[]): Demo {
  const files = demoFiles(folder);
  const secrets = demoSecrets(folder);
  const at = (port: number): string => `http://127.0.0.1:${port}`;
  return {
    order: { url: at(ports.ORDER_PORT) },
    gateway: { url: at(ports.PAYMENT_GATEWAY_PORT), notifyUrl: `${at(ports.PAYMENT_GATEWAY_NOTIFY_PORT)}/alipay/notify` },
    notification: { url: at(ports.NOTIFICATION_PORT) },
    reconciliation: { url: at(ports.RECONCILIATION_PORT) },
    simulator: {
      url: at(ports.SIMULATOR_PORT),
      clientId: CLIENT_ID,
      merchantPrivateKeyFile: files.merchantPrivateKey,
      merchantPublicKeyFile: files.merchantPublicKey,
      alipayPublicKeyFile: files.alipayPublicKey,
      alipayPrivateKeyFile: files.alipayPrivateKey,
    },
    accounts: demoAccounts.map(({ accountId, party, currency, settlementCurrency, clientId, customerId }) => ({ accountId, party, currency, settlementCurrency, clientId, customerId })),
    kafka: { brokers },
    chain: { id: CHAIN.id, keyId: CHAIN.keyId, ordersSecret: secrets.ordersSecret, webhookSecret: secrets.webhookSecret },
    stores: demoStores.map(({ id, tills }) => ({ id, tills })),
    apiKeys: Object.fromEntries(holderNames.map((name) => [name, { key: secrets[`apiKey:${name}`], ...holders[name] }])) as unknown as Demo['apiKeys'],
  };
}

export function readDemo(file: string): Demo {
  return JSON.parse(readFileSync(file, 'utf8')) as Demo;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
