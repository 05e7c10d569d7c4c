import { err, ok, type Result } from '@scantill/kernel';
import type { Clock } from '@scantill/platform';
import type { ImportRepository } from '../outbound/import.repository.js';
import type { KeptFile, ReceivedFileRepository } from '../outbound/received-file.repository.js';

export type CancelRefused = { readonly kind: 'FileUnknown' } | { readonly kind: 'ImportEnded' };

/** Asks whoever runs the import to end it. What it did is rolled back within a statement; the file stays, and sent again it is tried again. */
export class CancelImport {
  constructor(private readonly received: ReceivedFileRepository, private readonly imports: ImportRepository, private readonly clock: Clock) {}

  async run(chainId: string, fileId: string, by: string): Promise<Result<KeptFile, CancelRefused>> {
    const file = await this.received.find(chainId, fileId);
    if (file === undefined) return err({ kind: 'FileUnknown' });
    const isAsked = await this.imports.askToCancel(fileId, by, this.clock.now());
    return isAsked ? ok((await this.received.find(chainId, fileId)) ?? file) : err({ kind: 'ImportEnded' });
  }
}
