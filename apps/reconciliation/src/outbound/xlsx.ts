import { posix } from 'node:path';
import { err, ok, type Result } from '@scantill/kernel';
import type { Scanned } from '../core/csv-scanner.js';
import { readSharedStrings, readSheet } from './xlsx-sheet.js';
import { readXml } from './xlsx-xml.js';
import { notWorkbook, WorkbookFault, WorkbookParts, type ZipRefused } from './xlsx-zip.js';

const WORKBOOK = 'xl/workbook.xml';
const RELATIONS = 'xl/_rels/workbook.xml.rels';
const STRINGS = 'xl/sharedStrings.xml';

export type XlsxRefused = ZipRefused;

/** The first sheet of a workbook as the records of a table, some at a time, so that it is never in memory as a whole. @throws WorkbookFault */
export async function* xlsxRecords(path: string): AsyncGenerator<readonly Scanned[]> {
  const parts = await WorkbookParts.open(path);
  try {
    const sheet = await firstSheet(parts);
    const strings = parts.has(STRINGS) ? await readSharedStrings(parts.read(STRINGS)) : [];
    yield* readSheet(parts.read(sheet), strings);
  } finally {
    parts.close();
  }
}

/** Hands all records over. */
export async function readXlsx(path: string, take: (records: readonly Scanned[]) => void): Promise<Result<undefined, XlsxRefused>> {
  try {
    for await (const records of xlsxRecords(path)) take(records);
    return ok(undefined);
  } catch (error) {
    if (error instanceof WorkbookFault) return err(error.refused);
    throw error;
  }
}

/** The sheet that the workbook lists first, wherever its part is. */
async function firstSheet(parts: WorkbookParts): Promise<string> {
  let id: string | undefined;
  for await (const _ of readXml(parts.read(WORKBOOK), {
    open: (name, attributes) => { if (name === 'sheet') id ??= Object.entries(attributes).find(([attribute]) => /(^|:)id$/.test(attribute))?.[1]; },
  })) { /* the list is short */ }
  let target: string | undefined;
  for await (const _ of readXml(parts.read(RELATIONS), {
    open: (name, { Id, Target }) => { if (name === 'Relationship' && Id === id) target = Target; },
  })) { /* so is this one */ }
  if (id === undefined || target === undefined) throw notWorkbook('it has no sheet');
  // Written from the root of the archive, or from the workbook's own folder.
  return target.startsWith('/') ? target.slice(1) : posix.normalize(posix.join('xl', target));
}
