import { readAmount, type AmountUnit } from '@scantill/alipay';
import { isCurrency, minorDigits, type Currency, type Money } from '@scantill/kernel';
import { isCalendarDay } from '../core/calendar.js';
import type { Row, RowFault } from '../core/item-table.js';
import { parseQuote, type Quote } from '../core/quote.js';

const ID_MAX = 64;
const TYPE = /^[A-Z_]{1,32}$/;
const COUNT = /^\d{1,9}$/;
const INSTANT = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/;
const DATE = /^\d{4}-\d\d-\d\d$/;
/** Alipay's days are those of UTC+8. */
const MIDNIGHT = 'T00:00:00+08:00';

/** How the amounts of a file look, for whoever wonders whether its unit is the one that was set. */
export interface SeenAmounts {
  withPoint: number;
  withoutPoint: number;
}

/** Reads the cells of one row by the names of their columns, and remembers everything that is wrong with them. */
export class Cells {
  readonly faults: RowFault[] = [];

  constructor(
    private readonly row: Row,
    private readonly places: ReadonlyMap<string, number>,
    private readonly unit: AmountUnit,
    private readonly seen: SeenAmounts,
  ) {}

  /** Empty text where the file has no such column. */
  text(column: string): string {
    const place = this.places.get(column);
    return place === undefined ? '' : (this.row.values[place] ?? '');
  }

  /** Null for an empty cell. */
  optional(column: string): string | null {
    const text = this.text(column);
    if (text.length > ID_MAX) this.fault(column, `is longer than ${ID_MAX} characters`);
    return text === '' ? null : text;
  }

  id(column: string): string {
    const text = this.optional(column);
    return text ?? this.fault(column, 'is empty') ?? '';
  }

  type(column: string): string {
    const text = this.text(column);
    if (!TYPE.test(text)) this.fault(column, 'is not a type in capital letters');
    return text;
  }

  count(column: string): number {
    const text = this.text(column);
    if (!COUNT.test(text)) this.fault(column, 'is not a whole number');
    return Number(text);
  }

  instant(column: string): Date | undefined {
    const text = this.text(column);
    const [, date] = INSTANT.exec(text) ?? [];
    return this.time(column, date, text);
  }

  /** Also a day alone, as generation C may give it. */
  instantOrDay(column: string): Date | undefined {
    const text = this.text(column);
    return DATE.test(text) ? this.time(column, text, text + MIDNIGHT) : this.instant(column);
  }

  amount(column: string, currencyColumn: string): Money | undefined {
    const currency = this.currency(currencyColumn);
    return currency && this.amountIn(column, currency);
  }

  /** Null for an empty cell, and for a zero without a currency. */
  optionalAmount(column: string, currencyColumn: string): Money | null {
    const text = this.text(column);
    if (text === '' || (this.text(currencyColumn) === '' && /^-?0(\.0+)?$/.test(text))) return null;
    return this.amount(column, currencyColumn) ?? null;
  }

  quote(pairColumn: string, priceColumn: string): Quote | null {
    const [pair, price] = [this.text(pairColumn), this.text(priceColumn)];
    if (pair === '' && price === '') return null;
    const quote = parseQuote(pair, price);
    if (quote.ok) return quote.value;
    this.fault(quote.error.part === 'pair' ? pairColumn : priceColumn, quote.error.reason);
    return null;
  }

  private currency(column: string): Currency | undefined {
    const text = this.text(column);
    return isCurrency(text) ? text : this.fault(column, 'is not a currency that we know');
  }

  private amountIn(column: string, currency: Currency): Money | undefined {
    const text = this.text(column);
    if (minorDigits(currency) > 0) this.seen[text.includes('.') ? 'withPoint' : 'withoutPoint'] += 1;
    const read = readAmount(text, currency, this.unit);
    return read.ok ? read.value : this.fault(column, read.error);
  }

  private time(column: string, date: string | undefined, text: string): Date | undefined {
    const at = new Date(text);
    return date !== undefined && isCalendarDay(date) && !Number.isNaN(at.getTime()) ? at : this.fault(column, 'is not a time with offset (ISO 8601)');
  }

  private fault(column: string, reason: string): undefined {
    this.faults.push({ line: this.row.line, column, reason });
  }
}
