import { stringify } from 'csv-stringify/sync';
import type { Scanned } from '../core/csv-scanner.js';
import { shownNumber } from '../core/sheet-number.js';
import { readXml } from './xlsx-xml.js';
import { notWorkbook } from './xlsx-zip.js';

/** The format's own limit of rows; of columns, Alipay's reports have less than a hundred. */
export const ROWS_MAX = 1_048_576;
export const COLUMNS_MAX = 512;
/** Texts that cells share are in memory as a whole. */
export const STRINGS_BYTES_MAX = 64 * 1024 * 1024;

const REFERENCE = /^([A-Z]{1,3})(\d{1,7})$/;

/** The texts that cells name by number. */
export async function readSharedStrings(part: AsyncIterable<Uint8Array>): Promise<string[]> {
  const strings: string[] = [];
  let bytes = 0;
  let current = '';
  let isText = false;
  // Phonetic readings of a text stand beside it.
  let phonetic = 0;
  const events = {
    open: (name: string) => {
      if (name === 'si') current = '';
      if (name === 'rPh') phonetic += 1;
      isText = name === 't' && phonetic === 0;
    },
    text: (text: string) => { if (isText) current += text; },
    close: (name: string) => {
      isText = false;
      if (name === 'rPh') phonetic -= 1;
      if (name !== 'si') return;
      bytes += current.length;
      if (bytes > STRINGS_BYTES_MAX) throw notWorkbook(`its texts have more than ${STRINGS_BYTES_MAX} characters`);
      strings.push(current);
    },
  };
  for await (const _ of readXml(part, events)) { /* all of them are needed before the first row */ }
  return strings;
}

/** The rows of a sheet, some at a time, as records of a table. Every row is as wide as the first. */
export async function* readSheet(part: AsyncIterable<Uint8Array>, strings: readonly string[]): AsyncGenerator<Scanned[]> {
  const sheet = new SheetRows(strings);
  for await (const _ of readXml(part, sheet)) {
    const rows = sheet.take();
    if (rows.length > 0) yield rows;
  }
}

interface Cell {
  readonly column: number;
  readonly reference: string;
  readonly type: string;
  text: string;
}

class SheetRows {
  private rows: Scanned[] = [];
  private fields: string[] = [];
  private line = 0;
  private width = 0;
  private fault: string | undefined;
  private cell: Cell | undefined;
  private isValue = false;
  private phonetic = 0;

  constructor(private readonly strings: readonly string[]) {}

  take(): Scanned[] {
    const taken = this.rows;
    this.rows = [];
    return taken;
  }

  readonly open = (name: string, attributes: Readonly<Record<string, string>>): void => {
    if (name === 'row') this.begin(attributes['r']);
    if (name === 'c') this.cell = this.cellAt(attributes);
    if (name === 'rPh') this.phonetic += 1;
    // A formula (`f`) is not looked at: what it came to stands beside it.
    this.isValue = (name === 'v' || name === 't') && this.phonetic === 0;
  };

  readonly text = (text: string): void => {
    if (this.isValue && this.cell !== undefined) this.cell.text += text;
  };

  readonly close = (name: string): void => {
    this.isValue = false;
    if (name === 'rPh') this.phonetic -= 1;
    if (name === 'c' && this.cell !== undefined) this.put(this.cell);
    if (name === 'row') this.end();
  };

  private begin(given: string | undefined): void {
    const line = given === undefined ? this.line + 1 : Number(given);
    if (!Number.isInteger(line) || line <= this.line || line > ROWS_MAX) throw notWorkbook(`row ${given} does not follow row ${this.line}, or is beyond ${ROWS_MAX}`);
    this.line = line;
    this.fields = [];
    this.fault = undefined;
  }

  private cellAt({ r, t = 'n' }: Readonly<Record<string, string>>): Cell {
    const column = r === undefined ? this.fields.length : columnOf(r);
    if (column === undefined || column >= COLUMNS_MAX || column < this.fields.length) throw notWorkbook(`cell ${r} is out of order, or beyond column ${COLUMNS_MAX}`);
    return { column, reference: r ?? `${column + 1} of row ${this.line}`, type: t, text: '' };
  }

  private put(cell: Cell): void {
    this.cell = undefined;
    while (this.fields.length < cell.column) this.fields.push('');
    this.fields.push(this.valueOf(cell));
  }

  private valueOf({ reference, type, text }: Cell): string {
    if (type === 's') return this.strings[Number(text)] ?? this.wrong(`cell ${reference} names a text that is not there`);
    if (type === 'e') return this.wrong(`cell ${reference} shows an error`);
    if (type !== 'n' || text === '') return text;
    const shown = shownNumber(text);
    return shown.ok ? shown.value : this.wrong(`cell ${reference} ${shown.error}`);
  }

  private wrong(reason: string): string {
    this.fault ??= reason;
    return '';
  }

  private end(): void {
    if (this.fault !== undefined) {
      this.rows.push({ line: this.line, reason: this.fault });
      return;
    }
    if (this.fields.every((field) => field === '')) return;
    this.width ||= this.fields.length;
    while (this.fields.length < this.width) this.fields.push('');
    this.rows.push({ line: this.line, at: null, raw: stringify([this.fields]).trimEnd(), fields: this.fields });
  }
}

/** `A1` → 0, `AA7` → 26 */
function columnOf(reference: string): number | undefined {
  const [, letters] = REFERENCE.exec(reference) ?? [];
  return letters === undefined ? undefined : [...letters].reduce((column, letter) => column * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}
