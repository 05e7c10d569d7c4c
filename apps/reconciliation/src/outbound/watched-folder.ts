import { createReadStream, type Dirent } from 'node:fs';
import { access, mkdir, open, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Refusal } from './file-refused.js';
import type { FolderSource } from './sources.js';

const TAIL_BYTES = 64;
const END = /(^|\n)<END>,*\s*$/;

/** A folder into which people or programs put files. What became of a file is told by where it lies afterwards. */
export class WatchedFolder {
  constructor(private readonly source: FolderSource) {}

  /** Names of files that are complete, in order. Those that begin with a dot, links and folders are left alone. @throws when there is no such folder */
  async complete(nowMs: number): Promise<string[]> {
    const entries = await readdir(this.source.folder, { withFileTypes: true });
    const names = entries.filter((entry: Dirent) => entry.isFile() && !entry.name.startsWith('.')).map(({ name }) => name).sort();
    const complete: string[] = [];
    for (const name of names) if (await this.isComplete(name, nowMs)) complete.push(name);
    return complete;
  }

  read(name: string): Readable {
    return createReadStream(join(this.source.folder, name));
  }

  async done(name: string, fileId: string): Promise<void> {
    await this.move(name, 'done', fileId);
  }

  /** The reason lies beside it, and first: a refused file is never without one. */
  async refused(name: string, fileId: string, refusal: Pick<Refusal, 'reason' | 'detail' | 'faultCount' | 'faults'>): Promise<void> {
    const moved = await this.placeIn('refused', name, fileId);
    await writeFile(`${moved}.reason.json`, `${JSON.stringify({ fileId, ...refusal }, null, 2)}\n`);
    await rename(join(this.source.folder, name), moved);
  }

  private async isComplete(name: string, nowMs: number): Promise<boolean> {
    const path = join(this.source.folder, name);
    const { mtimeMs, size } = await stat(path);
    if (nowMs - mtimeMs >= this.source.quietSeconds * 1_000) return true;
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(TAIL_BYTES), { position: Math.max(0, size - TAIL_BYTES) });
      return END.test(buffer.toString('latin1', 0, bytesRead));
    } finally {
      await file.close();
    }
  }

  private async move(name: string, to: string, fileId: string): Promise<void> {
    await rename(join(this.source.folder, name), await this.placeIn(to, name, fileId));
  }

  /** An earlier file of the same name stays. */
  private async placeIn(folder: string, name: string, fileId: string): Promise<string> {
    await mkdir(join(this.source.folder, folder), { recursive: true });
    const place = join(this.source.folder, folder, name);
    const isFree = await access(place).then(() => false, () => true);
    return isFree ? place : join(this.source.folder, folder, `${fileId.slice(0, 8)}-${name}`);
  }
}
