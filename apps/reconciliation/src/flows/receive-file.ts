import { randomUUID } from 'node:crypto';
import { ok, type Result } from '@scantill/kernel';
import type { Clock, Database } from '@scantill/platform';
import type { Content, FileStore, NotReceived } from '../outbound/file-store.js';
import { IMPORT_LEASE_MS, type ImportRepository } from '../outbound/import.repository.js';
import type { Arrived, ReceivedFileRepository } from '../outbound/received-file.repository.js';
import type { ImportEnd, RunImports } from './run-imports.js';

export interface Arrival extends Pick<Arrived, 'name' | 'chainId' | 'source' | 'sourcePath' | 'accountTold'> {
  readonly content: Content;
  /** Who answers for it. */
  readonly by: string;
}

export interface Received {
  readonly fileId: string;
  readonly end: Promise<ImportEnd>;
}

const NAME_MAX = 255;
/** PostgreSQL keeps no NUL, and nobody can read the others. */
const UNREADABLE = /[\u0000-\u001f\u007f]/g;

/** The one way in, whatever a file comes by: it is kept as it came and known, and only then is it read. */
export class ReceiveFile {
  constructor(private readonly parts: {
    readonly database: Database; readonly store: FileStore; readonly received: ReceivedFileRepository; readonly imports: ImportRepository; readonly runImports: RunImports; readonly clock: Clock;
  }) {}

  /** @throws what the sender throws; then nothing of it was kept */
  async run({ content, by, name, ...arrival }: Arrival): Promise<Result<Received, NotReceived>> {
    const { database, store, received, imports, runImports, clock } = this.parts;
    const kept = await store.receive(content);
    if (!kept.ok) return kept;
    const { sha256, bytes } = kept.value;
    await store.keep(kept.value);
    const receivedAt = clock.now();
    const file = { ...arrival, id: randomUUID(), name: name.replace(UNREADABLE, '?').slice(0, NAME_MAX), sha256, bytes, receivedAt, receivedBy: by };
    const { id, isWaiting } = await database.transaction(async (tx) => {
      const row = await received.receive(tx, file);
      if (!row.isWaiting) await imports.wait(tx, [row.id], receivedAt, IMPORT_LEASE_MS);
      return row;
    });
    // Whoever runs it already goes on.
    return ok({ fileId: id, end: isWaiting ? runImports.join(id) : runImports.start(id) });
  }
}
