import { err, ok, type Result } from '@scantill/kernel';
import type { Clock, Database } from '@scantill/platform';
import type { Actor } from '../core/break-life.js';
import type { ImportRepository } from '../outbound/import.repository.js';
import type { KeptFile, ReceivedFileRepository } from '../outbound/received-file.repository.js';
import type { ImportEnd, RunImports } from './run-imports.js';

export type AcceptRefused = { readonly kind: 'FileUnknown' } | { readonly kind: 'NotPending'; readonly status: KeptFile['status'] } | { readonly kind: 'PersonNeeded' };

/** A person takes an edition of a file although it changes what the one before it said: it is imported anew, and then in force. */
export class AcceptFile {
  constructor(private readonly parts: {
    readonly database: Database; readonly received: ReceivedFileRepository; readonly imports: ImportRepository; readonly runImports: RunImports; readonly clock: Clock;
  }) {}

  async run(chainId: string, fileId: string, by: Actor): Promise<Result<Promise<ImportEnd>, AcceptRefused>> {
    const { database, received, imports, runImports, clock } = this.parts;
    const file = await received.find(chainId, fileId);
    if (file === undefined) return err({ kind: 'FileUnknown' });
    if (by.kind !== 'person') return err({ kind: 'PersonNeeded' });
    const at = clock.now();
    const isAccepted = await database.transaction(async (tx) => {
      if (!(await received.accept(tx, { chainId, id: fileId, by: by.name, at }))) return false;
      await imports.wait(tx, [fileId], at);
      return true;
    });
    return isAccepted ? ok(runImports.start(fileId)) : err({ kind: 'NotPending', status: file.status });
  }
}
