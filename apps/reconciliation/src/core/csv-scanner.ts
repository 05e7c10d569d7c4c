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
  private carried: Uint8Array = new Uint8Array(0);
  private line = 1;
  /** Of the first byte that is carried. */
  private at = 0;
  private isBegun = false;
  private isGivenUp = false;

  /** The records that end in this chunk. Blank lines are left out. */
  push(chunk: Uint8Array): Scanned[] {
    const bytes = this.carried.length === 0 ? chunk : concat(this.carried, chunk);
    const scanned: Scanned[] = [];
    if (!this.isBegun && bytes.length < BYTE_ORDER_MARK.length) {
      this.carried = bytes.slice();
      return scanned;
    }
    const start = this.isBegun ? 0 : begin(bytes);
    this.isBegun = true;
    this.at += start;
    const end = this.takePlain(bytes, start, scanned) ?? this.takeEach(bytes, start, scanned);
    this.carried = bytes.slice(end);
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

  /** Most files have no quote anywhere: then a line is a record, and many are decoded at once. @returns where it stopped, or nothing if it is not so */
  private takePlain(bytes: Uint8Array, start: number, scanned: Scanned[]): number | undefined {
    const end = bytes.lastIndexOf(LF) + 1;
    const lines = bytes.subarray(start, end);
    if (this.isGivenUp || end <= start || lines.includes(QUOTE) || lines.includes(NUL)) return undefined;
    const text = this.decode(lines);
    if (text === undefined) return undefined;
    const isAscii = text.length === lines.length;
    for (let from = 0, to = text.indexOf('\n'); to !== -1; from = to + 1, to = text.indexOf('\n', from)) {
      const raw = text.charCodeAt(to - 1) === CR ? text.slice(from, to - 1) : text.slice(from, to);
      const length = isAscii ? to + 1 - from : Buffer.byteLength(text.slice(from, to + 1));
      if (length - 1 > RECORD_BYTES_MAX) { this.isGivenUp = true; scanned.push({ line: this.line, reason: TOO_LONG }); break; }
      if (raw !== '') scanned.push({ line: this.line, at: this.at, raw, fields: raw.split(',') });
      this.line += 1;
      this.at += length;
    }
    return end;
  }

  private takeEach(bytes: Uint8Array, from: number, scanned: Scanned[]): number {
    let start = from;
    for (let end = endOfRecord(bytes, start); end !== -1; end = endOfRecord(bytes, start)) {
      this.take(bytes.subarray(start, end), scanned);
      start = end + 1;
      this.at += 1;
    }
    return start;
  }

  private take(bytes: Uint8Array, scanned: Scanned[]): void {
    if (this.isGivenUp) return;
    const line = this.line;
    if (bytes.length > RECORD_BYTES_MAX) {
      this.isGivenUp = true;
      scanned.push({ line, reason: TOO_LONG });
      return;
    }
    const text = this.decode(bytes.at(-1) === CR ? bytes.subarray(0, -1) : bytes);
    const record = text === undefined ? { line, reason: 'is not UTF-8' } : readRecord({ line, at: this.at }, text);
    if (record !== undefined) scanned.push(record);
    this.line += 1 + countOf(LF, bytes);
    this.at += bytes.length;
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

/** Where the line break is that ends the record; -1 when it is not there yet. */
function endOfRecord(bytes: Uint8Array, start: number): number {
  const end = bytes.indexOf(LF, start);
  if (end === -1) return -1;
  return bytes.subarray(start, end).includes(QUOTE) ? endOfQuotedRecord(bytes, start) : end;
}

type Place = 'field-start' | 'plain' | 'quoted' | 'quote-closed';

function endOfQuotedRecord(bytes: Uint8Array, start: number): number {
  let place: Place = 'field-start';
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === LF && place !== 'quoted') return at;
    place = next(place, byte === QUOTE, byte === COMMA);
  }
  return -1;
}

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

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function countOf(wanted: number, bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(wanted); at !== -1; at = bytes.indexOf(wanted, at + 1)) count += 1;
  return count;
}
