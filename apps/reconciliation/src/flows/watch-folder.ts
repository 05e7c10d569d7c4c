import type { Account, Log } from '@scantill/platform';
import type { FolderSource } from '../outbound/sources.js';
import { WatchedFolder } from '../outbound/watched-folder.js';
import type { ReceiveFile } from './receive-file.js';

const FILES_MAX = 100;
const reasons = {
  cancelled: { reason: 'cancelled', detail: 'the import was cancelled', faultCount: 0, faults: [] },
  pending: { reason: 'pending', detail: 'it changes what the file in force says: a person has to accept it or put it away', faultCount: 0, faults: [] },
} as const;

/** Takes the complete files of a folder in, one after the other, and moves each when its import has ended: after a crash it lies where it was, and is seen again. */
export class WatchFolder {
  constructor(private readonly receiveFile: ReceiveFile, private readonly log: Log) {}

  /** @returns how many files were taken in */
  async run(source: FolderSource, { chainId, accountId }: Account, signal: AbortSignal): Promise<number> {
    const folder = new WatchedFolder(source);
    let taken = 0;
    for (const name of (await folder.complete(Date.now())).slice(0, FILES_MAX)) {
      signal.throwIfAborted();
      const received = await this.receiveFile.run({ name, content: folder.read(name), chainId, accountTold: accountId, source: 'folder', sourcePath: name, by: source.id });
      if (!received.ok) {
        this.log.error({ source: source.id, name, refused: received.error }, 'a file in a watched folder could not be kept');
        continue;
      }
      const { fileId, end } = received.value;
      const ended = await end;
      // What goes on elsewhere, or later, is looked at again then.
      if (ended.kind === 'postponed') continue;
      if (ended.kind === 'imported') await folder.done(name, ended.imported.file.id);
      else await folder.refused(name, fileId, ended.kind === 'refused' ? ended.refusal : reasons[ended.kind]);
      this.log.info({ source: source.id, name, fileId, end: ended.kind }, 'a file was taken from a watched folder');
      taken += ended.kind === 'imported' ? 1 : 0;
    }
    return taken;
  }
}
