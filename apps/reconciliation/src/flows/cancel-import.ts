import { assert, err, ok, type Result } from '@scantill/kernel';
import type { Clock, Database } from '@scantill/platform';
import type { Actor } from '../core/break-life.js';
import type { FileRepository } from '../outbound/file.repository.js';
import type { ImportRepository } from '../outbound/import.repository.js';
import type { KeptFile, ReceivedFileRepository } from '../outbound/received-file.repository.js';
import type { FileBreaks } from './file-breaks.js';

export type CancelRefused = { readonly kind: 'FileUnknown' } | { readonly kind: 'ImportEnded' } | { readonly kind: 'PersonNeeded' };

/** Somebody does not want a file: neither while it is imported, nor when it waits to be accepted. It stays as it came, and sent again it is tried again. */
export class CancelImport {
  constructor(private readonly parts: {
    readonly database: Database; readonly received: ReceivedFileRepository; readonly files: FileRepository; readonly imports: ImportRepository; readonly fileBreaks: FileBreaks; readonly clock: Clock;
  }) {}

  async run(chainId: string, fileId: string, by: Actor): Promise<Result<KeptFile, CancelRefused>> {
    const { received, imports, clock } = this.parts;
    const file = await received.find(chainId, fileId);
    if (file === undefined) return err({ kind: 'FileUnknown' });
    const isPending = file.status === 'pending';
    if (isPending && by.kind !== 'person') return err({ kind: 'PersonNeeded' });
    // Whoever runs the import hears of it, and what it did is rolled back within a statement.
    const isDone = isPending ? await this.putAway(file, by) : await imports.askToCancel(fileId, by.name, clock.now());
    return isDone ? ok((await received.find(chainId, fileId)) ?? file) : err({ kind: 'ImportEnded' });
  }

  /** @returns false when somebody else has decided */
  private async putAway({ id, chainId, accountId, date, report, partOf, sequence }: KeptFile, by: Actor): Promise<boolean> {
    const { database, received, files, fileBreaks, clock } = this.parts;
    assert(accountId !== null && date !== null && report !== null && partOf !== null && sequence !== null, 'a file that waits was read');
    const part = { chainId, accountId, date, report, partOf, sequence };
    return database.transaction(async (tx) => {
      const waiting = await received.waiting(tx, part);
      if (!waiting.includes(id)) return false;
      await received.putAway(tx, id);
      const inForce = await files.inForce(tx, part);
      const isLast = waiting.length === 1;
      if (isLast && inForce !== undefined) await fileBreaks.decided(tx, part, { fileId: inForce, by }, { at: clock.now(), cause: { correlationId: id, causationId: null } });
      return true;
    });
  }
}
