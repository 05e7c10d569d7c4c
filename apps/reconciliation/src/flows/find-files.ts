import type { Readable } from 'node:stream';
import type { FileStore } from '../outbound/file-store.js';
import type { FileFilter, KeptFile, ReceivedFileRepository } from '../outbound/received-file.repository.js';

/** Every file that ever came, also those that were refused. */
export class FindFiles {
  constructor(private readonly received: ReceivedFileRepository, private readonly store: FileStore) {}

  one(chainId: string, fileId: string): Promise<KeptFile | undefined> {
    return this.received.find(chainId, fileId);
  }

  page(filter: FileFilter, after: string | undefined, limit: number): Promise<KeptFile[]> {
    return this.received.page(filter, after, limit);
  }

  /** As it came. */
  content({ sha256 }: KeptFile): Readable {
    return this.store.open(sha256);
  }
}
