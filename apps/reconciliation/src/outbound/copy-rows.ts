import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Report } from '@scantill/alipay';
import { err, ok, type Result } from '@scantill/kernel';
import type { BinaryRows } from './binary-rows.js';
import type { Bulk } from './bulk.js';
import type { FileRefused } from './file-refused.js';
import type { UnreadReport } from './intake.js';
import type { ReportReader } from './report-reader.js';
import type { ItemsOf } from './report-rows.js';
import { xlsxRecords } from './xlsx.js';
import { WorkbookFault } from './xlsx-zip.js';

const READ_BYTES = 64 * 1024;

export interface CopyOf<R extends Report> {
  readonly file: Pick<UnreadReport, 'path' | 'format'>;
  readonly reader: ReportReader<R>;
  /** `copy … from stdin` */
  readonly into: string;
  /** Where rows are written: the given ones by `take`, and those that the reader took by itself. */
  readonly rows: BinaryRows;
  readonly take: (items: readonly ItemsOf[R][]) => void;
  /** Hears how many rows were read. */
  readonly read: (rows: number) => void;
}

/** Streams a report's rows into a table, as fast as both sides can; memory does not grow with the file. */
export async function copyRows<R extends Report>(bulk: Bulk, { file, reader, into, rows, take, read }: CopyOf<R>): Promise<Result<undefined, FileRefused>> {
  let refused: FileRefused | undefined;
  let told = 0;
  const took = (items: readonly ItemsOf[R][]): void => {
    take(items);
    read(reader.rowCount - told);
    told = reader.rowCount;
  };
  const bytes = async function* () {
    try {
      for await (const items of itemsOf(file, reader)) {
        took(items);
        yield rows.taken();
      }
      const last = reader.finish();
      refused = last.refused;
      took(last.items);
    } catch (error) {
      // Ended in order, so that the transaction can be rolled back in order.
      if (!(error instanceof WorkbookFault)) throw error;
      refused = error.refused;
    }
    yield rows.ended();
  };
  // One at a time: what waits in a queue outlives its youth, and fills the memory until somebody clears it up.
  await pipeline(Readable.from(bytes(), { highWaterMark: 1 }), bulk.copy(into));
  return refused === undefined ? ok(undefined) : err(refused);
}

async function* itemsOf<R extends Report>({ path, format }: CopyOf<R>['file'], reader: ReportReader<R>): AsyncGenerator<ItemsOf[R][]> {
  if (format === 'xlsx') for await (const records of xlsxRecords(path)) yield reader.take(records);
  else for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES })) yield reader.push(chunk as Uint8Array);
}
