import { pipeline } from 'node:stream';
import type { BankCsvMapping } from '@scantill/contracts';
import { err, ok, type Money, type Result } from '@scantill/kernel';
import { CsvError, parse } from 'csv-parse';
import { BANK_LINES_MAX, type BankLine } from '../core/bank-line.js';
import { isCalendarDay } from '../core/calendar.js';
import { FAULTS_MAX, type RowFault } from '../core/item-table.js';
import { readBankAmount } from './bank-amount.js';

export type BankCsvRefused =
  | { readonly kind: 'MissingColumns'; readonly columns: readonly string[]; readonly expected: readonly string[] }
  | { readonly kind: 'NotCsv'; readonly reason: string }
  | { readonly kind: 'TooManyLines'; readonly linesMax: number }
  | { readonly kind: 'BadRows'; readonly faults: readonly RowFault[]; readonly count: number };

const RECORD_BYTES_MAX = 65_536;
type Record = Readonly<{ [name: string]: string | undefined }>;

/** Reads a bank's CSV file by its mapping, streamed. All of it is read, or nothing. */
export async function readBankCsv(content: AsyncIterable<Uint8Array>, mapping: BankCsvMapping): Promise<Result<BankLine[], BankCsvRefused>> {
  const expected = Object.values(mapping.columns).flat().filter((name) => name !== undefined);
  let header: readonly string[] = [];
  const parser = parse({
    bom: true, delimiter: mapping.delimiter, from_line: mapping.skipLines + 1, info: true, max_record_size: RECORD_BYTES_MAX, skip_empty_lines: true, trim: true,
    columns: (names: string[]) => (header = names),
  });
  const faults: RowFault[] = [];
  const lines: BankLine[] = [];
  // What breaks the one ends the other, and this loop with it.
  pipeline(content, parser, () => undefined);
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: Record; info: { lines: number } }>) {
      if (expected.some((name) => !header.includes(name))) break;
      if (lines.length + faults.length >= BANK_LINES_MAX) return err({ kind: 'TooManyLines', linesMax: BANK_LINES_MAX });
      const read = lineOf(record, info.lines, mapping);
      if (read.ok) lines.push(read.value);
      else faults.push(read.error);
    }
  } catch (error) {
    if (error instanceof CsvError) return err({ kind: 'NotCsv', reason: error.message });
    throw error;
  }
  const missing = expected.filter((name) => !header.includes(name));
  if (missing.length > 0) return err({ kind: 'MissingColumns', columns: missing, expected });
  return faults.length > 0 ? err({ kind: 'BadRows', faults: faults.slice(0, FAULTS_MAX), count: faults.length }) : ok(lines);
}

function lineOf(record: Record, line: number, mapping: BankCsvMapping): Result<BankLine, RowFault> {
  const { columns } = mapping;
  const text = (name: string | undefined) => (name === undefined ? '' : (record[name] ?? ''));
  const bookedOn = dayOf(text(columns.date), mapping.dateForm);
  if (!isCalendarDay(bookedOn)) return err({ line, column: columns.date, reason: `is not a day like ${mapping.dateForm}` });
  const amount = amountOf(text, mapping);
  if (!amount.ok) return err({ line, ...amount.error });
  const words = columns.text.map(text).filter((each) => each !== '').join(' ');
  return ok({ line, bookedOn, amount: amount.value, text: words, reference: text(columns.reference) || null });
}

function amountOf(text: (name: string | undefined) => string, { columns, decimal, currency: fixed }: BankCsvMapping): Result<Money, Omit<RowFault, 'line'>> {
  const currency = fixed ?? text(columns.currency);
  const [credit, debit] = [text(columns.credit), text(columns.debit)];
  if (columns.amount === undefined && (credit === '') === (debit === '')) return err({ column: columns.credit ?? null, reason: 'and the debit beside it: exactly one of them has an amount' });
  const name = columns.amount ?? (credit === '' ? columns.debit : columns.credit) ?? '';
  const plain = plainNumber(text(name), decimal);
  // Some banks write a minus into the column of debits, some do not.
  const read = readBankAmount(name === columns.debit ? `-${plain.replace(/^-/, '')}` : plain, currency);
  return read.ok ? read : err({ column: name, reason: read.error });
}

/** Groups of three go, the decimal sign becomes a point; what is no number stays as it is and is refused. */
function plainNumber(text: string, decimal: '.' | ','): string {
  const group = decimal === '.' ? ',' : '.';
  const [whole = '', ...rest] = text.split(decimal);
  const isGrouped = new RegExp(`^[+-]?\\d{1,3}(\\${group}\\d{3})+$`).test(whole);
  return [isGrouped ? whole.replaceAll(group, '') : whole, ...rest].join('.').replace(/^\+/, '');
}

function dayOf(text: string, form: BankCsvMapping['dateForm']): string {
  const parts = text.split(/[./-]/);
  switch (form) {
    case 'YYYY-MM-DD': return text;
    case 'YYYYMMDD': return text.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');
    case 'DD.MM.YYYY': case 'DD/MM/YYYY': return parts.reverse().join('-');
    case 'MM/DD/YYYY': return [parts[2], parts[0], parts[1]].join('-');
  }
}
