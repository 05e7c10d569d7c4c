import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { AlipayClient, Verifier, type KeysByVersion } from '@scantill/alipay';
import { ConfigError } from '@scantill/platform';
import { z } from 'zod';

const ACCOUNTS_MAX = 1_000;
const byVersion = z.record(z.string().regex(/^\d+$/), z.string().min(1)).default({});
const account = z.strictObject({
  accountId: z.string().min(1).max(64),
  clientId: z.string().min(1).max(64),
  baseUrl: z.url({ protocol: /^https?$/ }),
  merchantPrivateKeyFiles: byVersion,
  /** Names of variables that hold the key itself. */
  merchantPrivateKeyEnv: byVersion,
  alipayPublicKeyFiles: byVersion,
  alipayPublicKeyEnv: byVersion,
  agentToken: z.string().max(128).optional(),
});
const accountsFile = z.strictObject({ accounts: z.array(account).min(1).max(ACCOUNTS_MAX) });

export interface Accounts {
  /** Several accounts may share one. */
  readonly clientIds: ReadonlyMap<string, string>;
  readonly clients: ReadonlyMap<string, AlipayClient>;
  readonly verifierOf: (clientId: string) => Verifier | undefined;
}

export interface AccountSettings {
  readonly timeoutMs: number;
  readonly connections: number;
  /** Where keys are that stand in no file. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Keys are parsed once, at start: what is wrong with one is found then, and its account named. Paths are relative to the accounts file.
 * @throws ConfigError; its message never holds a part of a key
 */
export function readAccounts(file: string, settings: AccountSettings): Accounts {
  const clients = new Map<string, AlipayClient>();
  const verifiers = new Map<string, Verifier>();
  const clientIds = new Map<string, string>();
  for (const { accountId, clientId, baseUrl, agentToken, ...named } of parse(file)) {
    const read = keyReader(dirname(file), settings.environment);
    try {
      const alipayPublicKeys = read(named.alipayPublicKeyFiles, named.alipayPublicKeyEnv);
      const merchantPrivateKeys = read(named.merchantPrivateKeyFiles, named.merchantPrivateKeyEnv);
      clients.set(accountId, new AlipayClient({ clientId, baseUrl, merchantPrivateKeys, alipayPublicKeys, agentToken }, settings));
      verifiers.set(clientId, new Verifier(alipayPublicKeys));
      clientIds.set(accountId, clientId);
    } catch (error) {
      throw new ConfigError(`The keys of account ${accountId} cannot be used: ${error instanceof Error ? error.message : 'unknown reason'}`);
    }
  }
  return { clientIds, clients, verifierOf: (clientId) => verifiers.get(clientId) };
}

/** The parser of JSON quotes what it stumbles over, which may be an agent token: its words are not passed on. */
function parse(file: string): z.output<typeof account>[] {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new ConfigError(`The accounts file ${file} cannot be read${error instanceof SyntaxError ? ': it is not JSON' : `: ${String(error)}`}`);
  }
  const parsed = accountsFile.safeParse(json);
  if (parsed.success) return parsed.data.accounts;
  throw new ConfigError(`The accounts file ${file} cannot be used:\n${parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`).join('\n')}`);
}

type Names = Readonly<Record<string, string>>;

/** Each version comes from one place. Variables of one line write the line breaks of a key as \n. */
function keyReader(folder: string, environment: AccountSettings['environment']) {
  return (files: Names, variables: Names): KeysByVersion => {
    const twice = Object.keys(files).find((version) => Object.hasOwn(variables, version));
    if (twice !== undefined) throw new Error(`version ${twice} is named both as a file and as a variable`);
    const fromFiles = Object.entries(files).map(([version, path]) => [version, keyFile(resolve(folder, path))]);
    const fromVariables = Object.entries(variables).map(([version, name]) => {
      const key = environment[name];
      if (key === undefined || key === '') throw new Error(`the variable ${name} is not set`);
      return [version, key.replaceAll(String.raw`\n`, '\n')];
    });
    return Object.fromEntries([...fromFiles, ...fromVariables]) as KeysByVersion;
  };
}

function keyFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new Error(`the file ${path} cannot be read`);
  }
}
