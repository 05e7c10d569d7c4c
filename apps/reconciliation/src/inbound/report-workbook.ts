import type { Readable } from 'node:stream';
import { money, type Currency, type Money } from '@scantill/kernel';
import type { Report } from '../flows/make-report.js';
import { summaryRows, SUMMARY_WIDTHS } from './report-summary.js';
import type { Cell, Table } from './report-tables.js';
import { amountStyle, headerStyle } from './workbook-styles.js';
import { SHEET_ROWS_MAX, workbook, type Sheet, type SheetCell } from './workbook.js';

/** The report as a workbook: what one would send on first, then each table on a sheet of its own. */
export function reportWorkbook(report: Report, tables: readonly Table[]): Readable {
  const summary: Sheet = { name: 'Summary', widths: SUMMARY_WIDTHS, frozenRows: 0, rows: eachOf(summaryRows(report)) };
  return workbook([summary, ...tables.map(tableSheet)]);
}

function tableSheet({ title, columns, rows, hasTotals }: Table): Sheet {
  let written = 0;
  const all = async function* (): AsyncGenerator<SheetCell[]> {
    const totals = new Totals();
    yield columns.map(({ title: value, kind }) => ({ value, kind: 'text', style: headerStyle(kind) }));
    for await (const row of rows) {
      written += 1;
      if (written > SHEET_ROWS_MAX) return yield [{ value: 'There is more than a sheet can hold: take the CSV file.', kind: 'text', style: 'note' }];
      totals.add(row);
      yield row.map((value, index) => ({ value, kind: columns[index]?.kind ?? 'text' }));
    }
    if (hasTotals) yield* totals.rows(columns.length);
  };
  return { name: title, widths: columns.map(({ width }) => width), frozenRows: 1, rows: all(), filteredRows: () => Math.min(written, SHEET_ROWS_MAX) + 1 };
}

/** A row of sums for each currency, because amounts of two are never added. */
class Totals {
  private readonly sums = new Map<Currency, Map<number, bigint>>();

  add(row: readonly Cell[]): void {
    for (const [index, cell] of row.entries()) if (isMoney(cell)) this.addTo(cell, index);
  }

  *rows(width: number): Generator<SheetCell[]> {
    for (const [currency, columns] of [...this.sums].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const cells = Array.from({ length: width }, (_, index): SheetCell => {
        const minor = columns.get(index);
        return minor === undefined ? { value: null, kind: 'text', style: 'total' } : { value: money(currency, minor), kind: 'amount', style: amountStyle(currency, true) };
      });
      yield [{ value: `Total ${currency}`, kind: 'text', style: 'total' }, ...cells.slice(1)];
    }
  }

  private addTo({ currency, minor }: Money, index: number): void {
    const columns = this.sums.get(currency) ?? new Map<number, bigint>();
    columns.set(index, (columns.get(index) ?? 0n) + minor);
    this.sums.set(currency, columns);
  }
}

function isMoney(cell: Cell): cell is Money {
  return typeof cell === 'object' && cell !== null;
}

async function* eachOf<Row>(rows: Iterable<Row>): AsyncGenerator<Row> {
  yield* rows;
}
