import { createWriteStream } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { END_MARKER } from '@scantill/alipay';
import { stringify } from 'csv-stringify/sync';
import type { ReportRow } from './report-row.js';

/** Rows turned into text at a time, so that calls are answered while a long day is written. */
const ROWS_PER_CHUNK = 500;

export interface ReportFiles {
  readonly root: string;
  readonly columns: readonly string[];
  readonly rowsPerFile: number;
  /** Below the root. */
  readonly remotePath: (sequence: number) => string;
  /** Where the parts are counted from; 0 unless a gap is wanted. */
  readonly firstSequence: number;
  /** The last part ends in the middle of its last line. */
  readonly isCutShort: boolean;
}

export interface WrittenPart {
  readonly remotePath: string;
  readonly rows: number;
}

/** Writes a report in as many parts as it takes, at least one. Each appears under its name only when it is complete. */
export async function writeReport(files: ReportFiles, rows: Iterator<ReportRow>): Promise<WrittenPart[]> {
  const parts: WrittenPart[] = [];
  for (let next = rows.next(); parts.length === 0 || !next.done; ) {
    const remotePath = files.remotePath(files.firstSequence + parts.length);
    const part = { rows: 0 };
    const isFull = () => part.rows >= files.rowsPerFile;
    const take = function* (): Generator<ReportRow> {
      for (; !next.done && !isFull(); next = rows.next()) {
        part.rows += 1;
        yield next.value;
      }
    };
    await writePart(join(files.root, remotePath), chunks(files, take(), () => next.done === true));
    parts.push({ remotePath, rows: part.rows });
  }
  return parts;
}

async function writePart(path: string, content: AsyncIterable<string>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.part`;
  await pipeline(content, createWriteStream(unfinished));
  await rename(unfinished, path);
}

async function* chunks({ columns, isCutShort }: ReportFiles, rows: Iterable<ReportRow>, isLast: () => boolean): AsyncGenerator<string> {
  yield `${columns.join(',')}\n`;
  let pending: ReportRow[] = [];
  for (const row of rows) {
    pending.push(row);
    if (pending.length < ROWS_PER_CHUNK) continue;
    yield csv(pending, columns);
    pending = [];
    await new Promise(setImmediate);
  }
  const rest = csv(pending, columns);
  yield isCutShort && isLast() ? rest.slice(0, Math.floor(rest.length / 2)) : `${rest}${END_MARKER}\n`;
}

function csv(rows: readonly ReportRow[], columns: readonly string[]): string {
  return stringify([...rows], { columns: [...columns] });
}
