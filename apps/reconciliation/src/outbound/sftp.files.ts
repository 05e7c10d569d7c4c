import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import SftpClient from 'ssh2-sftp-client';
import type { SeenFile } from './source.repository.js';
import type { SftpSource } from './sources.js';
import { isFileName, nameOf } from './file-names.js';

export interface RemoteFile extends SeenFile {
  readonly name: string;
}

const CONNECT_MS = 20_000;
const KEEPALIVE_MS = 10_000;
const KEEPALIVES_MISSED_MAX = 3;
/** A server that is there and sends nothing. */
const SILENCE_MAX_MS = 120_000;

/** Whoever answers there is not the server whose key was pinned. */
export class HostKeyChanged extends Error {
  override readonly name = 'HostKeyChanged';
  constructor(readonly shown: string) {
    super(`the host key is ${shown}, which is not pinned`);
  }
}

/** Alipay's folders on one SFTP server, through one connection. */
export class SftpFiles {
  private constructor(private readonly client: SftpClient, private readonly source: SftpSource) {}

  /** @throws HostKeyChanged before any credential is shown, or what the connection failed with */
  static async connect(source: SftpSource): Promise<SftpFiles> {
    // Without listeners of its own the client prints what happens to a connection that nobody waits for.
    const client = new SftpClient(source.id, { error: () => undefined, end: () => undefined, close: () => undefined });
    const { host, port, user: username, password, privateKey, hostKeys } = source;
    let shown = '';
    try {
      await client.connect({
        host, port, username, readyTimeout: CONNECT_MS, keepaliveInterval: KEEPALIVE_MS, keepaliveCountMax: KEEPALIVES_MISSED_MAX,
        ...(password === undefined ? {} : { password }), ...(privateKey === undefined ? {} : { privateKey }),
        hostVerifier: (key: Buffer) => {
          shown = `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
          return hostKeys.includes(shown);
        },
      });
    } catch (error) {
      await client.end().catch(() => undefined);
      throw shown !== '' && !hostKeys.includes(shown) ? new HostKeyChanged(shown) : error;
    }
    return new SftpFiles(client, source);
  }

  /** A customer's files of the days from `since` (YYYY-MM-DD) on, in the order of their names: parts come after those before them. Other kinds of files are left alone. */
  async list(customerId: string, since: string): Promise<RemoteFile[]> {
    const base = posix.join(this.source.folder, customerId);
    // Before its first file a customer has no folder.
    if ((await this.client.exists(base)) !== 'd') return [];
    const days = (await this.client.list(base)).filter(({ type, name }) => type === 'd' && /^\d{8}$/.test(name) && name >= since.replaceAll('-', ''));
    const found: RemoteFile[] = [];
    for (const day of days.map(({ name }) => name).sort()) {
      const files = (await this.client.list(posix.join(base, day))).filter(({ type, name }) => type === '-' && isFileName(name) && nameOf(name) !== undefined);
      found.push(...files.map(({ name, size, modifyTime }) => ({ path: posix.join(base, day, name), name, bytes: size, modifiedAt: new Date(modifyTime) })));
    }
    return found.sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** @throws when the connection breaks, or nothing comes for too long */
  async *read({ path }: RemoteFile): AsyncGenerator<Uint8Array> {
    const stream = this.client.createReadStream(path);
    // Hanging up may overtake the end of the last file, which is then said to nobody.
    stream.on('error', () => undefined);
    const restart = () => setTimeout(() => stream.destroy(new Error(`nothing came for ${SILENCE_MAX_MS / 1_000} s`)), SILENCE_MAX_MS);
    let silence = restart();
    try {
      for await (const chunk of stream) {
        clearTimeout(silence);
        yield chunk as Uint8Array;
        silence = restart();
      }
    } finally {
      clearTimeout(silence);
      stream.destroy();
    }
  }

  async close(): Promise<void> {
    await this.client.end().catch(() => undefined);
  }
}
