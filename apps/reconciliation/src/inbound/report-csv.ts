import { Readable } from 'node:stream';
import { toMajorText } from '@scantill/kernel';
import { stringify } from 'csv-stringify';
import { textCell } from './formula-text.js';
import type { Cell, ColumnKind, Table } from './report-tables.js';

/** Amounts in the major unit with the currency's digits; no totals, so that programs can add up. */
export function tableCsv({ columns, rows }: Table): Readable {
  const records = async function* () {
    for await (const row of rows) yield columns.map(({ kind }, index) => csvCell(row[index] ?? null, kind));
  };
  return Readable.from(records()).pipe(stringify({ header: true, columns: columns.map(({ title }) => title.toLowerCase()) }));
}

/** Amounts, counts and dates are ours; an amount may begin with a minus. */
function csvCell(cell: Cell, kind: ColumnKind): string {
  if (cell === null) return '';
  if (typeof cell === 'object') return toMajorText(cell);
  return kind === 'text' || kind === 'decimal' ? textCell(String(cell)) : String(cell);
}
