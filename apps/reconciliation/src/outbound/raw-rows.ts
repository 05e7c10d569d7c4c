import { open, type FileHandle } from 'node:fs/promises';
import { CsvScanner, RECORD_BYTES_MAX } from '../core/csv-scanner.js';

/** Where a row stands: in a file that was kept, or in full because a spreadsheet has no text of it. */
export interface RowPlace {
  readonly path: string;
  readonly at: number | null;
  readonly raw: string | null;
}

/** Usually more than a row. */
const READ_BYTES = 2_048;

/** Reads rows as they stand in the files that were kept: only of those that somebody has to look at is there a copy. */
export async function readRawRows(places: readonly (RowPlace | null)[]): Promise<(string | null)[]> {
  const open: Map<string, FileHandle> = new Map();
  try {
    const rows: (string | null)[] = [];
    for (const place of places) rows.push(place === null ? null : place.raw ?? (await readRow(open, place)));
    return rows;
  } finally {
    await Promise.all([...open.values()].map((file) => file.close()));
  }
}

async function readRow(files: Map<string, FileHandle>, { path, at }: RowPlace): Promise<string> {
  const file = files.get(path) ?? (await open(path));
  files.set(path, file);
  const scanner = new CsvScanner();
  const buffer = Buffer.alloc(READ_BYTES);
  for (let position = at ?? 0; position < (at ?? 0) + 2 * RECORD_BYTES_MAX; position += READ_BYTES) {
    const { bytesRead } = await file.read(buffer, 0, READ_BYTES, position);
    const [record] = bytesRead === 0 ? scanner.end() : scanner.push(Buffer.from(buffer.subarray(0, bytesRead)));
    if (record !== undefined) return 'raw' in record ? record.raw : '';
    if (bytesRead === 0) return '';
  }
  return '';
}
