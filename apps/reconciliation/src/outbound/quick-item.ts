import type { Currency } from '@scantill/kernel';
import type { RecordBytes } from '../core/csv-scanner.js';
import { fieldsOf, type BinaryRows } from './binary-rows.js';
import type { RowFigures } from './file-figures.js';
import type { UnreadItems } from './items-intake.js';
import { KnownTexts } from './known-texts.js';
import { lineClassList, prefixOf, type LineClass, type Told } from './line-class.js';
import { lineClasses } from './line-classes.js';
import { isUnderPayment, type MaybeTwice } from './maybe-twice.js';
import type { KnownCurrency, QuickCells } from './quick-cells.js';

/** Ids of at most 64 bytes, and shorter texts. */
const TEXT_BYTES_MAX = 2_048;

/** What the rows of both reports have in common, of one row at a time that is plainly right. */
export class QuickItem {
  customerId = '';
  type = '';
  currency: KnownCurrency = { code: '' as Currency, digits: 0 };
  minor = 0;
  private paidAt: number | null = null;
  private place = { line: 0, at: 0 };
  private lineClass: LineClass = 'unknown';
  private isOurs = false;
  private readonly columns: ReturnType<typeof columnsOf> & { readonly status: number };
  private readonly ids: readonly number[];
  private readonly texts = new KnownTexts((text) => text);
  private readonly classOf: (told: Told) => LineClass;
  private readonly classes = new Map(lineClassList.map((lineClass) => [lineClass, fieldsOf(['text'], [lineClass])]));
  private readonly namesOurs: Buffer;
  private readonly orderKey: Buffer;

  /** @param status the place of the column that says whether it came about; -1 where all rows did */
  constructor(private readonly cells: QuickCells, { ours }: UnreadItems, status = -1) {
    this.columns = { ...columnsOf(cells), status };
    const { customer, alipay, original, request, reference, merchant, store, product } = this.columns;
    this.ids = [customer, alipay, original, request, reference, merchant, store, product, status];
    this.classOf = lineClasses(ours);
    this.namesOurs = Buffer.from(prefixOf(ours));
    this.orderKey = Buffer.from(`${ours.chainId}:`);
  }

  /** False where a cell is not plainly right. */
  turnTo({ line, at }: RecordBytes): boolean {
    const { cells, columns } = this;
    for (const place of this.ids) if (!cells.isId(place)) return false;
    if (cells.isEmpty(columns.customer) || cells.isEmpty(columns.alipay)) return false;
    const type = cells.type(columns.type);
    const currency = cells.currency(columns.currency);
    if (type === undefined || currency === undefined) return false;
    const minor = cells.minor(columns.amount, currency.digits);
    const paidAt = cells.isEmpty(columns.time) ? null : cells.time(columns.time);
    if (minor === undefined || paidAt === undefined) return false;
    this.customerId = cells.known(columns.customer, this.texts);
    this.type = type;
    this.currency = currency;
    this.minor = minor;
    this.paidAt = paidAt;
    this.place.line = line;
    this.place.at = at;
    this.isOurs = cells.startsWith(columns.reference, this.namesOurs);
    this.lineClass = this.classOf({
      type, status: this.text(columns.status), product: this.text(columns.product), merchantId: this.text(columns.merchant),
      // Who names our order is ours, whatever the store.
      storeId: this.isOurs ? null : this.text(columns.store), names: this.isOurs ? 'ours' : cells.isEmpty(columns.reference) ? null : 'other',
    });
    return true;
  }

  /** Begins a row with the columns that both tables have; the others follow. @param ofFile what the table does not know of all rows by itself */
  write(rows: BinaryRows, ofFile: Uint8Array): void {
    const { cells, columns } = this;
    rows.begin(TEXT_BYTES_MAX);
    rows.fields(ofFile);
    rows.int4(this.place.line);
    rows.int8(this.place.at);
    rows.null();
    rows.beginSaying();
    rows.fields(this.classes.get(this.lineClass)!);
    this.writeText(rows, columns.type);
    this.writeText(rows, columns.alipay);
    this.writeText(rows, columns.original);
    this.writeText(rows, columns.request);
    if (this.isOurs) rows.prefixedText(this.orderKey, cells.bytes, cells.start(columns.reference) + this.namesOurs.length, cells.end(columns.reference));
    else rows.null();
    this.writeText(rows, columns.store);
    this.writeText(rows, columns.currency);
    rows.int8(this.minor);
    if (this.paidAt === null) rows.null();
    else rows.int8(this.paidAt);
  }

  count(figures: RowFigures, isQuoted: boolean): void {
    figures.see(this.lineClass, this.paidAt, isQuoted);
  }

  show(twice: MaybeTwice): void {
    const { cells, columns: { alipay } } = this;
    if (isUnderPayment(cells.generation, this.type)) twice.add(cells.known(alipay, this.texts));
    else twice.see(this.type, cells.bytes, cells.start(alipay), cells.end(alipay));
  }

  writeText(rows: BinaryRows, place: number): void {
    rows.text(this.cells.bytes, this.cells.start(place), this.cells.end(place));
  }

  private text(place: number): string | null {
    return this.cells.isEmpty(place) ? null : this.cells.known(place, this.texts);
  }
}

function columnsOf(cells: QuickCells) {
  return {
    customer: cells.place('customerId'), alipay: cells.place('transactionId'), original: cells.place('originalTransactionId'), request: cells.place('transactionRequestId'), reference: cells.place('referenceTransactionId'),
    merchant: cells.place('referenceMerchantId'), store: cells.place('referenceStoreId'), type: cells.place('transactionType'), time: cells.place('paymentTime'), product: cells.place('productCode'),
    amount: cells.place('transactionAmountValue'), currency: cells.place('transactionCurrency'),
  };
}
