import type { Stats } from 'node:fs';
import { lstat, open, readdir, realpath, type FileHandle } from 'node:fs/promises';
import { join, posix } from 'node:path';

/** Where Alipay puts the files of all customers. */
const SETTLEMENTS = ['v1', 'settlements'];
/** A file that is still being written. */
const UNFINISHED = '.part';

/** What one user sees of the folder that day files are written to: the files of some customers, and nothing beside or behind them. */
export class VisibleFolder {
  constructor(private readonly root: string, private readonly customerIds: readonly string[]) {}

  /** Absolute, whatever the path climbs over. */
  static absolute(path: string): string {
    return posix.resolve('/', path);
  }

  /** Undefined where there is nothing to see. */
  async stat(path: string): Promise<Stats | undefined> {
    const local = this.local(path);
    if (local === undefined) return undefined;
    const found = await lstat(local).catch(() => undefined);
    if (found === undefined || !(found.isFile() || found.isDirectory())) return undefined;
    // A link on the way would lead out of the folder.
    return (await realpath(local)) === join(await realpath(this.root), VisibleFolder.absolute(path)).replace(/\/$/, '') ? found : undefined;
  }

  async list(path: string): Promise<{ readonly name: string; readonly stats: Stats }[]> {
    const local = this.local(path);
    const names = local === undefined ? [] : (await readdir(local)).sort();
    const entries = await Promise.all(names.map(async (name) => ({ name, stats: await this.stat(posix.join(path, name)) })));
    return entries.flatMap(({ name, stats }) => (stats === undefined ? [] : [{ name, stats }]));
  }

  async open(path: string): Promise<FileHandle | undefined> {
    const stats = await this.stat(path);
    const local = this.local(path);
    return stats?.isFile() === true && local !== undefined ? open(local, 'r') : undefined;
  }

  private local(path: string): string | undefined {
    const absolute = VisibleFolder.absolute(path);
    return this.isVisible(absolute) ? join(this.root, absolute) : undefined;
  }

  private isVisible(absolute: string): boolean {
    if (absolute.includes('\0') || absolute.endsWith(UNFINISHED)) return false;
    const steps = absolute.split('/').filter((step) => step !== '');
    const customerId = steps[SETTLEMENTS.length];
    return steps.slice(0, SETTLEMENTS.length).every((step, at) => step === SETTLEMENTS[at]) && (customerId === undefined || this.customerIds.includes(customerId));
  }
}
