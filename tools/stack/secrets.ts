import { randomBytes } from 'node:crypto';
import { readJson, writePrivately, type DataFolder } from './data-folder.ts';

/** Made once per data folder, by chance, and kept: the databases and the demo chain's partners know them. */
export type Secrets = Readonly<Record<string, string>>;

const PASSWORD_BYTES = 24;
const KEY_BYTES = 32;

/** Reads the folder's secrets and makes those that are missing. */
export function secretsOf<Name extends string>(folder: DataFolder, wanted: Readonly<Record<Name, () => string>>): Record<Name, string> {
  const known = readJson<Secrets>(folder.secrets) ?? {};
  const missing = (Object.keys(wanted) as Name[]).filter((name) => known[name] === undefined);
  const secrets = { ...known, ...Object.fromEntries(missing.map((name) => [name, wanted[name]()])) } as Record<Name, string>;
  if (missing.length > 0) writePrivately(folder.secrets, JSON.stringify(secrets, null, 2));
  return secrets;
}

export const password = (): string => randomBytes(PASSWORD_BYTES).toString('base64url');
export const apiKey = (): string => `sk_${randomBytes(KEY_BYTES).toString('base64url')}`;
/** Standard Webhooks' form of a secret. */
export const signingSecret = (): string => `whsec_${randomBytes(KEY_BYTES).toString('base64')}`;
export const aesKey = (): string => randomBytes(KEY_BYTES).toString('base64');
