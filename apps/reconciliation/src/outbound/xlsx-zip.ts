import { openPromise, type Entry, type ZipFile } from 'yauzl';

/** Parts of a workbook; one with fifty sheets and pictures has some two hundred. */
const ENTRIES_MAX = 1_000;
/** Unpacked; a table of a million rows has some 300 MB. */
export const PART_BYTES_MAX = 512 * 1024 * 1024;
/** Spreadsheets shrink to a tenth or a thirtieth; a part that unpacks to two hundred times its size was made to burst. */
export const RATIO_MAX = 200;
/** Short parts may well be all alike. */
const RATIO_FREE_BYTES = 1024 * 1024;

export type ZipRefused =
  | { readonly kind: 'NotWorkbook'; readonly reason: string }
  | { readonly kind: 'Bomb'; readonly part: string; readonly reason: string };

/** Why a workbook is not read any further. */
export class WorkbookFault extends Error {
  constructor(readonly refused: ZipRefused) {
    super(refused.kind === 'Bomb' ? `${refused.part}: ${refused.reason}` : refused.reason);
  }
}

export function notWorkbook(reason: string): WorkbookFault {
  return new WorkbookFault({ kind: 'NotWorkbook', reason });
}

/** The parts of a workbook. Nothing is written to the disk under their names, and none unpacks to more than it declares. */
export class WorkbookParts {
  private constructor(
    private readonly zip: ZipFile,
    private readonly entries: ReadonlyMap<string, Entry>,
  ) {}

  /** @throws WorkbookFault if it is no zip archive, or one that was made to burst */
  static async open(path: string): Promise<WorkbookParts> {
    const zip = await openPromise(path, { autoClose: false }).catch((error: unknown) => Promise.reject(notWorkbook(textOf(error))));
    try {
      const entries = new Map<string, Entry>();
      for await (const entry of zip.eachEntry()) {
        if (entries.size >= ENTRIES_MAX) throw new WorkbookFault({ kind: 'Bomb', part: entry.fileName, reason: `there are more than ${ENTRIES_MAX} parts` });
        checkSize(entry);
        entries.set(entry.fileName, entry);
      }
      return new WorkbookParts(zip, entries);
    } catch (error) {
      zip.close();
      throw error instanceof WorkbookFault ? error : notWorkbook(textOf(error));
    }
  }

  has(part: string): boolean {
    return this.entries.has(part);
  }

  /** @throws WorkbookFault when there is no such part, or it is not what the archive says */
  async *read(part: string): AsyncGenerator<Uint8Array> {
    const entry = this.entries.get(part);
    if (entry === undefined) throw notWorkbook(`there is no ${part}`);
    try {
      yield* (await this.zip.openReadStreamPromise(entry)) as AsyncIterable<Uint8Array>;
    } catch (error) {
      throw error instanceof WorkbookFault ? error : notWorkbook(`${part}: ${textOf(error)}`);
    }
  }

  close(): void {
    this.zip.close();
  }
}

function checkSize({ fileName: part, uncompressedSize, compressedSize }: Entry): void {
  if (uncompressedSize > PART_BYTES_MAX) throw new WorkbookFault({ kind: 'Bomb', part, reason: `unpacks to more than ${PART_BYTES_MAX} bytes` });
  const isOdd = uncompressedSize > RATIO_FREE_BYTES && uncompressedSize > compressedSize * RATIO_MAX;
  if (isOdd) throw new WorkbookFault({ kind: 'Bomb', part, reason: `unpacks to more than ${RATIO_MAX} times its size` });
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
