import type { Readable } from 'node:stream';
import { AUDIT_FILES_MAX, type AuditFile, type AuditReader, type AuditRun, type AuditScope } from '../outbound/audit.reader.js';
import type { HistoryEntry } from '../outbound/break-history.js';
import type { BreakCursor, BreakFilter } from '../outbound/break.reader.js';
import type { FileStore } from '../outbound/file-store.js';
import type { ListBreaks, ProvenBreak } from './list-breaks.js';

export interface AuditFiles {
  readonly files: readonly AuditFile[];
  /** Otherwise there are more than one pack may have. */
  readonly isWhole: boolean;
}

const BREAKS_PAGE = 200;

/** Everything that somebody needs who does not believe a report. */
export class GatherAudit {
  constructor(private readonly reader: AuditReader, private readonly store: FileStore, private readonly listBreaks: ListBreaks) {}

  async files(scope: AuditScope): Promise<AuditFiles> {
    const files = await this.reader.files(scope);
    return { files: files.slice(0, AUDIT_FILES_MAX), isWhole: files.length <= AUDIT_FILES_MAX };
  }

  /** As it came. */
  content({ sha256 }: AuditFile): Readable {
    return this.store.open(sha256);
  }

  runs(scope: AuditScope): AsyncGenerator<AuditRun> {
    return this.reader.runs(scope);
  }

  /** Every break that ever was, with all that was done with it. */
  async *breaks(filter: BreakFilter): AsyncGenerator<{ readonly found: ProvenBreak; readonly history: readonly HistoryEntry[] }> {
    for (let after: BreakCursor | null = null; ;) {
      const { breaks, next }: Awaited<ReturnType<ListBreaks['page']>> = await this.listBreaks.page(filter, 'oldest', after, BREAKS_PAGE);
      const histories = await this.reader.histories(breaks.map(({ id }) => id));
      for (const found of breaks) yield { found, history: histories.get(found.id) ?? [] };
      if (next === null) return;
      after = next;
    }
  }
}
