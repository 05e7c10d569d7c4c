import type { ProblemCode } from '@scantill/contracts';
import { money, type Money } from '@scantill/kernel';
import type { ReadFile } from './file.repository.js';
import type { RowFault, TableRefused } from '../core/item-table.js';
import type { QuoteDirection } from '../core/quote.js';
import { reportRefusals, type ReportFault } from './report-refused.js';

/** Why a file that was kept is not taken in. */
export type FileRefused =
  | TableRefused
  | ReportFault
  | { readonly kind: 'QuotesContradicted'; readonly quotes: QuoteDirection }
  | { readonly kind: 'BadRows'; readonly faults: readonly RowFault[]; readonly count: number }
  | { readonly kind: 'NameUnsafe'; readonly name: string }
  | { readonly kind: 'NameUnknown'; readonly name: string }
  | { readonly kind: 'AccountUnknown'; readonly named: string }
  | { readonly kind: 'AccountNotTold' }
  | { readonly kind: 'SeveralAccounts'; readonly customerIds: readonly string[] }
  | { readonly kind: 'DayNotTold'; readonly name: string }
  | { readonly kind: 'PartMissing'; readonly part: Pick<ReadFile, 'report' | 'partOf'>; readonly sequence: number }
  | { readonly kind: 'BatchKnown'; readonly name: string }
  | { readonly kind: 'NeverEnded'; readonly attempts: number };

export interface Fault {
  readonly line: number | null;
  readonly column: string | null;
  readonly reason: string;
}

/** A refusal as it is kept with the file and told to people. */
export interface Refusal {
  readonly problem: ProblemCode;
  /** Stable, and more precise than the problem. */
  readonly reason: string;
  readonly detail: string;
  readonly faultCount: number;
  readonly faults: readonly Fault[];
}

/** So that a wait for the part before it can be ended when that comes. */
export const PART_MISSING = 'part-missing';
const NAME_SHOWN_MAX = 128;

type Told = Omit<Refusal, 'problem' | 'faultCount'> & Partial<Refusal>;
type Refusals = { readonly [Kind in FileRefused['kind']]: (refused: Extract<FileRefused, { kind: Kind }>) => Told };

const told = (reason: string, detail: string, faults: readonly Fault[] = []): Told => ({ reason, detail, faults });
const ofColumns = (columns: readonly string[], reason: string): Fault[] => columns.map((column) => ({ line: null, column, reason }));

const refusals: Refusals = {
  ...reportRefusals,
  NameUnsafe: ({ name }) => told('name-unsafe', `"${name.slice(0, NAME_SHOWN_MAX)}" is a path and not the name of a file: send the name alone, without folders`),
  NameUnknown: ({ name }) => told('name-unknown', `"${name.slice(0, NAME_SHOWN_MAX)}" is not the name of a file that is read: transactionItems_<YYYYMMDD>_<000–999>.csv with a day that there is, settlementItems_<currency>_<batch>_<000–999>.csv, or settlementSummary_ likewise, also .xlsx; bank_<anything>.csv or .xml is a bank's statement`),
  MissingColumns: ({ columns, expected }) => told('columns-missing', `required columns are missing: ${columns.join(', ')}; line 1 must have at least ${expected.join(', ')}`, ofColumns(columns, 'is missing in line 1')),
  RepeatedColumns: ({ columns }) => told('columns-repeated', `columns are there twice: ${columns.join(', ')}`, ofColumns(columns, 'is there twice in line 1')),
  EndMissing: ({ endMarker }) => told('end-missing', `the file does not end with ${endMarker}: it was cut short`),
  QuotesContradicted: ({ quotes }) => told('quotes-contradicted', `the account's files are set to have prices ${quotes}, and every exchanged row of this one is right only the other way round: correct files.quotes of the account in the directory, and send it again`),
  DayNotTold: ({ name }) => told('day-not-told', `neither the name "${name.slice(0, NAME_SHOWN_MAX)}" nor the folder that it came from tells its day: name it transactionItems_<YYYYMMDD>_<000–999>.csv`),
  BadRows: ({ faults, count }) => ({
    ...told('rows-bad', `${count} ${count === 1 ? 'fault' : 'faults'}; the first: ${faults.slice(0, 1).map(faultText).join('')}`, faults), faultCount: count,
  }),
  SeveralAccounts: ({ customerIds }) => told('accounts-several', `a file belongs to one account, and this one names several: ${customerIds.join(', ')}`),
  AccountUnknown: ({ named }) => told('account-unknown', `there is no such account of yours: ${named}`),
  AccountNotTold: () => told('account-not-told', 'the file does not tell which account it belongs to; name it with ?account='),
  PartMissing: ({ part: { partOf }, sequence }) => told(PART_MISSING, `part ${String(sequence).padStart(3, '0')} of ${partOf} is not there yet: import it first; this one then follows by itself`),
  BatchKnown: ({ name }) => told('batch-known', `its batch was taken in as "${name}", and with both in force every row would be there twice: the dashboard and the SFTP server have two names for it, keep to one of them`),
  NeverEnded: ({ attempts }) => ({ ...told('never-ended', `its import was begun ${attempts} times and never came to an end: see the log; sent again, it is tried again`), problem: 'service.defect' }),
};

export function toRefusal(refused: FileRefused): Refusal {
  const { faults, ...rest } = (refusals[refused.kind] as (refused: FileRefused) => Told)(refused);
  return { problem: 'file.refused', faultCount: faults.length, ...rest, faults };
}

/** What its rows come to and what it says of them, where it is refused because these are two amounts. */
export function sidesOf(refused: FileRefused): { readonly ours: Money; readonly theirs: Money } | undefined {
  if (refused.kind !== 'SummaryDiffers') return undefined;
  const nets = refused.faults.flatMap((fault) => (fault.kind !== 'TotalDiffers' ? [] : fault.differs.flatMap(({ figure, ours, theirs }) => (figure === 'net' ? [{ currency: fault.currency, ours, theirs }] : []))));
  const [net] = nets;
  return net === undefined ? undefined : { ours: money(net.currency, net.ours), theirs: money(net.currency, net.theirs) };
}

function faultText({ line, column, reason }: Fault): string {
  return [`line ${line}`, column, reason].filter((part) => part !== null).join(' ');
}
