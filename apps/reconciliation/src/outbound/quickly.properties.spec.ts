import { describe, expect, it } from '@jest/globals';
import { COUPON_COLUMNS, feeColumns, generations, reportColumns, writeAmount, type AmountUnit, type FileGeneration } from '@scantill/alipay';
import { money, type Currency } from '@scantill/kernel';
import type { Account } from '@scantill/platform';
import fc from 'fast-check';
import { BatchSums } from '../core/batch-sums.js';
import { QuoteCheck } from '../core/quote-check.js';
import { exchange, parseQuote, type QuoteDirection } from '../core/quote.js';
import type { CopyValue } from './copy-text.js';
import type { UnreadItems } from './items-intake.js';
import { ReportReader } from './report-reader.js';
import { SeenRows, type ToldByRow } from './seen-rows.js';
import { SETTLED_COLUMNS, settledValues } from './settled-lines.js';
import { takeSettledQuickly } from './settled-quickly.js';
import { LINE_COLUMNS, takeQuickly, valuesOf } from './transaction-lines.js';

type Cells = Readonly<Record<string, string>>;
type ItemsReport = 'transactionItems' | 'settlementItems';

const DATE = '2026-11-24';
const STORES = ['S001', 'S 9', 'null'];
const CURRENCIES = ['USD', 'EUR', 'JPY', 'KWD', 'KRW'] as const satisfies readonly Currency[];
/** What a cell may hold that is not as usual, or only looks as if it were not. */
const ODD = [
  '', ' ', '-0', '0', '0.000', '007', '1.5', '1e3', '+5', '12345678901', '1234567890123456', 'x'.repeat(64), 'x'.repeat(65), 'PAYMENT', 'payment', 'SETTLEMENT_FEE', 'NEW_TYPE', 'USD', 'XXX', 'null', 'a b', 'a\\b', 'a\tb', 'é☕',
  'EUR/USD', 'USD/XXX', '0.5', '2026-02-30T10:00:00+08:00', '2026-11-25T10:00:00+08:00', '2026-11-24T24:00:00+08:00', '2026-11-24T10:00:00Z', '2026-11-24T18:00:00.5+09:00', '2026-11-24', 'SUCCESS', 'FAIL', 'demo_A-1', 'other_B-1',
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
}

function textOf(rows: readonly Cells[], { report, generation }: Shape): string {
  const columns = reportColumns[report][generation];
  const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [columns.join(','), ...rows.map((row) => columns.map((name) => quoted(row[name] ?? '')).join(',')), '<END>', ''].join('\n');
}

/** Everything that an import makes of a file, with or without the reader for rows that are plainly right. */
function read(text: string, { report, unit, quotes }: Shape, isQuick: boolean) {
  const file: UnreadItems = {
    id: 'F', path: '', format: 'csv', unit, quotes, date: DATE, account: { accountId: 'demo-usd' } as Account, ours: { chainId: 'demo', merchantId: 'M0001', hasStore: (storeId) => STORES.includes(storeId) },
  };
  const [seen, sums] = [new SeenRows(), new BatchSums()];
  const rows: (readonly CopyValue[])[] = [];
  const keep = (values: readonly CopyValue[], told: ToldByRow): void => {
    seen.add(told);
    rows.push(values);
  };
  const flushes: (() => void)[] = [];
  let quickRows = 0;
  const take = (values: readonly CopyValue[], told: ToldByRow): void => {
    quickRows += 1;
    keep(values, told);
  };
  if (report === 'transactionItems') {
    const reader = new ReportReader(report, unit, isQuick ? (header) => takeQuickly(header, file, take) : undefined);
    const last = { items: reader.push(Buffer.from(text)), ...end(reader) };
    for (const item of [...last.items, ...last.more]) keep(valuesOf(item, file), { customerId: item.customerId, currency: item.amount.currency, minor: item.amount.minor });
    return { quickRows, result: toResult(reader, rows, { refused: last.refused, told: seen.told, sums: [] }, LINE_COLUMNS) };
  }
  const reader = new ReportReader(report, unit, !isQuick ? undefined : (header) => {
    const { takeRow, flush } = takeSettledQuickly(header, file, { sums, quotes: new QuoteCheck(file.quotes), take });
    flushes.push(flush);
    return takeRow;
  });
  const last = { items: reader.push(Buffer.from(text)), ...end(reader) };
  for (const item of [...last.items, ...last.more]) {
    keep(settledValues(item, file), { customerId: item.customerId, currency: item.net.currency, minor: item.net.minor });
    sums.add(item);
  }
  for (const flush of flushes) flush();
  return { quickRows, result: toResult(reader, rows, { refused: last.refused, told: seen.told, sums: sums.list() }, SETTLED_COLUMNS) };
}

function end<R extends ItemsReport>(reader: ReportReader<R>) {
  const { items, refused } = reader.finish();
  return { more: items, refused };
}

function toResult(reader: ReportReader<ItemsReport>, rows: readonly (readonly CopyValue[])[], more: object, columns: readonly string[]) {
  const [line, paidAt] = [columns.indexOf('line'), columns.indexOf('paid_at')];
  const texts = rows.map((row) => row.map((value, place) => (value === null ? null : place === paidAt ? new Date(String(value)).toISOString() : String(value))));
  return { ...more, rows: texts.sort((one, other) => Number(one[line]) - Number(other[line])), faults: reader.faults, faultCount: reader.faultCount, rowCount: reader.rowCount };
}

describe.each((['transactionItems', 'settlementItems'] as const).flatMap((report) => generations.map((generation) => ({ report, generation }))))('$report of generation $generation', ({ report, generation }) => {
  const columns = reportColumns[report][generation];
  const shape = fc.record({ report: fc.constant(report), generation: fc.constant(generation), unit: fc.constantFrom('minor', 'major'), quotes: fc.constantFrom('as-written', 'reversed') } as const);
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
      const of: Shape = { report, generation, unit, quotes: 'as-written' };
      const row = cellsOf(right, of);
      expect(read(textOf([row], of), of, true).quickRows).toBe(1);
      for (const column of columns.filter((name) => row[name] !== undefined)) {
        for (const odd of ODD) {
          const text = textOf([{ ...row, [column]: odd }, row], of);
          expect([column, odd, read(text, of, true).result]).toEqual([column, odd, read(text, of, false).result]);
        }
      }
    }
  });

  it('counts how its amounts look once, whoever reads them', () => {
    const of: Shape = { report, generation, unit: 'major', quotes: 'as-written' };
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
