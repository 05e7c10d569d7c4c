import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { err, ok, type Result } from '@scantill/kernel';

/** A month of a large chain in one file of generation C. */
export const FILE_BYTES_MAX = 5 * 1024 ** 3;
/** A file that is being received grows all the time; one that does not was left behind by a process that was killed. */
const LEFT_BEHIND_MS = 3_600_000;
/** Enough that the disk is asked rarely, little enough that not much is left to be waited for at the end. */
const SYNC_BYTES = 16 * 1024 ** 2;
/** What comes while a block goes to the disk fills the next one: pieces of a connection's 64 KiB each would be a thread's errand each. */
const BLOCK_BYTES = 1024 ** 2;
const NO_ROOM_CODES = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** A file as it came, not yet kept. */
export interface ReceivedFile {
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
}

export type Content = AsyncIterable<Uint8Array>;
export type NotReceived = { readonly kind: 'TooLarge'; readonly bytesMax: number } | { readonly kind: 'NoRoom' };

/** Keeps files as they came, under their SHA-256: nothing that a sender chose becomes a path. */
export class FileStore {
  constructor(private readonly folder: string) {}

  /** Streams the content to disk, so that it is never in memory as a whole. Of what does not come to its end nothing stays. */
  async receive(content: Content, bytesMax = FILE_BYTES_MAX): Promise<Result<ReceivedFile, NotReceived>> {
    const path = join(this.incoming, randomUUID());
    const hash = createHash('sha256');
    let bytes = 0;
    try {
      await mkdir(this.incoming, { recursive: true });
      await using file = new BlockFile(await open(path, 'wx'));
      for await (const chunk of content) {
        bytes += chunk.length;
        // What is too long is read to its end all the same: the sender listens only when it has sent everything.
        if (bytes > bytesMax) continue;
        hash.update(chunk);
        await file.write(chunk);
      }
      await file.end();
    } catch (error) {
      await rm(path, { force: true });
      if (isNoRoom(error)) return err({ kind: 'NoRoom' });
      throw error;
    }
    const received = { path, sha256: hash.digest('hex'), bytes };
    if (bytes <= bytesMax) return ok(received);
    await this.discard(received);
    return err({ kind: 'TooLarge', bytesMax });
  }

  /** The file stays. Before the transaction that names it commits, so that every row has its file. */
  async keep({ path, sha256 }: ReceivedFile): Promise<void> {
    const kept = this.pathOf(sha256);
    await mkdir(dirname(kept), { recursive: true });
    await rename(path, kept);
  }

  /** Does nothing to a file that was kept. */
  async discard({ path }: ReceivedFile): Promise<void> {
    await rm(path, { force: true });
  }

  /** Where a file is that was kept. */
  pathOf(sha256: string): string {
    return join(this.folder, sha256.slice(0, 2), sha256);
  }

  open(sha256: string): Readable {
    return createReadStream(this.pathOf(sha256));
  }

  /** Removes what killed processes were receiving. Other instances may be receiving right now. */
  async clear(nowMs = Date.now()): Promise<void> {
    for (const name of await readdir(this.incoming).catch(() => [])) {
      const path = join(this.incoming, name);
      const found = await stat(path).catch(() => undefined);
      if (found !== undefined && nowMs - found.mtimeMs > LEFT_BEHIND_MS) await rm(path, { force: true });
    }
  }

  private get incoming(): string {
    return join(this.folder, 'incoming');
  }
}

/**
 * Takes pieces of any size while the disk is busy with those before. A stream would not: once it has too much, it hears of room only when all that it had is written.
 * What has come is also made to stay on the disk meanwhile, instead of all at the end.
 */
class BlockFile {
  private filling = Buffer.allocUnsafe(BLOCK_BYTES);
  private spare = Buffer.allocUnsafe(BLOCK_BYTES);
  private filled = 0;
  private unsynced = 0;
  private writing: Promise<void> = Promise.resolve();
  private syncing: Promise<void> | undefined;
  private failure: Error | undefined;

  constructor(private readonly handle: FileHandle) {}

  /** @throws what the disk said, of this piece or one before */
  async write(piece: Uint8Array): Promise<void> {
    for (let from = 0; from < piece.length;) {
      const taken = piece.subarray(from, from + BLOCK_BYTES - this.filled);
      this.filling.set(taken, this.filled);
      from += taken.length;
      this.filled += taken.length;
      if (this.filled === BLOCK_BYTES) await this.turn();
    }
  }

  /** It is all on the disk. @throws what the disk said: it says so only once, and the last sync would not hear of it */
  async end(): Promise<void> {
    await this.turn();
    await Promise.all([this.writing, this.syncing]);
    if (this.failure !== undefined) throw this.failure;
    await this.handle.sync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.writing, this.syncing]);
    await this.handle.close();
  }

  /** The block before it is written; this one goes next. */
  private async turn(): Promise<void> {
    await this.writing;
    if (this.failure !== undefined) throw this.failure;
    const block = this.filling.subarray(0, this.filled);
    [this.filling, this.spare] = [this.spare, this.filling];
    this.unsynced += this.filled;
    this.filled = 0;
    this.writing = this.remembering(this.handle.appendFile(block));
    if (this.unsynced < SYNC_BYTES || this.syncing !== undefined) return;
    this.unsynced = 0;
    this.syncing = this.remembering(this.handle.datasync()).finally(() => { this.syncing = undefined; });
  }

  private async remembering(work: Promise<void>): Promise<void> {
    await work.catch((error: Error) => { this.failure ??= error; });
  }
}

function isNoRoom(error: unknown): boolean {
  return error instanceof Error && 'code' in error && NO_ROOM_CODES.has(String(error.code));
}
