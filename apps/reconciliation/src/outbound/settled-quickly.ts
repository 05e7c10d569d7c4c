import { COUPON_COLUMNS, feeColumns } from '@scantill/alipay';
import type { Currency } from '@scantill/kernel';
import type { BatchSums } from '../core/batch-sums.js';
import type { Row } from '../core/item-table.js';
import { orderKeyOf } from './line-class.js';
import { parseQuote, priceText, type QuoteDirection } from '../core/quote.js';
import { QUOTE_TOLERANCE_MINOR, type QuoteCheck } from '../core/quote-check.js';
import type { UnreadItems } from './items-intake.js';
import { wantsEscape } from './copy-text.js';
import { lineClasses } from './line-classes.js';
import { QuickCells } from './quick-cells.js';
import type { HeaderRead, TakeQuickly } from './report-reader.js';
import type { ToldByRow } from './seen-rows.js';
import type { SettledValues } from './settled-lines.js';

/** So near to a half that rounding might go either way: such a row is computed exactly. */
const NEAR_A_HALF = 1e-4;
/** Farther off than rounding could be: the row is right only as the account is set. */
const REVERSED_OFF = Number(QUOTE_TOLERANCE_MINOR) + 0.5;
/** Sums of so many amounts of ten digits are exact as JavaScript numbers. */
const FLUSH_ROWS = 100_000;

interface Into {
  readonly sums: BatchSums;
  readonly quotes: QuoteCheck;
  readonly take: (values: SettledValues, told: ToldByRow) => void;
}

/**
 * For rows that are plainly right, also in their arithmetic: gross, fees and coupon come to the net amount exactly. The others are left to
 * the closer look, which tells by how much they are off.
 */
export function takeSettledQuickly(header: HeaderRead, { id, account, date, unit, quotes, ours }: UnreadItems, into: Into): { takeRow: TakeQuickly; flush: () => void } {
  const cells = new QuickCells(header, unit);
  const at = placesOf(cells, header.generation === 'C' ? 'settlementInitiatedDate' : 'settlementTime');
  const feeColumn = feeColumns[header.generation].map(({ fee, amount, currency }) => ({ fee, amount: cells.place(amount), currency: cells.place(currency) })).filter(({ amount }) => amount !== -1);
  const hasCoupon = header.generation !== 'C' && cells.place(COUPON_COLUMNS.amount) !== -1;
  const coupon = { amount: cells.place(COUPON_COLUMNS.amount), currency: cells.place(COUPON_COLUMNS.currency) };
  const classOf = lineClasses(ours);
  const rate = rates(cells, quotes);
  const sums = new QuickSums(into.sums, feeColumn.map(({ fee }) => fee));
  const fees: (number | null)[] = [];
  let settledAt: string | undefined;

  const takeRow = ({ line, at: firstByte, raw, values }: Row): boolean => {
    if (firstByte === null || wantsEscape(raw)) return false;
    cells.turnTo(values);
    const settledText = cells.text(at.settled);
    if (settledText !== settledAt) {
      if (cells.time(at.settled) === undefined) return false;
      settledAt = settledText;
    }
    const customerId = cells.id(at.customer);
    const batchId = cells.id(at.batch);
    const alipayId = cells.id(at.alipay);
    if (!customerId || !batchId || !alipayId) return false;
    const requestId = cells.id(at.request);
    const storeId = cells.id(at.store);
    const originalId = cells.id(at.original);
    const reference = cells.id(at.reference);
    const merchantId = cells.id(at.merchant);
    const product = cells.id(at.product);
    if (requestId === undefined || storeId === undefined || originalId === undefined || reference === undefined || merchantId === undefined || product === undefined) return false;
    const type = cells.type(at.type);
    const paidAt = cells.text(at.time) === '' ? null : cells.time(at.time);
    if (type === undefined || paidAt === undefined) return false;
    const [currency, netCurrency] = [cells.text(at.currency), cells.text(at.netCurrency)];
    const amount = cells.minor(at.amount, currency);
    const net = cells.minor(at.net, netCurrency);
    if (amount === undefined || net === undefined) return false;
    let fee = 0;
    for (let index = 0; index < feeColumn.length; index += 1) {
      const { amount: amountPlace, currency: currencyPlace } = feeColumn[index]!;
      const one = cells.takenOff(amountPlace, currencyPlace, netCurrency);
      if (one === undefined) return false;
      fees[index] = one;
      fee += one ?? 0;
    }
    const off = hasCoupon ? cells.takenOff(coupon.amount, coupon.currency, netCurrency) : null;
    if (off === undefined) return false;
    const quote = rate(cells.text(at.pair), cells.text(at.price), currency, netCurrency);
    if (quote === undefined) return false;
    const isPlain = (amount !== 0 || fee !== 0 || fees.some((each) => each !== null && each !== 0)) && Math.abs(amount * quote.factor + fee - (off ?? 0) - net) < 0.5 - NEAR_A_HALF;
    if (!isPlain) return false;
    if (currency !== netCurrency && Math.abs(amount * quote.reversed + fee - (off ?? 0) - net) > REVERSED_OFF) into.quotes.addRight();
    cells.keepSeen();
    sums.add({ batchId, type, currency: netCurrency as Currency, net, coupon: off ?? 0, fees });
    into.take(
      [
        date, id, line, account.accountId, batchId, classOf({ type, status: null, product, merchantId, storeId, reference }), type, alipayId, originalId, requestId, orderKeyOf(reference, ours), storeId,
        currency, amount, netCurrency, net, fee, off ?? 0, quote.pair, quote.price, paidAt, firstByte, null, null, null,
      ],
      { customerId, currency: netCurrency as Currency, minor: BigInt(net) },
    );
    return true;
  };
  return { takeRow, flush: () => sums.flush() };
}

function placesOf(cells: QuickCells, settledColumn: string) {
  const place = (name: string) => cells.place(name);
  return {
    settled: place(settledColumn), customer: place('customerId'), batch: place('settlementBatchId'), alipay: place('transactionId'), original: place('originalTransactionId'),
    request: place('transactionRequestId'), reference: place('referenceTransactionId'), merchant: place('referenceMerchantId'), store: place('referenceStoreId'), type: place('transactionType'),
    time: place('paymentTime'), product: place('productCode'), amount: place('transactionAmountValue'), currency: place('transactionCurrency'), net: place('settlementAmountValue'),
    netCurrency: place('settlementCurrency'), pair: place('quoteCurrencyPair'), price: place('quotePrice'),
  };
}

interface Rate {
  readonly pair: string | null;
  readonly price: string | null;
  readonly factor: number;
  /** What it were if the price meant the other currency. */
  readonly reversed: number;
}

/** A file has few prices. Undefined where there is none that says how one currency becomes the other. */
function rates(cells: QuickCells, direction: QuoteDirection) {
  const known = new Map<string, Rate | undefined>();
  const read = (pair: string, price: string, from: string, to: string): Rate | undefined => {
    const quote = pair === '' && price === '' ? null : parseQuote(pair, price);
    if (quote !== null && !quote.ok) return undefined;
    const named = quote === null ? { pair: null, price: null } : { pair: `${quote.value.left}/${quote.value.right}`, price: priceText(quote.value) };
    if (from === to) return { ...named, factor: 1, reversed: 1 };
    const [digitsFrom, digitsTo] = [cells.digitsOf(from), cells.digitsOf(to)];
    if (quote === null || digitsFrom === undefined || digitsTo === undefined) return undefined;
    const { left, right } = quote.value;
    const isLeft = from === left && to === right;
    if (!isLeft && !(from === right && to === left)) return undefined;
    const value = Number(named.price);
    const digits = 10 ** (digitsTo - digitsFrom);
    const isMultiplied = isLeft === (direction === 'as-written');
    return { ...named, factor: (isMultiplied ? value : 1 / value) * digits, reversed: (isMultiplied ? 1 / value : value) * digits };
  };
  return (pair: string, price: string, from: string, to: string): Rate | undefined => {
    const key = `${pair} ${price} ${from} ${to}`;
    if (known.has(key)) return known.get(key);
    const rate = read(pair, price, from, to);
    if (known.size < 1_000) known.set(key, rate);
    return rate;
  };
}

interface QuickSum { readonly batchId: string; readonly type: string; readonly currency: Currency; count: number; net: number; coupon: number; readonly fees: (number | null)[] }
type QuickItem = Omit<QuickSum, 'count'>;

/** Adds up as numbers, and hands over to the exact sums before they could be inexact. */
class QuickSums {
  private readonly sums = new Map<string, QuickSum>();
  private rows = 0;

  constructor(private readonly exact: BatchSums, private readonly names: readonly string[]) {}

  add({ batchId, type, currency, net, coupon, fees }: QuickItem): void {
    const key = `${batchId} ${type} ${currency}`;
    let sum = this.sums.get(key);
    if (sum === undefined) this.sums.set(key, sum = { batchId, type, currency, count: 0, net: 0, coupon: 0, fees: fees.map(() => null) });
    sum.count += 1;
    sum.net += net;
    sum.coupon += coupon;
    for (let index = 0; index < fees.length; index += 1) if (fees[index] !== null) sum.fees[index] = (sum.fees[index] ?? 0) + fees[index]!;
    this.rows += 1;
    if (this.rows % FLUSH_ROWS === 0) this.flush();
  }

  flush(): void {
    for (const { batchId, type, currency, count, net, coupon, fees } of this.sums.values()) {
      const named = fees.flatMap((fee, index): [string, bigint][] => (fee === null ? [] : [[this.names[index]!, BigInt(fee)]]));
      this.exact.put({ batchId, type, currency, figures: { count, net: BigInt(net), coupon: BigInt(coupon), fees: new Map(named) } });
    }
    this.sums.clear();
  }
}
