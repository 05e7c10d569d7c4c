import { describe, expect, it } from '@jest/globals';
import { COUPON_COLUMNS, feeColumns, generations, reportColumns, writeAmount, type AmountUnit, type FileGeneration } from '@scantill/alipay';
import { money, type Currency } from '@scantill/kernel';
import type { Account } from '@scantill/platform';
import fc from 'fast-check';
import { BatchSums } from '../core/batch-sums.js';
import { QuoteCheck } from '../core/quote-check.js';
import type { TakeRecord } from '../core/csv-scanner.js';
import { exchange, parseQuote, type QuoteDirection } from '../core/quote.js';
import { BinaryRows, microsecondsOf, type ColumnKind } from './binary-rows.js';
import { RowFigures } from './file-figures.js';
import { classOf, FILE_COLUMNS, fileFields, fileValues, PLACE_COUNT } from './item-columns.js';
import type { UnreadItems } from './items-intake.js';
import { MaybeTwice } from './maybe-twice.js';
import { ReportReader } from './report-reader.js';
import { SeenRows } from './seen-rows.js';
import { SETTLED_COLUMNS, settledValues } from './settled-lines.js';
import { takeSettledQuickly } from './settled-quickly.js';
import { LINE_COLUMNS, lineValues, takeQuickly } from './transaction-lines.js';

type Cells = Readonly<Record<string, string>>;
type ItemsReport = 'transactionItems' | 'settlementItems';

const DATE = '2026-11-24';
const STORES = ['S001', 'S 9', 'null'];
const CURRENCIES = ['USD', 'EUR', 'JPY', 'KWD', 'KRW'] as const satisfies readonly Currency[];
/** What a cell may hold that is not as usual, or only looks as if it were not. */
const ODD = [
  '', ' ', '-0', '0', '0.000', '007', '1.5', '1e3', '+5', '12345678901', '1234567890123456', 'x'.repeat(64), 'x'.repeat(65), 'PAYMENT', 'payment', 'SETTLEMENT_FEE', 'NEW_TYPE', 'USD', 'XXX', 'null', 'a b', 'a\\b', 'a\tb', 'é☕',
  'EUR/USD', 'USD/XXX', '0.5', '2026-02-30T10:00:00+08:00', '2026-11-25T10:00:00+08:00', '2026-11-24T24:00:00+08:00', '2026-11-24T25:00:00+08:00', '2026-11-24T10:60:00+08:00', '2026-11-24T10:00:00Z', '2026-11-24T18:00:00.5+09:00', '2026-11-24', 'SUCCESS', 'FAIL', 'demo_A-1', 'other_B-1',
  'M0001', 'M0001 S', 'S001', '9', '"quoted"', 'two\nlines', 'a,b',
];

const minor = fc.oneof(fc.integer({ min: -999_999, max: 999_999 }), fc.constantFrom(0, 1, -1, 50, 9_999_999_999));

const sold = fc.record({
  type: fc.constantFrom('PAYMENT', 'PAYMENT', 'REFUND', 'CANCEL'), from: fc.constantFrom(...CURRENCIES), to: fc.constantFrom(...CURRENCIES), amount: minor, price: fc.constantFrom('1.1736', '1200', '150', '0.0083', '1', '0.5', '2'), isLeft: fc.boolean(),
  hasQuote: fc.boolean(), fees: fc.array(fc.tuple(fc.nat(20), fc.integer({ min: -5_000, max: 5_000 })), { maxLength: 3 }), coupon: fc.constantFrom(0, 0, 100), off: fc.constantFrom(0, 0, 0, 0, 1, -3), number: fc.nat(99),
  merchantId: fc.constantFrom('', 'M0001', 'M0001 S'), storeId: fc.constantFrom('S001', 'S 9', '9', '', 'null'), status: fc.constantFrom('SUCCESS', 'SUCCESS', 'FAIL'), isNetTold: fc.boolean(),
});
type Sold = typeof sold extends fc.Arbitrary<infer Value> ? Value : never;

/** A row of either report, right in itself but for what `off` and `hasQuote` make of it. */
function cellsOf(each: Sold, { generation, unit, quotes, report }: Shape): Cells {
  const { type, from, to, price, isLeft, number } = each;
  const amount = money(from, BigInt(each.amount));
  const pair = isLeft ? `${from}/${to}` : `${to}/${from}`;
  const quote = parseQuote(pair, price);
  const gross = from === to || !quote.ok ? money(to, amount.minor) : (exchange(amount, to, quote.value, quotes) ?? money(to, 0n));
  const fees = new Map(each.fees.map(([place, fee]) => [feeColumns[generation][place % feeColumns[generation].length]!, BigInt(fee)]));
  const coupon = generation === 'C' ? 0n : BigInt(each.coupon);
  const net = gross.minor + [...fees.values()].reduce((sum, fee) => sum + fee, 0n) - coupon + BigInt(each.off);
  const written = (value: bigint) => writeAmount(money(to, value), unit);
  const paidOut: Cells = {
    settlementAmountValue: written(net), settlementCurrency: to, ...(each.hasQuote || from !== to ? { quoteCurrencyPair: pair, quotePrice: price } : {}),
    ...Object.fromEntries([...fees].flatMap(([column, fee]) => [[column.amount, written(fee)], [column.currency, to]])),
    ...(coupon === 0n ? {} : { [COUPON_COLUMNS.amount]: written(coupon), [COUPON_COLUMNS.currency]: to }),
  };
  return {
    customerId: '1022188000000000001', settlementBatchId: `B-${number % 3}`, transactionId: `T-${number}`, transactionRequestId: `R-${number}`, originalTransactionId: type === 'PAYMENT' ? '' : 'T-1', referenceTransactionId: `demo_A-${number}`,
    referenceMerchantId: each.merchantId, referenceStoreId: each.storeId, transactionType: type, productCode: 'IN_STORE_PAYMENT', paymentTime: `${DATE}T10:00:00+08:00`, settlementTime: '2026-11-25T10:00:00+08:00',
    settlementInitiatedDate: '2026-11-25T10:00:00+08:00', status: each.status, transactionAmountValue: writeAmount(amount, unit), transactionCurrency: from, ...(report === 'settlementItems' || each.isNetTold ? paidOut : {}),
  };
}

interface Shape {
  readonly report: ItemsReport;
  readonly generation: FileGeneration;
  readonly unit: AmountUnit;
  readonly quotes: QuoteDirection;
  /** What each row ends with. */
  readonly surplus: '' | ',' | ',""' | ',,' | ',x';
  /** Every cell is quoted, not only those that have to be. */
  readonly isQuoted: boolean;
}

function textOf(rows: readonly Cells[], { report, generation, surplus, isQuoted }: Shape): string {
  const columns = reportColumns[report][generation];
  const quoted = (text: string) => (isQuoted || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [columns.join(','), ...rows.map((row) => columns.map((name) => quoted(row[name] ?? '')).join(',') + surplus), '<END>', ''].join('\n');
}

/** Everything that an import makes of a file, with or without the reader for rows that are plainly right. */
function read(text: string, { report, unit, quotes }: Shape, isQuick: boolean) {
  const file: UnreadItems = {
    id: '00000000-0000-4000-8000-00000000000f', bytes: 0n, path: '', format: 'csv', unit, quotes, date: DATE, account: { accountId: 'demo-usd' } as Account, ours: { chainId: 'demo', merchantId: 'M0001', hasStore: (storeId) => STORES.includes(storeId) },
  };
  const [seen, sums] = [new SeenRows(), new BatchSums()];
  let quickRows = 0;
  const counted = (take: TakeRecord): TakeRecord => (line) => {
    const isTaken = take(line);
    if (isTaken) quickRows += 1;
    return isTaken;
  };
  const columns = { ...FILE_COLUMNS, ...(report === 'transactionItems' ? LINE_COLUMNS : SETTLED_COLUMNS) };
  const [values, ofFile, figures, twice] = [fileValues(file), fileFields(file), new RowFigures(), new MaybeTwice()];
  const rows = new BinaryRows(Object.values(columns), values.length + PLACE_COUNT);
  const told = () => ({ told: seen.told, figures: figures.told(rows.sum.value) });
  if (report === 'transactionItems') {
    const reader = new ReportReader(report, unit, isQuick ? (header) => counted(takeQuickly(header, file, { rows, ofFile, figures, seen, twice })) : undefined);
    const { items, refused } = itemsOf(reader, text);
    for (const item of items) {
      seen.add({ customerId: item.customerId, currency: item.amount.currency, minor: item.amount.minor });
      twice.add(item.alipayId);
      const lineClass = classOf(item, item.status, file.ours);
      figures.see(lineClass, item.paidAt === null ? null : microsecondsOf(item.paidAt.getTime()), false);
      rows.add([...values, ...lineValues(item, lineClass, file)]);
    }
    const written = rowsOf(rows.ended(), columns);
    expect(twice.ids).toEqual(expect.arrayContaining(idsTwice(written, columns, reader.generation)));
    return { quickRows, result: { ...toResult(reader, written), refused, ...told() } };
  }
  const flushes: (() => void)[] = [];
  const reader = new ReportReader(report, unit, !isQuick ? undefined : (header) => {
    const { takeRow, flush } = takeSettledQuickly(header, file, { rows, ofFile, figures, seen, sums, quotes: new QuoteCheck(quotes), twice });
    flushes.push(flush);
    return counted(takeRow);
  });
  const { items, refused } = itemsOf(reader, text);
  for (const item of items) {
    seen.add({ customerId: item.customerId, currency: item.net.currency, minor: item.net.minor });
    sums.add(item);
    twice.add(item.alipayId);
    const lineClass = classOf(item, null, file.ours);
    figures.see(lineClass, item.paidAt === null ? null : microsecondsOf(item.paidAt.getTime()), item.quote !== null);
    rows.add([...values, ...settledValues(item, lineClass, file)]);
  }
  for (const flush of flushes) flush();
  const written = rowsOf(rows.ended(), columns);
  expect(twice.ids).toEqual(expect.arrayContaining(idsTwice(written, columns, reader.generation)));
  return { quickRows, result: { ...toResult(reader, written), refused, ...told(), sums: sums.list() } };
}

/** Its header first: what comes in the same piece is looked at closely. */
function itemsOf<R extends ItemsReport>(reader: ReportReader<R>, text: string) {
  const bytes = Buffer.from(text);
  const begin = bytes.indexOf('\n') + 1;
  const items = [...reader.push(bytes.subarray(0, begin)), ...reader.push(bytes.subarray(begin))];
  const last = reader.finish();
  return { items: [...items, ...last.items], refused: last.refused };
}

/** Of the rows that may be one and the same transaction. */
function idsTwice(rows: readonly (readonly (string | null)[])[], columns: object, generation: FileGeneration): string[] {
  const [type, id] = ['type', 'alipay_id'].map((name) => Object.keys(columns).indexOf(name)) as [number, number];
  const alike = Map.groupBy(rows, (row) => `${row[type]} ${row[id]}`);
  return [...alike.values()].flatMap(([first, ...others]) => (others.length > 0 || (generation === 'C' && first![type] !== 'PAYMENT') ? [first![id]!] : []));
}

/** Reads what PostgreSQL would read, by line. */
function rowsOf(bytes: Buffer, columns: Readonly<Record<string, ColumnKind>>): (string | null)[][] {
  const kinds = Object.values(columns);
  const rows: (string | null)[][] = [];
  let at = 19;
  for (; bytes.readInt16BE(at) !== -1;) {
    expect(bytes.readInt16BE(at)).toBe(kinds.length);
    at += 2;
    rows.push(kinds.map((kind) => {
      const length = bytes.readInt32BE(at);
      const value = bytes.subarray(at + 4, at + 4 + length);
      at += 4 + Math.max(length, 0);
      if (length === -1) return null;
      if (kind === 'text') return value.toString();
      if (kind === 'uuid') return value.toString('hex');
      expect(length).toBe(kind === 'int4' || kind === 'date' ? 4 : 8);
      return String(length === 4 ? value.readInt32BE() : value.readBigInt64BE());
    }));
  }
  expect(at + 2).toBe(bytes.length);
  const line = Object.keys(columns).indexOf('line');
  return rows.sort((one, other) => Number(one[line]) - Number(other[line]));
}

function toResult(reader: ReportReader<ItemsReport>, rows: readonly (readonly (string | null)[])[]) {
  return { rows, faults: reader.faults, faultCount: reader.faultCount, rowCount: reader.rowCount };
}

describe.each((['transactionItems', 'settlementItems'] as const).flatMap((report) => generations.map((generation) => ({ report, generation }))))('$report of generation $generation', ({ report, generation }) => {
  const columns = reportColumns[report][generation];
  const shape = fc.record({ report: fc.constant(report), generation: fc.constant(generation), unit: fc.constantFrom('minor', 'major'), quotes: fc.constantFrom('as-written', 'reversed'), surplus: fc.constantFrom('', '', '', ',', ',""', ',,', ',x'), isQuoted: fc.boolean() } as const);
  const oddities = fc.array(fc.tuple(fc.constantFrom(...columns), fc.constantFrom(...ODD)), { maxLength: 2 });
  const row = fc.tuple(sold, fc.oneof({ arbitrary: fc.constant<[string, string][]>([]), weight: 2 }, { arbitrary: oddities, weight: 1 }));

  it('says the same whether rows that are plainly right are read quickly or each cell closely, and loses none', () => {
    let [quick, all] = [0, 0];
    fc.assert(fc.property(shape, fc.array(row, { minLength: 1, maxLength: 8 }), (of, rows) => {
      const text = textOf(rows.map(([each, odd]) => ({ ...cellsOf(each, of), ...Object.fromEntries(odd) })), of);
      const quickly = read(text, of, true);
      expect(quickly.result).toEqual(read(text, of, false).result);
      quick += quickly.quickRows;
      all += rows.length;
    }), { numRuns: 300 });
    // Or it would show nothing.
    expect(quick / all).toBeGreaterThan(0.15);
  });

  it('says the same of a right row with any odd cell in any column, as the first row of its file', () => {
    const right: Sold = {
      type: 'PAYMENT', from: 'JPY', to: 'USD', amount: 1_500, price: '150', isLeft: false, hasQuote: true, fees: [[0, -30]], coupon: 100, off: 0, number: 1, merchantId: 'M0001', storeId: 'S001', status: 'SUCCESS', isNetTold: false,
    };
    for (const unit of ['minor', 'major'] as const) {
      const of: Shape = { report, generation, unit, quotes: 'as-written', surplus: '', isQuoted: false };
      const row = cellsOf(right, of);
      for (const surplus of ['', ',', ',""'] as const) for (const isQuoted of [false, true]) expect(read(textOf([row], { ...of, surplus, isQuoted }), of, true).quickRows).toBe(1);
      for (const column of columns.filter((name) => row[name] !== undefined)) {
        for (const odd of ODD) {
          const text = textOf([{ ...row, [column]: odd }, row], of);
          expect([column, odd, read(text, of, true).result]).toEqual([column, odd, read(text, of, false).result]);
        }
      }
    }
  });

  it('says the same of amounts in whichever way they are written, and of quotes that are not right', () => {
    const of: Shape = { report, generation, unit: 'major', quotes: 'as-written', surplus: '', isQuoted: false };
    const plain: Sold = {
      type: 'PAYMENT', from: 'KWD', to: 'KWD', amount: 1_500, price: '1', isLeft: true, hasQuote: false, fees: [], coupon: 0, off: 0, number: 1, merchantId: 'M0001', storeId: 'S001', status: 'SUCCESS', isNetTold: false,
    };
    const row = cellsOf(plain, of);
    for (const amount of ['1.5', '1.05', '1.555', '-1.5', '-0.5', '1', '12345678', '1.', '.5', '-', '1.-5', '1.5555', '--1', '1.5.5']) {
      const same = { ...row, transactionAmountValue: amount, ...(report === 'settlementItems' ? { settlementAmountValue: amount } : {}) };
      expect([amount, read(textOf([same], of), of, true).result]).toEqual([amount, read(textOf([same], of), of, false).result]);
    }
    for (const column of columns) {
      for (const raw of ['"a"b', '"a', 'a"b', '"a""', '"a" ', '"a""b"', '""']) {
        const text = textOf([{ ...row, [column]: 'HERE' }, row], of).replace('HERE', raw);
        expect([column, raw, read(text, of, true).result]).toEqual([column, raw, read(text, of, false).result]);
      }
    }
  });

  it('counts how its amounts look once, whoever reads them', () => {
    const of: Shape = { report, generation, unit: 'major', quotes: 'as-written', surplus: '', isQuoted: false };
    // The time is one of another zone, or the price is missing: each row is looked at twice.
    const isSettled = report === 'settlementItems';
    const at = isSettled ? `${DATE}T10:00:00+08:00` : `${DATE}T11:00:00+09:00`;
    const rows = Array.from({ length: 30 }, (_, number): Cells => ({
      customerId: '1022188000000000001', settlementBatchId: 'B', transactionId: `T-${number}`, transactionRequestId: 'R', transactionType: 'REFUND', paymentTime: at, settlementTime: at, settlementInitiatedDate: at, status: 'SUCCESS',
      transactionAmountValue: '12', transactionCurrency: 'USD', ...(isSettled ? { settlementAmountValue: '13', settlementCurrency: 'JPY' } : {}),
    }));
    expect(read(textOf(rows, of), of, true)).toMatchObject({ quickRows: 0, result: { refused: undefined, faultCount: 0, rowCount: 30 } });
  });
});
