/** A record of a CSV file (RFC 4180). */
export interface CsvRecord {
  /** Where it begins; the first line is 1. */
  readonly line: number;
  /** Its first byte; null where records do not stand in the file as text. */
  readonly at: number | null;
  /** As it stands in the file, without its line break. */
  readonly raw: string;
  readonly fields: readonly string[];
}

/** A record that cannot be read. */
export interface BrokenRecord {
  readonly line: number;
  readonly reason: string;
}

export type Scanned = CsvRecord | BrokenRecord;

/** A record of UTF-8 without a NUL, as it stands among others. It is another one as soon as it was looked at. */
export interface RecordBytes {
  readonly line: number;
  /** Its first byte in the file. */
  readonly at: number;
  readonly bytes: Uint8Array;
  readonly start: number;
  /** Where its line break begins. */
  readonly end: number;
}

/** Takes a record as it stands, at the speed of large files. False: it is wanted in fields. */
export type TakeRecord = (record: RecordBytes) => boolean;

const NUL = 0x00;
const LF = 0x0a;
const CR = 0x0d;
const COMMA = 0x2c;
const QUOTE = 0x22;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
/** Longer than any honest record: a quote that is never closed would swallow the rest of the file. */
export const RECORD_BYTES_MAX = 65_536;
const TOO_LONG = `does not end within ${RECORD_BYTES_MAX} bytes; perhaps a quote is never closed`;

/**
 * Cuts a CSV file into records, by chunks of bytes as they come from the disk. What it finds does not depend on where the
 * chunks end. A quote opens a field only at its beginning; elsewhere it is a character like any other, because Alipay does not
 * say whether it quotes.
 */
export class CsvScanner {
  private readonly decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  private carried: Buffer = Buffer.alloc(0);
  private line = 1;
  /** Of the first byte that is carried. */
  private at = 0;
  private isBegun = false;
  private isGivenUp = false;

  /** The records that end in this chunk, but for those that were taken. Blank lines are left out. */
  push(chunk: Uint8Array, takeRecord: TakeRecord = () => false): Scanned[] {
    // A Buffer is searched several times as fast as any other array of bytes.
    const bytes = Buffer.concat([this.carried, chunk]);
    const scanned: Scanned[] = [];
    if (!this.isBegun && bytes.length < BYTE_ORDER_MARK.length) {
      this.carried = bytes;
      return scanned;
    }
    const start = this.isBegun ? 0 : begin(bytes);
    this.isBegun = true;
    this.at += start;
    this.carried = Buffer.from(bytes.subarray(this.takeEach(bytes, start, scanned, takeRecord)));
    if (this.carried.length > RECORD_BYTES_MAX) this.take(this.carried, scanned);
    return scanned;
  }

  /** The last record, if no line break follows it. */
  end(): Scanned[] {
    this.isBegun = true;
    const scanned = this.push(new Uint8Array(0));
    if (this.carried.length > 0) this.take(this.carried, scanned);
    return scanned;
  }

  /** @returns where the first record begins that does not end here */
  private takeEach(bytes: Buffer, from: number, scanned: Scanned[], takeRecord: TakeRecord): number {
    const whole = bytes.subarray(0, bytes.lastIndexOf(LF) + 1);
    const isText = !whole.includes(NUL) && this.decode(whole) !== undefined;
    const each = { line: 0, at: 0, bytes, start: from, end: from };
    let quote = indexOf(bytes, QUOTE, from);
    for (let lineBreak = bytes.indexOf(LF, from); lineBreak !== -1; lineBreak = bytes.indexOf(LF, each.start)) {
      if (quote < each.start) quote = indexOf(bytes, QUOTE, each.start);
      const end = quote < lineBreak ? endOfQuotedRecord(bytes, each.start, quote) : lineBreak;
      if (end === -1) break;
      each.line = this.line;
      each.at = this.at;
      each.end = end > each.start && bytes[end - 1] === CR ? end - 1 : end;
      const isTaken = isText && !this.isGivenUp && each.end > each.start && end - each.start <= RECORD_BYTES_MAX && takeRecord(each);
      if (isTaken) this.pass(end - each.start, quote < end ? 1 + countOf(LF, bytes.subarray(each.start, end)) : 1);
      else this.take(bytes.subarray(each.start, end), scanned);
      this.at += 1;
      each.start = end + 1;
    }
    return each.start;
  }

  private take(bytes: Buffer, scanned: Scanned[]): void {
    if (this.isGivenUp) return;
    const { line, at } = this;
    if (bytes.length > RECORD_BYTES_MAX) {
      this.isGivenUp = true;
      scanned.push({ line, reason: TOO_LONG });
      return;
    }
    const text = this.decode(bytes.at(-1) === CR ? bytes.subarray(0, -1) : bytes);
    const record = text === undefined ? { line, reason: 'is not UTF-8' } : readRecord({ line, at }, text);
    if (record !== undefined) scanned.push(record);
    this.pass(bytes.length, 1 + countOf(LF, bytes));
  }

  private pass(bytes: number, lines: number): void {
    this.at += bytes;
    this.line += lines;
  }

  private decode(bytes: Uint8Array): string | undefined {
    try {
      return this.decoder.decode(bytes);
    } catch {
      return undefined;
    }
  }
}

/** Where the first record of a file begins: after the mark that some programs put in front. */
function begin(bytes: Uint8Array): number {
  return BYTE_ORDER_MARK.every((byte, at) => bytes[at] === byte) ? BYTE_ORDER_MARK.length : 0;
}

/** Beyond the end where it is not there. */
function indexOf(bytes: Buffer, wanted: number, from: number): number {
  const at = bytes.indexOf(wanted, from);
  return at === -1 ? Infinity : at;
}

/** Where the line break is that ends the record; -1 when it is not there yet. */
function endOfQuotedRecord(bytes: Buffer, start: number, firstQuote: number): number {
  let [quote, lineBreak] = [firstQuote, -1];
  for (let from = start; ;) {
    if (lineBreak < from) lineBreak = bytes.indexOf(LF, from);
    if (lineBreak === -1 || quote > lineBreak) return lineBreak;
    const isOpening = quote === start || bytes[quote - 1] === COMMA;
    from = (isOpening ? closingQuote(bytes, quote + 1) : quote) + 1;
    if (from === 0) return -1;
    quote = indexOf(bytes, QUOTE, from);
  }
}

/** Behind any that are doubled; -1 when it is not there yet. */
function closingQuote(bytes: Buffer, from: number): number {
  for (let quote = bytes.indexOf(QUOTE, from); quote !== -1; quote = bytes.indexOf(QUOTE, quote + 2)) if (bytes[quote + 1] !== QUOTE) return quote;
  return -1;
}

type Place = 'field-start' | 'plain' | 'quoted' | 'quote-closed';

function next(place: Place, isQuote: boolean, isComma: boolean): Place {
  if (place === 'quoted') return isQuote ? 'quote-closed' : 'quoted';
  if (isComma) return 'field-start';
  // A doubled quote stands for one, inside the field.
  return isQuote && place !== 'plain' ? 'quoted' : 'plain';
}

/** Undefined for a blank line. */
function readRecord(place: Pick<CsvRecord, 'line' | 'at'>, raw: string): Scanned | undefined {
  if (raw === '') return undefined;
  if (raw.includes('\0')) return { line: place.line, reason: 'has a NUL character' };
  if (!raw.includes('"')) return { ...place, raw, fields: raw.split(',') };
  const fields = splitQuoted(raw);
  return typeof fields === 'string' ? { line: place.line, reason: fields } : { ...place, raw, fields };
}

/** The fields, or why there are none. */
function splitQuoted(raw: string): string[] | string {
  const fields: string[] = [];
  let field = '';
  let place: Place = 'field-start';
  for (const char of raw) {
    const before: Place = place;
    place = next(before, char === '"', char === ',');
    if (before === 'quote-closed' && place === 'plain') return 'has text after a closing quote';
    if (place === 'field-start') {
      fields.push(field);
      field = '';
    } else if (char !== '"' || place === 'plain' || before === 'quote-closed') field += char;
  }
  if (place === 'quoted') return 'has a quote that is never closed';
  return [...fields, field];
}

function countOf(wanted: number, bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(wanted); at !== -1; at = bytes.indexOf(wanted, at + 1)) count += 1;
  return count;
}
