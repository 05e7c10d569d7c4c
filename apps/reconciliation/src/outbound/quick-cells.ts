import type { FileGeneration } from '@scantill/alipay';
import { isCurrency, minorDigits, type Currency } from '@scantill/kernel';
import { isCalendarDay } from '../core/calendar.js';
import type { RecordBytes } from '../core/csv-scanner.js';
import { microsecondsOf } from './binary-rows.js';
import { KnownTexts } from './known-texts.js';
import type { HeaderRead } from './report-reader.js';

/** Up to here sums and products of amounts are exact as JavaScript numbers. */
const DIGITS_MAX = 10;
const TYPE = /^[A-Z_]{1,32}$/;
const NOTHING = /^-?0(\.0+)?$/;
const [QUOTE, PLUS, COMMA, MINUS, POINT, ZERO, COLON, TEE] = [0x22, 0x2b, 0x2c, 0x2d, 0x2e, 0x30, 0x3a, 0x54];
const ID_MAX = 64;
const TIME_LENGTH = '2026-11-25T10:00:00+08:00'.length;
const DAY_LENGTH = '2026-11-25'.length;
const SECOND = 1_000_000;
const POWERS = Array.from({ length: DIGITS_MAX }, (_, digits) => 10 ** digits);

export interface KnownCurrency {
  readonly code: Currency;
  readonly digits: number;
}

/**
 * Reads the cells of rows that are plainly right, from the bytes of the file, at the speed of large ones. Whatever is not right, or only might not be,
 * is undefined here: such a row is read again, cell by cell, by those that say what is wrong with it.
 */
export class QuickCells {
  bytes: Uint8Array = new Uint8Array();
  private readonly starts: Int32Array;
  private readonly ends: Int32Array;
  /** The columns that somebody has asked for. */
  private readonly isRead: Uint8Array;
  private withPoint = 0;
  private withoutPoint = 0;
  private readonly types = new KnownTexts((text) => (TYPE.test(text) ? text : undefined));
  private readonly nothings = new KnownTexts((text) => NOTHING.test(text));
  private readonly currencies = new KnownTexts((text): KnownCurrency | undefined => (isCurrency(text) ? { code: text, digits: minorDigits(text) } : undefined));
  private readonly days = new KnownTexts((day) => (isCalendarDay(day) ? microsecondsOf(Date.parse(`${day}T00:00:00+08:00`)) : undefined));

  constructor(private readonly header: HeaderRead, private readonly unit: 'minor' | 'major') {
    this.starts = new Int32Array(header.width + 1);
    this.ends = new Int32Array(header.width + 1);
    this.isRead = new Uint8Array(header.width + 1);
  }

  get generation(): FileGeneration {
    return this.header.generation;
  }

  /** False where it has too few columns, or too many but for one surplus comma. */
  turnTo({ bytes, start, end }: RecordBytes): boolean {
    const { starts, ends } = this;
    const { width } = this.header;
    this.bytes = bytes;
    this.withPoint = 0;
    this.withoutPoint = 0;
    let count = 0;
    for (let at = start; at <= end; at += 1, count += 1) {
      if (count > width) return false;
      const isQuoted = at < end && bytes[at] === QUOTE;
      starts[count] = isQuoted ? at + 1 : at;
      if (isQuoted) at = this.closingQuote(at + 1, end, this.isRead[count] === 1);
      else while (at < end && bytes[at] !== COMMA) at += 1;
      if (at === -1) return false;
      ends[count] = at;
      if (isQuoted) at += 1;
      if (at < end && bytes[at] !== COMMA) return false;
    }
    return count === width || (count === width + 1 && starts[width] === ends[width]);
  }

  /** -1 where it is not closed, or where a quote that stands for one would have to be read as such. */
  private closingQuote(from: number, end: number, isRead: boolean): number {
    for (let at = from; at < end; at += 1) {
      if (this.bytes[at] !== QUOTE) continue;
      if (at + 1 === end || this.bytes[at + 1] !== QUOTE) return at;
      if (isRead) return -1;
      at += 1;
    }
    return -1;
  }

  /** The row is taken: otherwise those who read it again tell how its amounts look. */
  keepSeen(): void {
    this.header.seen.withPoint += this.withPoint;
    this.header.seen.withoutPoint += this.withoutPoint;
  }

  /** The place of a column, for the others; -1 where the file has no such column. */
  place(column: string): number {
    const place = this.header.places.get(column) ?? -1;
    if (place !== -1) this.isRead[place] = 1;
    return place;
  }

  start(place: number): number {
    return place === -1 ? 0 : this.starts[place]!;
  }

  end(place: number): number {
    return place === -1 ? 0 : this.ends[place]!;
  }

  isEmpty(place: number): boolean {
    return this.start(place) === this.end(place);
  }

  /** Whether it is an id, or nothing. */
  isId(place: number): boolean {
    return this.end(place) - this.start(place) <= ID_MAX;
  }

  startsWith(place: number, prefix: Uint8Array): boolean {
    const start = this.start(place);
    if (this.end(place) - start < prefix.length) return false;
    for (let at = 0; at < prefix.length; at += 1) if (this.bytes[start + at] !== prefix[at]) return false;
    return true;
  }

  known<Value>(place: number, texts: KnownTexts<Value>): Value {
    return texts.of(this.bytes, this.start(place), this.end(place));
  }

  type(place: number): string | undefined {
    return this.known(place, this.types);
  }

  currency(place: number): KnownCurrency | undefined {
    return this.known(place, this.currencies);
  }

  /** In the smallest unit. */
  minor(place: number, digits: number): number | undefined {
    const start = this.start(place);
    const end = this.end(place);
    if (this.unit === 'minor' || digits === 0) {
      const minor = this.whole(start, end, DIGITS_MAX);
      if (minor !== undefined && digits > 0) this.withoutPoint += 1;
      return minor;
    }
    let point = start;
    while (point < end && this.bytes[point] !== POINT) point += 1;
    const whole = this.whole(start, point, DIGITS_MAX - digits);
    if (whole === undefined) return undefined;
    if (point === end) {
      this.withoutPoint += 1;
      return whole * POWERS[digits]!;
    }
    const part = this.bytes[point + 1] === MINUS ? undefined : this.whole(point + 1, end, digits);
    if (part === undefined) return undefined;
    this.withPoint += 1;
    const minor = part * POWERS[digits - (end - point - 1)]!;
    return this.bytes[start] === MINUS ? whole * POWERS[digits]! - minor : whole * POWERS[digits]! + minor;
  }

  /** What may be taken off an amount of this currency, in the smallest unit; null where nothing is. */
  takenOff(amountPlace: number, currencyPlace: number, currency: KnownCurrency): number | null | undefined {
    if (this.isEmpty(amountPlace)) return null;
    if (this.isEmpty(currencyPlace) && this.known(amountPlace, this.nothings)) return null;
    return this.currency(currencyPlace)?.code === currency.code ? this.minor(amountPlace, currency.digits) : undefined;
  }

  /** In microseconds as PostgreSQL counts them; of times in UTC+8 and to the second. */
  time(place: number): number | undefined {
    const start = this.start(place);
    const { bytes } = this;
    const isTime = this.end(place) - start === TIME_LENGTH && bytes[start + 10] === TEE && bytes[start + 13] === COLON && bytes[start + 16] === COLON && this.isZone(start + 19);
    const day = isTime ? this.days.of(bytes, start, start + DAY_LENGTH) : undefined;
    if (day === undefined) return undefined;
    const seconds = this.below(24, start + 11) * 3_600 + this.below(60, start + 14) * 60 + this.below(60, start + 17);
    return Number.isNaN(seconds) ? undefined : day + seconds * SECOND;
  }

  private isZone(start: number): boolean {
    const { bytes } = this;
    return bytes[start] === PLUS && bytes[start + 1] === ZERO && bytes[start + 2] === ZERO + 8 && bytes[start + 3] === COLON && bytes[start + 4] === ZERO && bytes[start + 5] === ZERO;
  }

  /** Of two digits. */
  private below(bound: number, at: number): number {
    const tens = this.bytes[at]! - ZERO;
    const ones = this.bytes[at + 1]! - ZERO;
    const value = tens * 10 + ones;
    return tens >= 0 && ones >= 0 && ones <= 9 && value < bound ? value : NaN;
  }

  /** A whole number of at most so many digits. */
  private whole(start: number, end: number, digitsMax: number): number | undefined {
    const isNegative = this.bytes[start] === MINUS;
    const first = isNegative ? start + 1 : start;
    if (end <= first || end - first > digitsMax) return undefined;
    let value = 0;
    for (let at = first; at < end; at += 1) {
      const digit = this.bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) return undefined;
      value = value * 10 + digit;
    }
    return isNegative && value !== 0 ? -value : value;
  }
}
