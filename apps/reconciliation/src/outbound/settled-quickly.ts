import { COUPON_COLUMNS, feeColumns } from '@scantill/alipay';
import type { Currency } from '@scantill/kernel';
import type { BatchSums } from '../core/batch-sums.js';
import type { TakeRecord } from '../core/csv-scanner.js';
import { parseQuote, priceText, type QuoteDirection } from '../core/quote.js';
import { QUOTE_TOLERANCE_MINOR, type QuoteCheck } from '../core/quote-check.js';
import { fieldsOf, type BinaryRows } from './binary-rows.js';
import type { RowFigures } from './file-figures.js';
import type { UnreadItems } from './items-intake.js';
import { KnownTexts } from './known-texts.js';
import type { MaybeTwice } from './maybe-twice.js';
import { QuickCells, type KnownCurrency } from './quick-cells.js';
import { QuickItem } from './quick-item.js';
import type { HeaderRead } from './report-reader.js';
import type { SeenRows } from './seen-rows.js';

/** So near to a half that rounding might go either way: such a row is computed exactly. */
const NEAR_A_HALF = 1e-4;
/** Farther off than rounding could be: the row is right only as the account is set. */
const REVERSED_OFF = Number(QUOTE_TOLERANCE_MINOR) + 0.5;
/** Sums of so many amounts of ten digits are exact as JavaScript numbers. */
const FLUSH_ROWS = 100_000;
/** Of `expected_net_minor` and `net_fault`. */
const NO_FAULT = fieldsOf(['int8', 'text'], [null, null]);

interface Into {
  readonly rows: BinaryRows;
  /** The columns that all rows begin with. */
  readonly ofFile: Uint8Array;
  readonly figures: RowFigures;
  readonly seen: SeenRows;
  readonly sums: BatchSums;
  readonly quotes: QuoteCheck;
  readonly twice: MaybeTwice;
}

/**
 * For rows that are plainly right, also in their arithmetic: gross, fees and coupon come to the net amount exactly. The others are left to
 * the closer look, which tells by how much they are off.
 */
export function takeSettledQuickly(header: HeaderRead, file: UnreadItems, { rows, ofFile, figures, seen, sums, quotes, twice }: Into): { takeRow: TakeRecord; flush: () => void } {
  const cells = new QuickCells(header, file.unit);
  const item = new QuickItem(cells, file);
  const place = (column: string) => cells.place(column);
  const at = {
    settled: place(header.generation === 'C' ? 'settlementInitiatedDate' : 'settlementTime'), batch: place('settlementBatchId'), time: place('paymentTime'), net: place('settlementAmountValue'),
    netCurrency: place('settlementCurrency'), pair: place('quoteCurrencyPair'), price: place('quotePrice'),
  };
  const feeColumn = feeColumns[header.generation].map(({ fee, amount, currency }) => ({ fee, amount: place(amount), currency: place(currency) })).filter(({ amount }) => amount !== -1);
  const coupon = header.generation === 'C' ? { amount: -1, currency: -1 } : { amount: place(COUPON_COLUMNS.amount), currency: place(COUPON_COLUMNS.currency) };
  const batches = new KnownTexts((text) => text);
  const rateOf = rates(cells, file.quotes);
  const quick = new QuickSums(sums, feeColumn.map(({ fee }) => fee));
  const fees: (number | null)[] = [];

  const takeRow: TakeRecord = (line) => {
    if (!cells.turnTo(line) || cells.time(at.settled) === undefined || cells.isEmpty(at.batch) || !cells.isId(at.batch) || !item.turnTo(line)) return false;
    const { currency, minor } = item;
    const netCurrency = cells.currency(at.netCurrency);
    const net = netCurrency && cells.minor(at.net, netCurrency.digits);
    if (netCurrency === undefined || net === undefined) return false;
    let [fee, hasFee] = [0, false];
    for (let index = 0; index < feeColumn.length; index += 1) {
      const one = cells.takenOff(feeColumn[index]!.amount, feeColumn[index]!.currency, netCurrency);
      if (one === undefined) return false;
      fees[index] = one;
      fee += one ?? 0;
      hasFee ||= one !== null && one !== 0;
    }
    const off = cells.takenOff(coupon.amount, coupon.currency, netCurrency);
    const rate = rateOf(at.pair, at.price, currency, netCurrency);
    if (off === undefined || rate === undefined) return false;
    const isPlain = (minor !== 0 || hasFee) && Math.abs(minor * rate.factor + fee - (off ?? 0) - net) < 0.5 - NEAR_A_HALF;
    if (!isPlain) return false;
    if (currency.code !== netCurrency.code && Math.abs(minor * rate.reversed + fee - (off ?? 0) - net) > REVERSED_OFF) quotes.addRight();
    cells.keepSeen();
    seen.addQuickly(item.customerId, netCurrency.code, net);
    item.show(twice);
    item.count(figures, rate.isQuoted);
    quick.add({ batchId: cells.known(at.batch, batches), type: item.type, currency: netCurrency.code, net, coupon: off ?? 0, fees });
    item.write(rows, ofFile);
    item.writeText(rows, at.batch);
    item.writeText(rows, at.netCurrency);
    rows.int8(net);
    rows.int8(fee);
    rows.int8(off ?? 0);
    rows.fields(rate.quote);
    rows.fields(NO_FAULT);
    rows.endRow();
    return true;
  };
  return { takeRow, flush: () => quick.flush() };
}

interface Rate {
  /** Pair and price, as columns. */
  readonly quote: Uint8Array;
  readonly isQuoted: boolean;
  readonly factor: number;
  /** What it were if the price meant the other currency. */
  readonly reversed: number;
}

/** A file has few prices. Undefined where there is none that says how one currency becomes the other. */
function rates(cells: QuickCells, direction: QuoteDirection) {
  const pairs = new KnownTexts((text) => text);
  const prices = new KnownTexts((text) => text);
  const known = new Map<string, Rate | undefined>();
  const read = (pair: string, price: string, from: KnownCurrency, to: KnownCurrency): Rate | undefined => {
    const quote = pair === '' && price === '' ? null : parseQuote(pair, price);
    if (quote !== null && !quote.ok) return undefined;
    const named = quote === null ? { pair: null, price: null } : { pair: `${quote.value.left}/${quote.value.right}`, price: priceText(quote.value) };
    const fields = fieldsOf(['text', 'text'], [named.pair, named.price]);
    if (from.code === to.code) return { quote: fields, isQuoted: quote !== null, factor: 1, reversed: 1 };
    if (quote === null) return undefined;
    const { left, right } = quote.value;
    const isLeft = from.code === left && to.code === right;
    if (!isLeft && !(from.code === right && to.code === left)) return undefined;
    const value = Number(named.price);
    const digits = 10 ** (to.digits - from.digits);
    const isMultiplied = isLeft === (direction === 'as-written');
    return { quote: fields, isQuoted: true, factor: (isMultiplied ? value : 1 / value) * digits, reversed: (isMultiplied ? 1 / value : value) * digits };
  };
  let last = { pair: '', price: '', from: '', to: '', rate: undefined as Rate | undefined };
  return (pairPlace: number, pricePlace: number, from: KnownCurrency, to: KnownCurrency): Rate | undefined => {
    const pair = cells.known(pairPlace, pairs);
    const price = cells.known(pricePlace, prices);
    // Neighbours are alike.
    if (pair === last.pair && price === last.price && from.code === last.from && to.code === last.to) return last.rate;
    last = { pair, price, from: from.code, to: to.code, rate: rateOf(pair, price, from, to) };
    return last.rate;
  };
  function rateOf(pair: string, price: string, from: KnownCurrency, to: KnownCurrency): Rate | undefined {
    const key = `${pair} ${price} ${from.code} ${to.code}`;
    if (known.has(key)) return known.get(key);
    const rate = read(pair, price, from, to);
    if (known.size < 1_000) known.set(key, rate);
    return rate;
  }
}

interface QuickSum { readonly batchId: string; readonly type: string; readonly currency: Currency; count: number; net: number; coupon: number; readonly fees: (number | null)[] }
type OfRow = Omit<QuickSum, 'count'>;

/** Adds up as numbers, and hands over to the exact sums before they could be inexact. */
class QuickSums {
  private readonly sums = new Map<string, QuickSum>();
  private last: QuickSum | undefined;
  private rows = 0;

  constructor(private readonly exact: BatchSums, private readonly names: readonly string[]) {}

  add({ batchId, type, currency, net, coupon, fees }: OfRow): void {
    const { last } = this;
    // Neighbours are alike.
    const sum = last?.batchId === batchId && last.type === type && last.currency === currency ? last : this.sumOf(batchId, type, currency);
    this.last = sum;
    sum.count += 1;
    sum.net += net;
    sum.coupon += coupon;
    for (let index = 0; index < fees.length; index += 1) {
      const fee = fees[index]!;
      if (fee !== null) sum.fees[index] = (sum.fees[index] ?? 0) + fee;
    }
    this.rows += 1;
    if (this.rows % FLUSH_ROWS === 0) this.flush();
  }

  flush(): void {
    for (const { batchId, type, currency, count, net, coupon, fees } of this.sums.values()) {
      const named = fees.flatMap((fee, index): [string, bigint][] => (fee === null ? [] : [[this.names[index]!, BigInt(fee)]]));
      this.exact.put({ batchId, type, currency, figures: { count, net: BigInt(net), coupon: BigInt(coupon), fees: new Map(named) } });
    }
    this.sums.clear();
    this.last = undefined;
  }

  private sumOf(batchId: string, type: string, currency: Currency): QuickSum {
    const key = `${batchId} ${type} ${currency}`;
    const known = this.sums.get(key) ?? { batchId, type, currency, count: 0, net: 0, coupon: 0, fees: this.names.map(() => null) };
    this.sums.set(key, known);
    return known;
  }
}
