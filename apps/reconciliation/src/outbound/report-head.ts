import { createReadStream } from 'node:fs';
import { END_MARKER } from '@scantill/alipay';
import { businessDate } from '@scantill/kernel';
import { isCalendarDay } from '../core/calendar.js';
import { TableReader, type Row } from '../core/item-table.js';
import { xlsxRecords } from './xlsx.js';
import { WorkbookFault } from './xlsx-zip.js';

/** What the first row of a report says of all of them; null where there is none, or it does not say it. */
export interface ReportHead {
  readonly customerId: string | null;
  /** The day of its settlement, in UTC+8. */
  readonly settledOn: string | null;
}

const COLUMNS = ['customerId', 'settlementTime', 'settlementInitiatedDate'];
const READ_BYTES = 64 * 1024;

/** Looks at no more of the file than it needs. What is wrong with it is told by those who read all of it. */
export async function readHead({ path, format }: { readonly path: string; readonly format: 'csv' | 'xlsx' }): Promise<ReportHead> {
  const reader = new TableReader({ required: [], optional: COLUMNS, endMarker: END_MARKER });
  for await (const rows of rowsOf({ path, format }, reader)) {
    const [first] = rows;
    if (first === undefined) continue;
    const [customerId = '', settlementTime = '', initiated = ''] = COLUMNS.map((name) => first.values[reader.columns.indexOf(name)]);
    return { customerId: customerId === '' ? null : customerId, settledOn: dayOf(settlementTime) ?? dayOf(initiated) };
  }
  return { customerId: null, settledOn: null };
}

async function* rowsOf({ path, format }: { readonly path: string; readonly format: 'csv' | 'xlsx' }, reader: TableReader): AsyncGenerator<readonly Row[]> {
  try {
    if (format === 'xlsx') for await (const records of xlsxRecords(path)) yield reader.take(records);
    else for await (const chunk of createReadStream(path, { highWaterMark: READ_BYTES })) yield reader.push(chunk as Uint8Array);
  } catch (error) {
    if (!(error instanceof WorkbookFault)) throw error;
  }
}

function dayOf(text: string): string | null {
  if (isCalendarDay(text)) return text;
  const at = new Date(text);
  return text.includes('T') && !Number.isNaN(at.getTime()) ? businessDate(at) : null;
}
