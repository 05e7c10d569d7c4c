import { contradictsUnit, END_MARKER, generationOf, reportColumns, reportOf, requiredColumns, type AmountUnit, type FileGeneration, type Report } from '@scantill/alipay';
import type { Scanned, TakeRecord } from '../core/csv-scanner.js';
import { FAULTS_MAX, TableReader, type Row, type RowFault, type TableForm, type TableRefused } from '../core/item-table.js';
import { Cells, type SeenAmounts } from './cells.js';
import { rowReaders, type ItemsOf } from './report-rows.js';

/** What is wrong with a report as a whole. */
export type ReportRefused =
  | TableRefused
  | { readonly kind: 'OtherReport'; readonly wanted: Report; readonly found: Report }
  | { readonly kind: 'UnitContradicted'; readonly unit: AmountUnit };

export interface HeaderRead {
  /** How many columns the file has. */
  readonly width: number;
  readonly generation: FileGeneration;
  /** Where the value of a column stands in a row's values; those that the file does not have are not in it. */
  readonly places: ReadonlyMap<string, number>;
  readonly seen: SeenAmounts;
}

/** Reads one of Alipay's reports, of whichever generation its header shows, by chunks of bytes or by records. */
export class ReportReader<R extends Report> {
  private readonly table = new TableReader((columns) => this.formOf(columns));
  private readonly seen: SeenAmounts = { withPoint: 0, withoutPoint: 0 };
  private readonly cellFaults: RowFault[] = [];
  private cellFaultCount = 0;
  generation: FileGeneration = 'A';
  private places: ReadonlyMap<string, number> = new Map();
  private isOther: Report | undefined;

  /**
   * @param unit in which the account's files carry amounts; a file that cannot be in it is refused
   * @param quickOf takes rows that are plainly right without looking at each cell closely, and leaves the others to the closer look
   */
  constructor(
    private readonly report: R,
    private readonly unit: AmountUnit,
    private readonly quickOf?: (header: HeaderRead) => TakeRecord,
  ) {}

  get rowCount(): number {
    return this.table.rowCount;
  }

  /** The items whose rows end in this chunk, but for those that were taken quickly. */
  push(chunk: Uint8Array): ItemsOf[R][] {
    return this.read(this.table.push(chunk));
  }

  take(records: readonly Scanned[]): ItemsOf[R][] {
    return this.read(this.table.take(records));
  }

  finish(): { readonly items: ItemsOf[R][]; readonly refused: ReportRefused | undefined } {
    const { rows, refused } = this.table.finish();
    const items = this.read(rows);
    // What is missing says more than what else it could be.
    if (this.isOther !== undefined && refused?.kind !== 'MissingColumns') return { items: [], refused: { kind: 'OtherReport', wanted: this.report, found: this.isOther } };
    if (refused !== undefined) return { items, refused };
    // Letters in every amount are faults of their rows, which say more.
    const isContradicted = this.faultCount === 0 && contradictsUnit(this.unit, this.seen);
    return { items, refused: isContradicted ? { kind: 'UnitContradicted', unit: this.unit } : undefined };
  }

  get columns(): readonly string[] {
    return this.table.columns;
  }

  /** At most `FAULTS_MAX`, by line; `faultCount` counts all. */
  get faults(): RowFault[] {
    return [...this.table.faults, ...this.cellFaults].sort((one, other) => one.line - other.line).slice(0, FAULTS_MAX);
  }

  get faultCount(): number {
    return this.table.faultCount + this.cellFaultCount;
  }

  private formOf(columns: readonly string[]): TableForm {
    this.generation = generationOf(columns);
    const found = reportOf(columns);
    if (found !== this.report) this.isOther = found;
    const required = requiredColumns[this.report][this.generation];
    const optional = reportColumns[this.report][this.generation].filter((name) => !required.includes(name));
    this.places = new Map([...required, ...optional].filter((name) => columns.includes(name)).map((name) => [name, columns.indexOf(name)]));
    const takeRow = this.quickOf?.({ width: columns.length, generation: this.generation, places: this.places, seen: this.seen });
    return { required, optional, endMarker: END_MARKER, ...(takeRow === undefined ? {} : { takeRow }) };
  }

  private read(rows: readonly Row[]): ItemsOf[R][] {
    return rows.flatMap((row) => {
      const cells = new Cells(row, this.places, this.unit, this.seen);
      const item = rowReaders[this.report](row, cells, this.generation);
      this.cellFaultCount += cells.faults.length;
      this.cellFaults.push(...cells.faults.slice(0, Math.max(0, FAULTS_MAX - this.cellFaults.length)));
      return item === undefined || cells.faults.length > 0 ? [] : [item];
    });
  }
}
