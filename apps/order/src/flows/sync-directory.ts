import { readFile } from 'node:fs/promises';
import { appendEvents, isTransient, pause, type Clock, type Database, type KeepDirectory, type Log, type OutboxRelay, type SecretBox } from '@scantill/platform';
import { readDirectoryFile, toDirectoryRow, type DirectoryFileEntry } from '../outbound/directory-events.js';
import type { DirectoryRepository } from '../outbound/directory.repository.js';

const RETRY_MS = 1_000;

/** The directory comes from a file; what differs from the last time is kept and told to the others. */
export class SyncDirectory {
  private stopped = false;

  constructor(
    private readonly database: Database,
    private readonly entries: DirectoryRepository,
    private readonly keep: KeepDirectory,
    private readonly parts: { readonly file: string; readonly secrets: SecretBox; readonly relay: OutboxRelay; readonly clock: Clock; readonly log: Log },
  ) {}

  /** A file that cannot be used ends the start; a database that is not there yet is waited for in the background. */
  async start(): Promise<void> {
    const wanted = readDirectoryFile(await readFile(this.parts.file, 'utf8'));
    void this.run(wanted);
  }

  private async run(wanted: readonly DirectoryFileEntry[]): Promise<void> {
    while (!this.stopped) {
      try {
        await this.apply(wanted);
        return;
      } catch (error) {
        this.parts.log[isTransient(error) ? 'warn' : 'error']({ err: error }, 'the directory file could not be applied; trying again');
        await pause(RETRY_MS, () => this.stopped);
      }
    }
  }

  stop(): void {
    this.stopped = true;
  }

  private async apply(wanted: readonly DirectoryFileEntry[]): Promise<void> {
    const { secrets, relay, clock, log } = this.parts;
    const changed = await this.database.transaction(async (tx) => {
      const changes = await this.entries.differences(tx, wanted, secrets);
      if (changes.length === 0) return 0;
      const kept = await this.keep.run(tx, changes);
      const sequences = new Map(kept.map((entry) => [`${entry.kind}:${entry.id}`, Number(entry.sequence)]));
      await appendEvents(tx, changes.map((change) => toDirectoryRow(change, sequences.get(`${change.kind}:${change.id}`)!, clock.now())));
      tx.afterCommit(relay.wake);
      return changes.length;
    });
    log.info({ changed }, 'the directory is in step with its file');
  }
}
