import { isCurrency, minorDigits } from '@scantill/kernel';
import { isCalendarDay } from '../core/calendar.js';
import type { HeaderRead } from './report-reader.js';

/** Up to here sums and products of amounts are exact as JavaScript numbers. */
const DIGITS_MAX = 10;
const TYPE = /^[A-Z_]{1,32}$/;
const TIME = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\+08:00$/;
const NOTHING = /^-?0(\.0+)?$/;
const MINUS = 0x2d;
const ZERO = 0x30;
const ID_MAX = 64;
const DAYS_MAX = 5_000;
const TYPES_MAX = 1_000;

/**
 * Reads the cells of rows that are plainly right, at the speed of large files. Whatever is not, or only might not be, is undefined here:
 * such a row is read again, cell by cell, by those that say what is wrong with it.
 */
export class QuickCells {
  private values: readonly string[] = [];
  private withPoint = 0;
  private withoutPoint = 0;
  private readonly days = new Map<string, boolean>();
  private readonly types = new Set<string>();
  private readonly digits = new Map<string, number>();
  private readonly decimals = new Map<number, RegExp>();

  constructor(private readonly header: HeaderRead, private readonly unit: 'minor' | 'major') {}

  turnTo(values: readonly string[]): void {
    this.values = values;
    this.withPoint = 0;
    this.withoutPoint = 0;
  }

  /** The row is taken: otherwise those who read it again tell how its amounts look. */
  keepSeen(): void {
    this.header.seen.withPoint += this.withPoint;
    this.header.seen.withoutPoint += this.withoutPoint;
  }

  /** The place of a column, for `text` and the others; -1 where the file has no such column. */
  place(column: string): number {
    return this.header.places.get(column) ?? -1;
  }

  text(place: number): string {
    return this.values[place] ?? '';
  }

  /** Null for an empty cell. */
  id(place: number): string | null | undefined {
    const text = this.text(place);
    return text === '' ? null : text.length <= ID_MAX ? text : undefined;
  }

  type(place: number): string | undefined {
    const text = this.text(place);
    if (this.types.has(text)) return text;
    if (!TYPE.test(text)) return undefined;
    if (this.types.size < TYPES_MAX) this.types.add(text);
    return text;
  }

  /** In the smallest unit. */
  minor(place: number, currency: string): number | undefined {
    const digits = this.digitsOf(currency);
    if (digits === undefined) return undefined;
    const text = this.text(place);
    if (this.unit === 'minor' || digits === 0) {
      const minor = wholeOf(text);
      if (minor !== undefined && digits > 0) this.withoutPoint += 1;
      return minor;
    }
    if (!this.decimalsOf(digits).test(text)) return undefined;
    this[text.includes('.') ? 'withPoint' : 'withoutPoint'] += 1;
    return Math.round(Number(text) * 10 ** digits);
  }

  /** What may be taken off an amount of this currency, in the smallest unit; null where nothing is. */
  takenOff(amountPlace: number, currencyPlace: number, currency: string): number | null | undefined {
    const text = this.text(amountPlace);
    const own = this.text(currencyPlace);
    if (text === '' || (own === '' && NOTHING.test(text))) return null;
    return own === currency ? this.minor(amountPlace, currency) : undefined;
  }

  /** As it stands there, in UTC+8 and to the second. */
  time(place: number): string | undefined {
    const text = this.text(place);
    if (!TIME.test(text)) return undefined;
    // Too short to hold on to the text of a whole chunk, as longer slices of it do.
    const day = text.slice(0, 10);
    const known = this.days.get(day);
    if (known !== undefined) return known ? text : undefined;
    const isDay = isCalendarDay(day);
    if (this.days.size < DAYS_MAX) this.days.set(day, isDay);
    return isDay ? text : undefined;
  }

  digitsOf(currency: string): number | undefined {
    const known = this.digits.get(currency);
    if (known !== undefined) return known;
    if (!isCurrency(currency)) return undefined;
    const digits = minorDigits(currency);
    this.digits.set(currency, digits);
    return digits;
  }

  private decimalsOf(digits: number): RegExp {
    const known = this.decimals.get(digits) ?? new RegExp(`^-?\\d{1,${DIGITS_MAX - digits}}(?:\\.\\d{1,${digits}})?$`);
    this.decimals.set(digits, known);
    return known;
  }
}

/** A whole number of at most ten digits. */
function wholeOf(text: string): number | undefined {
  const isNegative = text.charCodeAt(0) === MINUS;
  const first = isNegative ? 1 : 0;
  const digits = text.length - first;
  if (digits < 1 || digits > DIGITS_MAX) return undefined;
  let value = 0;
  for (let at = first; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return isNegative && value !== 0 ? -value : value;
}
