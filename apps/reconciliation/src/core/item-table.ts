import { CsvScanner, type CsvRecord, type RecordBytes, type Scanned, type TakeRecord } from './csv-scanner.js';

/** What is read of a table with a header: columns by name, in whatever order the file has them. */
export interface TableForm {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** The last record of every file; one without it was cut short. */
  readonly endMarker: string;
  /** Looks at a record first; the rows that it takes are only counted. It takes no end marker. */
  readonly takeRow?: TakeRecord;
}

/** What is asked of a table may depend on the columns that it has. */
export type TableFormOf = (columns: readonly string[]) => TableForm;

export interface Row {
  readonly line: number;
  /** Its first byte in the file; null in a spreadsheet. */
  readonly at: number | null;
  /** As it stands in the file, with the columns that nobody asks for. */
  readonly raw: string;
  /** In the order of the file; `columns` of its reader says which. */
  readonly values: readonly string[];
}

/** What is wrong with a row, and where. */
export interface RowFault {
  readonly line: number;
  readonly column: string | null;
  readonly reason: string;
}

/** What is wrong with the file as a whole. */
export type TableRefused =
  | { readonly kind: 'MissingColumns'; readonly columns: readonly string[]; readonly expected: readonly string[] }
  | { readonly kind: 'RepeatedColumns'; readonly columns: readonly string[] }
  | { readonly kind: 'EndMissing'; readonly endMarker: string };

const QUOTE = 0x22;
/** Enough to see what is wrong with a file; a file of another kind has a fault in every row. */
export const FAULTS_MAX = 1_000;

/** Reads a table by chunks: the header first, then rows until the end marker. Rows that do not fit are put aside with the reason. */
export class TableReader {
  /** At most `FAULTS_MAX`; `faultCount` counts all. */
  readonly faults: RowFault[] = [];
  faultCount = 0;
  rowCount = 0;
  private readonly scanner = new CsvScanner();
  private header: readonly string[] | undefined;
  private refused: TableRefused | undefined;
  private isEnded = false;
  /** What may be the end marker was met, and is only looked at after its chunk. */
  private mayBeEnded = false;
  private form: TableForm = { required: [], optional: [], endMarker: '' };

  constructor(private readonly formOf: TableForm | TableFormOf) {}

  get columns(): readonly string[] {
    return this.header ?? [];
  }

  /** The rows that end in this chunk, but for those that were taken. */
  push(chunk: Uint8Array): Row[] {
    this.mayBeEnded = this.isEnded;
    return this.take(this.scanner.push(chunk, (record) => this.takeRow(record)));
  }

  /** The same for records that were not cut from bytes. */
  take(records: readonly Scanned[]): Row[] {
    const rows: Row[] = [];
    for (const record of records) {
      if (this.refused !== undefined) break;
      if ('reason' in record) this.fault({ line: record.line, column: null, reason: record.reason });
      else if (this.header === undefined) this.readHeader(record);
      else this.readRow(record, rows);
    }
    return rows;
  }

  /** The last rows, and what is wrong with the whole, if anything. */
  finish(): { rows: Row[]; refused: TableRefused | undefined } {
    const rows = this.take(this.scanner.end());
    if (this.header === undefined) this.readHeader({ line: 1, at: 0, raw: '', fields: [] });
    if (!this.isEnded) this.refused ??= { kind: 'EndMissing', endMarker: this.form.endMarker };
    return { rows, refused: this.refused };
  }

  private takeRow(record: RecordBytes): boolean {
    const { takeRow, endMarker } = this.form;
    if (takeRow === undefined || this.mayBeEnded || this.refused !== undefined) return false;
    if (!takeRow(record)) {
      this.mayBeEnded = [QUOTE, endMarker.charCodeAt(0)].includes(record.bytes[record.start]!);
      return false;
    }
    this.rowCount += 1;
    return true;
  }

  private readHeader({ fields }: CsvRecord): void {
    const header = fields.at(-1) === '' ? fields.slice(0, -1) : fields;
    this.header = header;
    this.form = typeof this.formOf === 'function' ? this.formOf(header) : this.formOf;
    const { required, optional } = this.form;
    const missing = required.filter((name) => !header.includes(name));
    const repeated = [...required, ...optional].filter((name) => header.indexOf(name) !== header.lastIndexOf(name));
    if (missing.length > 0) this.refused = { kind: 'MissingColumns', columns: missing, expected: required };
    else if (repeated.length > 0) this.refused = { kind: 'RepeatedColumns', columns: repeated };
  }

  private readRow({ line, at, raw, fields }: CsvRecord, rows: Row[]): void {
    if (this.isEnded) return this.fault({ line, column: null, reason: `comes after ${this.form.endMarker}` });
    if (fields[0] === this.form.endMarker && fields.slice(1).every((field) => field === '')) {
      this.isEnded = true;
      return;
    }
    const wanted = this.columns.length;
    // Alipay's own samples end some rows with one comma too many.
    const hasSurplusComma = fields.length === wanted + 1 && fields.at(-1) === '';
    if (fields.length !== wanted && !hasSurplusComma) return this.fault({ line, column: null, reason: `has ${fields.length} columns instead of ${wanted}` });
    this.rowCount += 1;
    rows.push({ line, at, raw, values: fields });
  }

  private fault(fault: RowFault): void {
    this.faultCount += 1;
    if (this.faults.length < FAULTS_MAX) this.faults.push(fault);
  }
}
