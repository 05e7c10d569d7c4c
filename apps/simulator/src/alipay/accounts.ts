import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isCurrency } from '@scantill/kernel';
import { z } from 'zod';
import { alipayId, type Config } from '../config.js';
import { readJsonFile } from '../json-file.js';
import { fileSettings, usualFiles, type FileSettings } from './file-settings.js';
import { AlipaySignatures, type OwnKey } from './signatures.js';

const ACCOUNTS_MAX = 1_000;
const DAYS_MAX = 3_650;
const FIRST_KEY_VERSION = '1';

/** What a contract says about refunds; may change while the simulator runs. */
const terms = {
  multipleRefunds: z.boolean().describe('Else MULTIPLE_REFUNDS_NOT_SUPPORTED from the second on'),
  partialRefunds: z.boolean().describe('Else PARTIAL_REFUND_NOT_SUPPORTED for less than the whole amount'),
  hasBalance: z.boolean().describe('Else MERCHANT_BALANCE_NOT_ENOUGH for every refund'),
  refundWindowDays: z.number().min(0).max(DAYS_MAX).describe('Else REFUND_WINDOW_EXCEED'),
};
export const termsChange = z.strictObject(terms).partial();
export type Terms = { -readonly [Name in keyof typeof terms]: z.output<(typeof terms)[Name]> };

const currency = z.string().refine(isCurrency, 'a currency like USD');
const keyFiles = z.record(z.string().regex(/^\d{1,4}$/, 'a key version'), z.string().min(1)).refine((files) => Object.keys(files).length > 0, 'at least one key version is needed');
const accountsFile = z.strictObject({
  accounts: z.array(z.strictObject({
    clientId: alipayId,
    customerId: alipayId,
    merchantPublicKeyFiles: keyFiles,
    alipayPrivateKeyFiles: keyFiles.optional(),
    agentToken: z.string().min(1).max(128).optional(),
    currencies: z.array(currency).min(1).optional(),
    settlementCurrency: currency.optional(),
    terms: termsChange.optional(),
    files: fileSettings.optional(),
  })).max(ACCOUNTS_MAX),
});
type AccountEntry = z.output<typeof accountsFile>['accounts'][number];

/** A contract between Alipay and a merchant, or a service provider that acts for one. */
export interface Account {
  readonly clientId: string;
  readonly customerId: string;
  readonly signatures: AlipaySignatures;
  /** Every call of a service provider carries it. */
  readonly agentToken: string | undefined;
  /** Order currencies; all of them where nothing is said. */
  readonly currencies: readonly string[] | undefined;
  readonly settlementCurrency: string | undefined;
  readonly terms: Terms;
  /** May change while the simulator runs. */
  files: FileSettings;
}

/** All accounts by client id. The first one is that of the environment. */
export class Accounts {
  private readonly byClientId: ReadonlyMap<string, Account>;

  constructor(readonly all: readonly [Account, ...Account[]]) {
    this.byClientId = new Map(all.map((account) => [account.clientId, account]));
    if (this.byClientId.size < all.length) throw new Error('Two accounts have the same client id.');
  }

  get first(): Account {
    return this.all[0];
  }

  find(clientId: string): Account | undefined {
    return this.byClientId.get(clientId);
  }
}

/** Keys are parsed once, at start. @throws if a file cannot be read or is not what it should be, naming it */
export function readAccounts(config: Config): Accounts {
  const own: OwnKey = { version: FIRST_KEY_VERSION, key: createPrivateKey(readFileSync(config.SIMULATOR_ALIPAY_PRIVATE_KEY_FILE)) };
  const merchantKey = createPublicKey(readFileSync(config.SIMULATOR_MERCHANT_PUBLIC_KEY_FILE));
  const byContract: Terms = { multipleRefunds: true, partialRefunds: true, hasBalance: true, refundWindowDays: config.SIMULATOR_REFUND_WINDOW_DAYS };
  const first: Account = {
    clientId: config.SIMULATOR_CLIENT_ID, customerId: config.SIMULATOR_CUSTOMER_ID,
    signatures: new AlipaySignatures(own, new Map([[FIRST_KEY_VERSION, merchantKey]])),
    agentToken: undefined, currencies: undefined, settlementCurrency: undefined, terms: { ...byContract }, files: usualFiles,
  };
  const file = config.SIMULATOR_ACCOUNTS_FILE;
  if (file === undefined) return new Accounts([first]);
  const { accounts } = readJsonFile(accountsFile, file);
  return new Accounts([first, ...accounts.map((entry) => accountOf(entry, { file, own, byContract }))]);
}

function accountOf(entry: AccountEntry, defaults: { file: string; own: OwnKey; byContract: Terms }): Account {
  const { clientId, customerId, agentToken, currencies, settlementCurrency } = entry;
  const read = (name: string) => readFileSync(resolve(dirname(defaults.file), name));
  try {
    const merchantKeys = new Map(Object.entries(entry.merchantPublicKeyFiles).map(([version, name]): [string, KeyObject] => [version, createPublicKey(read(name))]));
    const ownKeys = Object.entries(entry.alipayPrivateKeyFiles ?? {}).sort(([one], [other]) => Number(other) - Number(one));
    const [newest] = ownKeys.map(([version, name]): OwnKey => ({ version, key: createPrivateKey(read(name)) }));
    const signatures = new AlipaySignatures(newest ?? defaults.own, merchantKeys);
    return { clientId, customerId, signatures, agentToken, currencies, settlementCurrency, terms: { ...defaults.byContract, ...given(entry.terms) }, files: entry.files ?? usualFiles };
  } catch (error) {
    throw new Error(`The keys of ${clientId} cannot be used: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** Leaves what is not said as it is. */
export function given(change: z.output<typeof termsChange> = {}): Partial<Terms> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined)) as Partial<Terms>;
}
