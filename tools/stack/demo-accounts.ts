import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivately, type DataFolder } from './data-folder.ts';

const RSA_BITS = 2048;

/** How the demo chain came to its contract with Alipay, and so whose keys sign and whether an agent token goes with them. */
type Party = 'merchant' | 'system-integrator' | 'service-provider';

/** A contract between the demo chain and Alipay. Both stores sell under one of them per currency. */
export interface DemoAccount {
  readonly accountId: string;
  readonly party: Party;
  readonly currency: string;
  readonly settlementCurrency: string;
  readonly clientId: string;
  readonly customerId: string;
  readonly referenceMerchantId: string;
  /** Begins the names of its key files; the first account's names have nothing before them. */
  readonly prefix: string;
  /** Of the merchant's keys. With two, a change of keys is under way: both are good, the gateway signs with the newer one. */
  readonly keyVersions: readonly [string, ...string[]];
}

export const demoAccounts = [
  { accountId: 'demo-usd', party: 'merchant', currency: 'USD', settlementCurrency: 'USD', clientId: 'T_111222333', customerId: '1022188000000000001', referenceMerchantId: 'M0001', prefix: '', keyVersions: ['1'] },
  { accountId: 'demo-jpy', party: 'system-integrator', currency: 'JPY', settlementCurrency: 'USD', clientId: 'T_444555666', customerId: '1022188000000000002', referenceMerchantId: 'M0001', prefix: 'jpy-', keyVersions: ['1', '2'] },
  { accountId: 'demo-kwd', party: 'service-provider', currency: 'KWD', settlementCurrency: 'USD', clientId: 'T_777888999', customerId: '1022188000000000003', referenceMerchantId: 'M0001', prefix: 'kwd-', keyVersions: ['1'] },
] as const satisfies readonly DemoAccount[];
const all: readonly DemoAccount[] = demoAccounts;

/** Names of key files in the demo folder, by version where there may be several. */
interface KeyFiles {
  readonly merchantPrivate: Readonly<Record<string, string>>;
  readonly merchantPublic: Readonly<Record<string, string>>;
  readonly alipayPrivate: Readonly<Record<string, string>>;
  readonly alipayPublic: Readonly<Record<string, string>>;
}

export function keyFilesOf({ prefix, keyVersions: [first, ...later] }: DemoAccount): KeyFiles {
  const merchant = (kind: string): Record<string, string> => Object.fromEntries([
    [first, `${prefix}merchant-${kind}.pem`],
    ...later.map((version) => [version, `${prefix}merchant-${kind}-${version}.pem`]),
  ]);
  return {
    merchantPrivate: merchant('private'), merchantPublic: merchant('public'),
    alipayPrivate: { 1: `${prefix}alipay-private.pem` }, alipayPublic: { 1: `${prefix}alipay-public.pem` },
  };
}

export interface AccountFiles {
  /** The gateway's. */
  readonly accounts: string;
  /** The simulator's: all accounts but the first, which its environment names. */
  readonly simulatorAccounts: string;
}

/** Writes the key pairs that are missing, and what the gateway and the simulator are told of them. */
export function registerAccounts(folder: DataFolder, files: AccountFiles, told: { alipayUrl: string; agentToken: string }): void {
  for (const account of all) keepKeys(folder, keyFilesOf(account));
  const tokenOf = ({ party }: DemoAccount): { agentToken?: string } => (party === 'service-provider' ? { agentToken: told.agentToken } : {});
  // Key files are named relative to the accounts file, so that the folder can be read where another one calls it by another name.
  const gateway = all.map((account) => {
    const { merchantPrivate, alipayPublic } = keyFilesOf(account);
    const { accountId, clientId } = account;
    return { accountId, clientId, baseUrl: told.alipayUrl, merchantPrivateKeyFiles: merchantPrivate, alipayPublicKeyFiles: alipayPublic, ...tokenOf(account) };
  });
  const simulator = all.slice(1).map((account) => {
    const { merchantPublic, alipayPrivate } = keyFilesOf(account);
    const { clientId, customerId, currency, settlementCurrency } = account;
    return { clientId, customerId, currencies: [currency], settlementCurrency, merchantPublicKeyFiles: merchantPublic, alipayPrivateKeyFiles: alipayPrivate, ...tokenOf(account) };
  });
  writePrivately(files.accounts, json({ accounts: gateway }));
  writePrivately(files.simulatorAccounts, json({ accounts: simulator }));
}

/** Paths of the key files that the simulator reads. */
export function simulatorKeyFiles(folder: DataFolder): string[] {
  return all.map(keyFilesOf).flatMap(({ merchantPublic, alipayPrivate }) => [...Object.values(merchantPublic), ...Object.values(alipayPrivate)].map((name) => join(folder.demo, name)));
}

function keepKeys(folder: DataFolder, { merchantPrivate, merchantPublic, alipayPrivate, alipayPublic }: KeyFiles): void {
  const pairs = [...Object.entries(merchantPrivate).map(([version, name]) => [name, merchantPublic[version]]), [alipayPrivate[1], alipayPublic[1]]];
  for (const [privateName = '', publicName = ''] of pairs) keepKeyPair(join(folder.demo, privateName), join(folder.demo, publicName));
}

function keepKeyPair(privateFile: string, publicFile: string): void {
  if (existsSync(privateFile) && existsSync(publicFile)) return;
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: RSA_BITS, privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } });
  writePrivately(publicFile, publicKey);
  writePrivately(privateFile, privateKey);
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
