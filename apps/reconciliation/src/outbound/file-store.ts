import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { err, ok, type Result } from '@scantill/kernel';

/** A day of a million lines is some 300 MB in generation C; in generation A, and by upload, far less. */
export const FILE_BYTES_MAX = 200 * 1024 * 1024;

/** A file as it came, not yet taken in. */
export interface ReceivedFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

export type Content = AsyncIterable<Uint8Array>;

/** Keeps Alipay's files as they came, under their SHA-256. */
export class FileStore {
  constructor(private readonly folder: string) {}

  /** Streams the content to disk, so that it is never in memory as a whole. */
  async receive(content: Content, bytesMax = FILE_BYTES_MAX): Promise<Result<ReceivedFile, { readonly kind: 'TooLarge'; readonly bytesMax: number }>> {
    const path = join(this.folder, 'incoming', randomUUID());
    await mkdir(dirname(path), { recursive: true });
    const hash = createHash('sha256');
    let bytes = 0;
    const measured = async function* (chunks: Content) {
      for await (const chunk of chunks) {
        bytes += chunk.length;
        // What is too long is read to its end all the same: the sender listens only when it has sent everything.
        if (bytes > bytesMax) continue;
        hash.update(chunk);
        yield chunk;
      }
    };
    try {
      await pipeline(content, measured, createWriteStream(path, { flush: true }));
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
    const received = { path, sha256: hash.digest('hex'), bytes };
    if (bytes <= bytesMax) return ok(received);
    await this.discard(received);
    return err({ kind: 'TooLarge', bytesMax });
  }

  /** The file stays. Before the transaction that names it commits, so that every row has its file. */
  async keep({ path, sha256 }: ReceivedFile): Promise<void> {
    const kept = join(this.folder, sha256.slice(0, 2), sha256);
    await mkdir(dirname(kept), { recursive: true });
    await rename(path, kept);
  }

  /** Does nothing to a file that was kept. */
  async discard({ path }: ReceivedFile): Promise<void> {
    await rm(path, { force: true });
  }
}
