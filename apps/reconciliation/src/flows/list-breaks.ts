import { businessDate } from '@scantill/kernel';
import type { Clock } from '@scantill/platform';
import type { HistoryEntry } from '../outbound/break-history.js';
import type { Break } from '../outbound/break-row.js';
import { cursorOf, type BreakCursor, type BreakFilter, type BreakReader, type BreakSort } from '../outbound/break.reader.js';
import type { FileRepository } from '../outbound/file.repository.js';

/** A break with the SHA-256 of the file that proves it, and of the one that explains it. */
export interface ProvenBreak extends Break {
  readonly fileSha256: string | null;
  readonly explainedBySha256: string | null;
}

export interface BreakPage {
  readonly breaks: readonly ProvenBreak[];
  /** Null on the last page. */
  readonly next: BreakCursor | null;
}

const PAGE_ROWS_MAX = 500;

/** What does not agree, a page at a time, one by one, or all of it. */
export class ListBreaks {
  constructor(private readonly breaks: BreakReader, private readonly files: FileRepository, private readonly clock: Clock) {}

  /** From which ages are counted. */
  today(): string {
    return businessDate(this.clock.now());
  }

  async page(filter: BreakFilter, sort: BreakSort, after: BreakCursor | null, limit: number): Promise<BreakPage> {
    const breaks = await this.breaks.page(filter, sort, after, limit);
    const last = breaks.at(-1);
    return { breaks: await this.proven(breaks), next: last === undefined || breaks.length < limit ? null : cursorOf(last, sort) };
  }

  /** All of them, a page at a time. */
  async *all(filter: BreakFilter, sort: BreakSort): AsyncGenerator<ProvenBreak> {
    for (let after: BreakCursor | null = null; ;) {
      const { breaks, next }: BreakPage = await this.page(filter, sort, after, PAGE_ROWS_MAX);
      yield* breaks;
      if (next === null) return;
      after = next;
    }
  }

  /** With its history, oldest first. Undefined where the chain has no such break. */
  async find(chainId: string, id: string): Promise<{ readonly found: ProvenBreak; readonly history: readonly HistoryEntry[] } | undefined> {
    const each = await this.breaks.find(chainId, id);
    if (each === undefined) return undefined;
    const [found] = await this.proven([each]);
    return found === undefined ? undefined : { found, history: await this.breaks.history(id) };
  }

  private async proven(breaks: readonly Break[]): Promise<ProvenBreak[]> {
    const ids = breaks.flatMap((each) => [each.file?.id, explainedBy(each)]).filter((id) => typeof id === 'string');
    const sha256 = await this.files.sha256Of([...new Set(ids)]);
    const of = (id: string | null | undefined) => (id === null || id === undefined ? null : sha256.get(id) ?? null);
    return breaks.map((each) => ({ ...each, fileSha256: of(each.file?.id), explainedBySha256: of(explainedBy(each)) }));
  }
}

function explainedBy({ life: { stage } }: Break): string | null {
  return 'evidence' in stage ? stage.evidence.fileId : null;
}
