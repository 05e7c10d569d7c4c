import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { AlipayClient, Verifier, type KeysByVersion } from '@scantill/alipay';
import { z } from 'zod';

const ACCOUNTS_MAX = 1_000;
const keyFiles = z.record(z.string().regex(/^\d+$/), z.string().min(1)).refine((files) => Object.keys(files).length > 0, 'at least one key version is needed');
const accountsFile = z.strictObject({
  accounts: z.array(z.strictObject({
    accountId: z.string().min(1).max(64),
    clientId: z.string().min(1).max(64),
    baseUrl: z.url({ protocol: /^https?$/ }),
    merchantPrivateKeyFiles: keyFiles,
    alipayPublicKeyFiles: keyFiles,
    agentToken: z.string().max(128).optional(),
  })).min(1).max(ACCOUNTS_MAX),
});

export interface Accounts {
  readonly clients: ReadonlyMap<string, AlipayClient>;
  readonly verifierOf: (clientId: string) => Verifier | undefined;
}

/** Keys are parsed once, at start: a wrong file is found then and named. Paths are relative to the accounts file. */
export function readAccounts(file: string, settings: { timeoutMs: number; connections: number }): Accounts {
  const { accounts } = accountsFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  const keys = (files: Readonly<Record<string, string>>): KeysByVersion => Object.fromEntries(Object.entries(files).map(([version, path]) => [version, readFileSync(resolve(dirname(file), path), 'utf8')]));
  const clients = new Map<string, AlipayClient>();
  const verifiers = new Map<string, Verifier>();
  for (const { accountId, clientId, baseUrl, merchantPrivateKeyFiles, alipayPublicKeyFiles, agentToken } of accounts) {
    try {
      const alipayPublicKeys = keys(alipayPublicKeyFiles);
      clients.set(accountId, new AlipayClient({ clientId, baseUrl, merchantPrivateKeys: keys(merchantPrivateKeyFiles), alipayPublicKeys, agentToken }, settings));
      verifiers.set(clientId, new Verifier(alipayPublicKeys));
    } catch (error) {
      throw new Error(`the keys of account ${accountId} cannot be used: ${error instanceof Error ? error.message : 'unknown reason'}`, { cause: error });
    }
  }
  return { clients, verifierOf: (clientId) => verifiers.get(clientId) };
}
