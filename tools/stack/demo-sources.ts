import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivately, type DataFolder } from './data-folder.ts';
import { demoAccounts } from './demo-accounts.ts';

/** Unless told otherwise, files of a closed day arrive within half a minute; an SSH handshake for each account more often would cost an idle machine 2 % of a core. */
const POLL_SECONDS = 30;
const CURVE = 'nistp256';

/** What reconciliation and the simulator read of how files are fetched. */
export interface SourceFiles {
  readonly sources: string;
  readonly sftpUsers: string;
  readonly sftpPassword: string;
}

export function simulatorFolder(folder: DataFolder): string {
  return join(folder.files, 'simulator');
}

/** One user of the simulator's SFTP server fetches the files of every demo account. */
export function registerSources(folder: DataFolder, files: SourceFiles, { port, password, everySeconds = POLL_SECONDS }: { readonly port: number; readonly password: string; readonly everySeconds?: number | undefined }): void {
  const hostKey = keepHostKey(join(simulatorFolder(folder), 'sftp-host-key'));
  const user = 'demo';
  writePrivately(files.sftpPassword, `${password}\n`);
  writePrivately(files.sftpUsers, json({ users: [{ user, password, customerIds: demoAccounts.map(({ customerId }) => customerId) }] }));
  const sources = demoAccounts.map(({ accountId }) => (
    { kind: 'sftp', id: accountId, accountId, host: '127.0.0.1', port, user, passwordFile: files.sftpPassword, hostKeys: [hostKey], everySeconds }
  ));
  writePrivately(files.sources, json({ sources }));
}

/** The simulator would make its own, but the demo has to pin it before the simulator starts. @returns its fingerprint as OpenSSH shows it */
function keepHostKey(file: string): string {
  if (!existsSync(file)) writePrivately(file, generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey.export({ type: 'sec1', format: 'pem' }).toString());
  const { x = '', y = '' } = createPublicKey(createPrivateKey(readFileSync(file))).export({ format: 'jwk' });
  // RFC 5656, 3.1: the key as it goes over the wire.
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  const blob = Buffer.concat([Buffer.from(`ecdsa-sha2-${CURVE}`), Buffer.from(CURVE), point].map(withLength));
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

function withLength(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
