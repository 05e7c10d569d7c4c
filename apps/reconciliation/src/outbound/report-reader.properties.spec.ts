import { generations, reports, reportColumns, type FileGeneration, type Report } from '@scantill/alipay';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ReportReader } from './report-reader.js';

const AMOUNT = /(AmountValue|Fee|Value)$/;

/** A cell that its column can hold. */
function cellOf(column: string, generation: FileGeneration): fc.Arbitrary<string> {
  const some = (arbitrary: fc.Arbitrary<string>) => fc.oneof(fc.constant(''), arbitrary);
  const isRequired = ['transactionAmountValue', 'settlementAmountValue'].includes(column);
  if (column.endsWith('Currency')) return fc.constantFrom('USD', 'EUR');
  if (column === 'quoteCurrencyPair') return fc.constant('EUR/USD');
  if (column === 'quotePrice') return fc.constantFrom('1.1736', '2');
  if (column === 'count') return fc.nat(999).map(String);
  if (column.endsWith('Time') || column.endsWith('Date')) return fc.constantFrom('2026-04-27T10:00:00+08:00', '2026-04-27T10:00:00.5Z');
  if (column.endsWith('Type')) return fc.constantFrom('PAYMENT', 'REFUND', 'CANCEL');
  if (AMOUNT.test(column)) {
    const amount = fc.integer({ min: -99_999, max: 99_999 }).map((value) => (generation === 'A' ? String(value) : `${value}.05`));
    return isRequired ? amount : some(amount);
  }
  const text = fc.string({ unit: fc.constantFrom('a', 'B', '7', ' ', ',', '"', 'é', '\n'), minLength: 1, maxLength: 8 });
  return /Id$|status|customerId/.test(column) ? text : some(text);
}

function quoted(text: string, always: boolean): string {
  return always || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

interface Layout { readonly order: readonly string[]; readonly isQuoted: boolean; readonly lineBreak: string; readonly mark: string; readonly cuts: readonly number[] }

function read(report: Report, generation: FileGeneration, rows: readonly Readonly<Record<string, string>>[], layout: Layout) {
  const { order, isQuoted, lineBreak, mark, cuts } = layout;
  const lines = [order.join(','), ...rows.map((row) => order.map((column) => quoted(row[column] ?? 'more', isQuoted)).join(',')), '<END>'];
  const bytes = new TextEncoder().encode(mark + lines.map((line) => line + lineBreak).join(''));
  const reader = new ReportReader(report, generation === 'A' ? 'minor' : 'major');
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  const items = [0, ...places].flatMap((from, index) => reader.push(bytes.subarray(from, places[index] ?? bytes.length)));
  const last = reader.finish();
  return { items: [...items, ...last.items].map((item) => ({ ...item, raw: '', line: 0, at: 0 })), refused: last.refused, faults: reader.faults };
}

describe.each(reports.flatMap((report) => generations.map((generation) => ({ report, generation }))))('$report of generation $generation', ({ report, generation }) => {
  it('reads alike in whatever chunks, quotes, line breaks and order of columns it comes, with more columns than are known', () => {
    const columns = reportColumns[report][generation];
    const row = fc.record(Object.fromEntries(columns.map((column) => [column, cellOf(column, generation)])));
    const order = fc.shuffledSubarray([...columns, 'loyaltyTier', 'colour'], { minLength: columns.length + 2 });
    const layout = fc.record({ order, isQuoted: fc.boolean(), lineBreak: fc.constantFrom('\n', '\r\n'), mark: fc.constantFrom('', '\uFEFF'), cuts: fc.array(fc.nat(), { maxLength: 6 }) });
    fc.assert(fc.property(fc.array(row, { minLength: 1, maxLength: 4 }), layout, (rows, each) => {
      const plain = read(report, generation, rows, { order: columns, isQuoted: false, lineBreak: '\n', mark: '', cuts: [] });
      expect([plain.refused, plain.faults, plain.items.length]).toEqual([undefined, [], rows.length]);
      expect(read(report, generation, rows, each)).toEqual(plain);
    }), { numRuns: 60 });
  });
});
