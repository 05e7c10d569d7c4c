import { Readable } from 'node:stream';
import { toMajorText } from '@scantill/kernel';
import { Archive } from './archive.js';
import { looksLikeFormula } from './formula-text.js';
import type { Cell, ColumnKind } from './report-tables.js';
import { amountStyle, styleId, stylesXml, type Style } from './workbook-styles.js';

/** What a sheet can hold, less its head and totals. Source: Excel's specifications and limits. */
export const SHEET_ROWS_MAX = 1_048_000;
const CELL_CHARS_MAX = 32_767;
/** So many rows make one chunk for the archive. */
const CHUNK_ROWS = 200;
/** What can still be read on a page across; what is wider goes on several side by side. */
const PAGE_CHARS = 220;
const SPREADSHEET_DAY_0 = Date.UTC(1899, 11, 30);
const DAY_MS = 86_400_000;

export interface SheetCell {
  readonly value: Cell;
  readonly kind: ColumnKind;
  readonly style?: Style;
}

export interface Sheet {
  readonly name: string;
  /** In characters, one for each column. */
  readonly widths: readonly number[];
  /** Rows at the top that stay in sight, and are printed on every page. */
  readonly frozenRows: number;
  readonly rows: AsyncIterable<readonly SheetCell[]>;
  /** Rows with a filter in the first one: how many, once all have been written. */
  readonly filteredRows?: () => number;
}

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

/** A workbook as it is written, row by row: nobody holds it as a whole. Source of the format: ECMA-376, part 1. */
export function workbook(sheets: readonly Sheet[]): Readable {
  const archive = new Archive();
  const add = (path: string, xml: string) => archive.addText(path, HEAD + xml);
  const numbers = sheets.map((_, index) => index + 1);
  add('[Content_Types].xml', `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${TYPE}.styles+xml"/>${numbers.map((number) => `<Override PartName="/xl/worksheets/sheet${number}.xml" ContentType="${TYPE}.worksheet+xml"/>`).join('')}</Types>`);
  add('_rels/.rels', `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>`);
  add('xl/workbook.xml', `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}"><sheets>${sheets.map(({ name }, index) => `<sheet name="${escaped(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`).join('')}</sheets>${printTitles(sheets)}</workbook>`);
  add('xl/_rels/workbook.xml.rels', `<Relationships xmlns="${PACKAGE}/relationships">${numbers.map((number) => `<Relationship Id="rId${number}" Type="${RELATIONS}/worksheet" Target="worksheets/sheet${number}.xml"/>`).join('')}<Relationship Id="rId${sheets.length + 1}" Type="${RELATIONS}/styles" Target="styles.xml"/></Relationships>`);
  add('xl/styles.xml', stylesXml());
  for (const [index, sheet] of sheets.entries()) archive.add(`xl/worksheets/sheet${index + 1}.xml`, () => Readable.from(sheetXml(sheet)));
  return archive.end();
}

function printTitles(sheets: readonly Sheet[]): string {
  const names = sheets.flatMap(({ name, frozenRows }, index) => (frozenRows === 0 ? [] : [`<definedName name="_xlnm.Print_Titles" localSheetId="${index}">'${escaped(name)}'!$1:$${frozenRows}</definedName>`]));
  return names.length === 0 ? '' : `<definedNames>${names.join('')}</definedNames>`;
}

async function* sheetXml({ widths, frozenRows, rows, filteredRows }: Sheet): AsyncGenerator<string> {
  const pane = frozenRows === 0 ? '' : `<pane ySplit="${frozenRows}" topLeftCell="A${frozenRows + 1}" activePane="bottomLeft" state="frozen"/>`;
  const columns = widths.map((width, index) => `<col min="${index + 1}" max="${index + 1}" width="${width}" customWidth="1"/>`).join('');
  yield `${HEAD}<worksheet xmlns="${MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView showGridLines="0" workbookViewId="0">${pane}</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>${columns}</cols><sheetData>`;
  let written = 0;
  let chunk: string[] = [];
  for await (const row of rows) {
    chunk.push(rowXml(row, written += 1));
    if (chunk.length < CHUNK_ROWS) continue;
    yield chunk.join('');
    chunk = [];
  }
  const filtered = filteredRows?.() ?? 0;
  const filter = filtered === 0 ? '' : `<autoFilter ref="A1:${columnName(widths.length - 1)}${filtered}"/>`;
  yield `${chunk.join('')}</sheetData>${filter}<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/><pageSetup paperSize="9" orientation="landscape" fitToWidth="${Math.ceil(widths.reduce((sum, width) => sum + width, 0) / PAGE_CHARS)}" fitToHeight="0"/><headerFooter><oddFooter>&amp;L&amp;A&amp;RPage &amp;P of &amp;N</oddFooter></headerFooter></worksheet>`;
}

function rowXml(cells: readonly SheetCell[], row: number): string {
  return `<row r="${row}">${cells.map((cell, index) => cellXml(cell, `${columnName(index)}${row}`)).join('')}</row>`;
}

/** Numbers as exact decimals, without JavaScript's in between; text is never anything else. */
function cellXml({ value, kind, style }: SheetCell, at: string): string {
  const number = (content: string, fallback: Style) => `<c r="${at}" s="${styleId(style ?? fallback)}"><v>${content}</v></c>`;
  if (value === null) return style === undefined ? '' : `<c r="${at}" s="${styleId(style)}"/>`;
  if (typeof value === 'object') return number(toMajorText(value), amountStyle(value.currency, false));
  if (typeof value === 'number') return number(String(value), 'count');
  if (kind === 'date') return number(String((Date.parse(value) - SPREADSHEET_DAY_0) / DAY_MS), 'date');
  if (kind === 'decimal' && /^-?\d+(\.\d+)?$/.test(value)) return number(value, 'decimal');
  return `<c r="${at}" s="${styleId(style ?? (looksLikeFormula(value) ? 'quoted' : 'plain'))}" t="inlineStr"><is><t xml:space="preserve">${escaped(value.slice(0, CELL_CHARS_MAX))}</t></is></c>`;
}

function columnName(index: number): string {
  return index < 26 ? String.fromCharCode(65 + index) : columnName(Math.floor(index / 26) - 1) + columnName(index % 26);
}

/** Without what XML cannot carry; `_x0041_` would be read as a letter. */
function escaped(text: string): string {
  return text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '').replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;').replace(/\r/g, '&#13;');
}
