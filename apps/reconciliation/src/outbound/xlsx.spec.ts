import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { zip, type ZipPart } from '../../test/zip.js';
import type { Scanned } from '../core/csv-scanner.js';
import { ReportReader } from './report-reader.js';
import { readXlsx } from './xlsx.js';
import { COLUMNS_MAX } from './xlsx-sheet.js';

const folder = mkdtempSync(join(tmpdir(), 'scantill-xlsx-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const workbook = { name: 'xl/workbook.xml', content: '<workbook xmlns:r="r"><sheets><sheet name="a" sheetId="2" r:id="rId7"/><sheet name="b" sheetId="1" r:id="rId1"/></sheets></workbook>' };
const relations = { name: 'xl/_rels/workbook.xml.rels', content: '<Relationships><Relationship Id="rId1" Target="worksheets/other.xml"/><Relationship Id="rId7" Target="/xl/worksheets/first.xml"/></Relationships>' };
const strings = (...texts: readonly string[]): ZipPart => ({ name: 'xl/sharedStrings.xml', content: `<sst>${texts.join('')}</sst>` });
const sheet = (rows: string, before = ''): ZipPart => ({ name: 'xl/worksheets/first.xml', content: `<?xml version="1.0"?>${before}<worksheet><sheetData>${rows}</sheetData></worksheet>` });

async function read(content: Uint8Array) {
  const path = join(folder, 'book.xlsx');
  writeFileSync(path, content);
  const records: Scanned[] = [];
  const result = await readXlsx(path, (some) => records.push(...some));
  return { records, refused: result.ok ? undefined : result.error };
}
const readParts = (...parts: readonly ZipPart[]) => read(zip([workbook, relations, ...parts]));

describe('a workbook', () => {
  it('of a spreadsheet program has the rows of the same table in CSV', async () => {
    const samples = join(import.meta.dirname, 'samples', 'B');
    const fromCsv = new ReportReader('settlementItems', 'major');
    const csv = [...fromCsv.push(readFileSync(join(samples, 'settlementItems_SGD_2023041510301040777_000.csv'))), ...fromCsv.finish().items];
    const fromXlsx = new ReportReader('settlementItems', 'major');
    const xlsx: typeof csv = [];
    expect(await readXlsx(join(samples, 'SETTLEMENT_DETAIL_2023041510301040777_20230415.xlsx'), (records) => xlsx.push(...fromXlsx.take(records)))).toEqual({ ok: true, value: undefined });
    expect([fromXlsx.finish(), fromXlsx.faults]).toEqual([{ items: [], refused: undefined }, []]);
    const bare = (items: typeof csv) => items.map((item) => ({ ...item, raw: '', at: null }));
    expect(bare(xlsx)).toEqual(bare(csv));
    expect(xlsx).toHaveLength(5);
  });

  it('is read from its first sheet, with shared, rich and inline texts, gaps and results of formulas', async () => {
    const rows = [
      '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="inlineStr"><is><t>third</t></is></c></row>',
      '<row r="3"><c r="A3" t="str"><f>1+1</f><v>two, "2"</v></c><c r="C3"><v>-10.5</v></c></row>', '<row r="4"/>', '<row r="5"><c r="A5" t="b"><v>1</v></c></row>',
    ].join('');
    const { records, refused } = await readParts(sheet(rows), strings('<si><t>fi&amp;rst</t></si>', '<si><r><t>sec</t></r><r><t>ond</t></r><rPh><t>reading</t></rPh></si>'));
    expect(refused).toBeUndefined();
    expect(records).toEqual([
      { line: 1, at: null, raw: 'fi&rst,second,third', fields: ['fi&rst', 'second', 'third'] }, { line: 3, at: null, raw: '"two, ""2""",,-10.5', fields: ['two, "2"', '', '-10.5'] },
      { line: 5, at: null, raw: '1,,', fields: ['1', '', ''] },
    ]);
  });

  it('names the rows whose ids became numbers, and what shows an error', async () => {
    const cell = (text: string, type = 'n') => `<row><c t="${type}"><v>${text}</v></c></row>`;
    const { records } = await readParts(sheet([cell('2.0181225190741E+27'), cell('2018122611021040123'), cell('#REF!', 'e'), cell('9', 's'), cell('123456789012.345')].join('')));
    expect(records).toEqual([
      { line: 1, reason: 'cell 1 of row 1 is a number of more than the 15 digits that a spreadsheet keeps; ids must be texts' }, { line: 2, reason: 'cell 1 of row 2 is a number of more than the 15 digits that a spreadsheet keeps; ids must be texts' },
      { line: 3, reason: 'cell 1 of row 3 shows an error' }, { line: 4, reason: 'cell 1 of row 4 names a text that is not there' }, { line: 5, at: null, raw: '123456789012.345', fields: ['123456789012.345'] },
    ]);
  });

  it('that unpacks to far more than its size is refused before it is unpacked', async () => {
    expect((await readParts(sheet(' '.repeat(3 * 1024 * 1024)))).refused).toEqual({ kind: 'Bomb', part: 'xl/worksheets/first.xml', reason: 'unpacks to more than 200 times its size' });
    expect((await readParts({ ...sheet(''), claimedBytes: 600 * 1024 * 1024 })).refused).toMatchObject({ kind: 'Bomb', reason: expect.stringContaining('536870912 bytes') });
    const many = Array.from({ length: 1_001 }, (_, index) => ({ name: `xl/media/${index}`, content: '' }));
    expect((await readParts(...many)).refused).toMatchObject({ kind: 'Bomb', reason: 'there are more than 1000 parts' });
  });

  it('that lies about its size is not unpacked beyond what it says', async () => {
    const { records, refused } = await readParts({ ...sheet(' '.repeat(3 * 1024 * 1024)), claimedBytes: 1_000 });
    expect([records, refused]).toEqual([[], { kind: 'NotWorkbook', reason: expect.stringMatching(/first\.xml: .*(too many bytes|size)/) }]);
  });

  it('is refused when it is none, or is damaged', async () => {
    const whole = zip([workbook, relations, sheet('<row><c t="str"><v>1</v></c></row>')]);
    const damaged = Buffer.from(whole);
    damaged.fill(0xff, whole.indexOf('first.xml') + 12, whole.indexOf('first.xml') + 30);
    for (const content of [Buffer.from('customerId\n<END>\n'), whole.subarray(0, whole.length - 30), damaged, zip([workbook]), zip([workbook, relations])]) {
      expect((await read(content)).refused).toMatchObject({ kind: 'NotWorkbook' });
    }
    expect((await readParts(sheet('<row>'))).refused).toMatchObject({ kind: 'NotWorkbook' });
  });

  it('is refused with a document type, rows out of order, too many columns or a text without an end', async () => {
    expect((await readParts(sheet('<row><c t="str"><v>&a;</v></c></row>', '<!DOCTYPE a [<!ENTITY a "aaaa">]>'))).refused).toEqual({ kind: 'NotWorkbook', reason: 'it has a document type' });
    expect((await readParts(sheet('<row r="2"/><row r="2"/>'))).refused).toMatchObject({ reason: 'row 2 does not follow row 2, or is beyond 1048576' });
    expect((await readParts(sheet('<row r="2000000"/>'))).refused).toMatchObject({ kind: 'NotWorkbook' });
    expect((await readParts(sheet(`<row>${'<c/>'.repeat(COLUMNS_MAX + 1)}</row>`))).refused).toMatchObject({ reason: expect.stringContaining('column 512') });
    expect((await readParts(sheet('<row><c r="XFD1"/></row>'))).refused).toMatchObject({ reason: expect.stringContaining('column 512') });
    const noise = Array.from({ length: 500_000 }, (_, index) => String((index * 7_919) % 99_991)).join('');
    expect((await readParts(sheet(`<row><c t="str"><v>${noise}</v></c></row>`))).refused).toMatchObject({ reason: expect.stringContaining('goes on for more than') });
  });
});
