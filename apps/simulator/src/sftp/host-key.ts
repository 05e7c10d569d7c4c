import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import ssh2 from 'ssh2';

export interface HostKey {
  readonly privateKey: Buffer;
  /** As OpenSSH shows it: `SHA256:` and the digest without padding. */
  readonly fingerprint: string;
}

/** Made at the first start and kept: clients pin it. */
export function keepHostKey(file: string): HostKey {
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, ssh2.utils.generateKeyPairSync('ed25519', { comment: 'scantill simulator' }).private, { mode: 0o600 });
  }
  const privateKey = readFileSync(file);
  const parsed = ssh2.utils.parseKey(privateKey);
  if (parsed instanceof Error) throw new Error(`${file} is no host key: ${parsed.message}; without the file a new one is made, and clients must pin that`);
  const key = Array.isArray(parsed) ? parsed[0]! : parsed;
  return { privateKey, fingerprint: `SHA256:${createHash('sha256').update(key.getPublicSSH()).digest('base64').replace(/=+$/, '')}` };
}
