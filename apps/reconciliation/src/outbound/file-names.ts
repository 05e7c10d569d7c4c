import { parseReportName, type ReportName } from '@scantill/alipay';
import { isCalendarDay } from '../core/calendar.js';

/** What a file is a part of, by its name. */
export interface Named {
  readonly report: 'transaction-items' | 'settlement-items' | 'settlement-summary' | 'bank-statement';
  /** Of a statement its own name and settings say it. */
  readonly format: 'csv' | 'xlsx' | 'statement';
  /** Null where only its rows tell the day. */
  readonly date: string | null;
  /** What it is one part of, as far as the name says: a day or a batch. */
  readonly partOf: string | null;
  readonly sequence: number;
}

const REPORTS = { transactionItems: 'transaction-items', settlementItems: 'settlement-items', settlementSummary: 'settlement-summary' } as const;

/** Letters, digits and a few signs: nothing that leads to another folder, hides a file, or says something else on a screen. */
export function isFileName(name: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_. ()-]*$/.test(name) && !name.includes('..');
}

/** Undefined when it is no name of a report, or one of no day that there is. */
export function nameOf(name: string): Named | undefined {
  const named = parseReportName(name);
  if (named === undefined) return undefined;
  const date = 'date' in named && named.date !== null ? named.date.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3') : null;
  if (date !== null && !isCalendarDay(date)) return undefined;
  const report = REPORTS[named.report];
  return { report, format: named.extension, date: report === 'transaction-items' ? date : null, partOf: partOf(named, date), sequence: named.sequence };
}

function partOf(named: ReportName, date: string | null): string | null {
  if ('id' in named) return named.report === 'transactionItems' ? date : named.id;
  const key = named.report === 'transactionItems' ? date : named.batchId;
  return key === null ? null : [named.prefix, named.currency, key].filter((part) => part !== null).join('_');
}
