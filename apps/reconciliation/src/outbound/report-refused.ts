import type { Report } from '@scantill/alipay';
import { format } from '@scantill/kernel';
import type { FigureDiffers } from '../core/figures.js';
import type { SummaryFault } from '../core/summary.js';
import type { BankRefused } from './bank-statements.js';
import type { Fault, Refusal } from './file-refused.js';
import type { SummaryRefused } from './summary-rows.js';

/** What every table can be refused for is told with files in general. */
type ToldElsewhere = 'MissingColumns' | 'RepeatedColumns' | 'EndMissing' | 'BadRows' | 'AccountNotTold';

/** Why a report of Alipay's or a bank's statement is not taken in. */
export type ReportFault = Exclude<SummaryRefused | BankRefused, { readonly kind: ToldElsewhere }>;

type Told = Pick<Refusal, 'reason' | 'detail' | 'faults'>;
type Refusals = { readonly [Kind in ReportFault['kind']]: (refused: Extract<ReportFault, { kind: Kind }>) => Told };

const told = (reason: string, detail: string, faults: readonly Fault[] = []): Told => ({ reason, detail, faults });

const REPORTS: Readonly<Record<Report, string>> = { transactionItems: 'transactions', settlementItems: 'settlement items', settlementSummary: 'a settlement summary' };
const UNITS = { minor: 'whole smallest units, and the file has decimals', major: 'decimals of the major unit, and the file has none' } as const;
const NAMED_MAX = 5;

export const reportRefusals: Refusals = {
  OtherReport: ({ wanted, found }) => told('report-other', `by its name this is a file of ${REPORTS[wanted]}, and its columns are those of ${REPORTS[found]}: send it under its own name`),
  UnitContradicted: ({ unit }) => told('unit-contradicted', `the account's files are set to have ${UNITS[unit]}: correct files.unit of the account in the directory, or ask Alipay for the file in the usual form`),
  TooManyRows: ({ rowsMax }) => told('rows-too-many', `a summary has a row for each type of a batch, and this one has more than ${rowsMax}`),
  SummaryDiffers: ({ faults }) => {
    const all = faults.flatMap((fault) => summaryFaults(fault));
    return told('totals-differ', `the summary does not add up: ${all.slice(0, 1).map(({ reason }) => reason).join('')}; ask Alipay for a correct one`, all);
  },
  NotWorkbook: ({ reason }) => told('workbook-unreadable', `this is no workbook that can be read: ${reason}; save it again as .xlsx, or send the .csv`),
  Bomb: ({ part, reason }) => told('workbook-too-large', `part "${part.slice(0, 64)}" of the workbook ${reason}; send the .csv`),
  TooLarge: ({ bytesMax }) => told('statement-too-large', `a statement has at most ${bytesMax} bytes: ask the bank for shorter periods`),
  TooManyLines: ({ linesMax }) => told('lines-too-many', `a statement has at most ${linesMax} lines: ask the bank for shorter periods`),
  NotXml: ({ reason }) => told('xml-unreadable', `this is no XML that can be read: ${reason}`),
  DoctypeForbidden: () => told('xml-doctype', 'the XML has a document type, which a statement does not need: ask the bank for one without'),
  NotCamt053: ({ path, reason }) => told('statement-other', `this is no camt.053 statement: ${path === '' ? 'the document' : path}: ${reason}`),
  BalanceDiffers: ({ statement, expected, closing }) => told('balance-differs', `opening balance and lines of statement "${statement.slice(0, 64)}" come to ${format(expected)}, and its closing balance is ${format(closing)}: lines are missing; ask the bank for all of it`),
  NotCsv: ({ reason }) => told('csv-unreadable', `this is no CSV that can be read by the account's mapping: ${reason}`),
  StatementEmpty: () => told('statement-empty', 'the statement has no lines and does not tell of which day it is: it says nothing'),
  OtherBankAccount: ({ named }) => told('bank-account-other', `the statement is of ${named.slice(0, NAMED_MAX).map((number) => number || 'no account').join(', ')}, to which none of your accounts is paid out: see bank.number of the account in the directory`),
  MappingMissing: ({ accountIds }) => told('mapping-missing', `how CSV files of this bank are read is not set for ${accountIds.slice(0, NAMED_MAX).join(', ') || 'any account'}: set bank.csv of the account in the directory, or send camt.053`),
};

function summaryFaults(fault: SummaryFault): Fault[] {
  switch (fault.kind) {
    case 'TotalMissing': return [{ line: null, column: 'summaryType', reason: `batch ${fault.batchId} has no TOTAL` }];
    case 'TypeRepeated': return fault.lines.map((line) => ({ line, column: 'summaryType', reason: `batch ${fault.batchId} has ${fault.type} more than once` }));
    case 'TotalDiffers': return fault.differs.map((differs) => ({ line: fault.line, column: COLUMN_OF[differs.figure] ?? differs.figure, reason: totalText(fault.batchId, differs) }));
  }
}

const COLUMN_OF: Readonly<Record<string, string>> = { net: 'settlementAmountValue', count: 'count', coupon: 'nonGuaranteeCouponValue' };

/** In the smallest unit: a count has no currency, and neither has the name of a fee. */
function totalText(batchId: string, { figure, ours, theirs }: FigureDiffers): string {
  return `the types of batch ${batchId} come to ${figure} ${ours}, and its TOTAL says ${theirs}`;
}
