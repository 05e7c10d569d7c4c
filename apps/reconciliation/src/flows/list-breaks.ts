import type { Break } from '../outbound/break-row.js';
import type { BreakFilter, BreakRepository } from '../outbound/break.repository.js';
import type { FileRepository } from '../outbound/file.repository.js';

/** A break with the SHA-256 of the file that proves it. */
export interface ProvenBreak extends Break {
  readonly fileSha256: string | null;
}

const PAGE_ROWS_MAX = 500;

/** The breaks of a day, in the order of their ids. */
export class ListBreaks {
  constructor(private readonly breaks: BreakRepository, private readonly files: FileRepository) {}

  /** @param after the id of the last one seen; empty for the first page */
  async page(filter: BreakFilter, after: string, limit: number): Promise<ProvenBreak[]> {
    const breaks = await this.breaks.page(filter, after, limit);
    const sha256 = await this.files.sha256Of([...new Set(breaks.flatMap(({ file }) => file?.id ?? []))]);
    return breaks.map((each) => ({ ...each, fileSha256: each.file === null ? null : sha256.get(each.file.id) ?? null }));
  }

  /** All of them, a page at a time. */
  async *all(filter: BreakFilter): AsyncGenerator<ProvenBreak> {
    let page = await this.page(filter, '', PAGE_ROWS_MAX);
    while (page.length > 0) {
      yield* page;
      page = await this.page(filter, page.at(-1)!.id, PAGE_ROWS_MAX);
    }
  }
}
