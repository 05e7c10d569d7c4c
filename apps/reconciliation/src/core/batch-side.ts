import { money, type Currency, type Money } from '@scantill/kernel';
import type { BatchSum } from './batch-sums.js';
import { inMinor, type ContractTerms } from './contract.js';
import { payoutDays, type Batch } from './payout.js';
import { TOTAL } from './summary.js';

/** A row of a file, as evidence. */
export interface FileRow {
  readonly id: string;
  readonly line: number;
  readonly raw: string;
}

export interface SummarySum extends BatchSum {
  readonly row: FileRow;
}

/** What is known of a batch in one currency: its items, and its summary. One of them may be missing. */
export interface BatchSide {
  readonly batchId: string;
  readonly currency: Currency;
  readonly settledOn: string;
  readonly items: readonly BatchSum[];
  readonly itemFileIds: readonly string[];
  readonly rows: readonly SummarySum[];
}

/** The row that says what is paid out. */
export function totalRow({ rows }: BatchSide): FileRow | null {
  return rows.find(({ type }) => type === TOTAL)?.row ?? null;
}

/** What is to be paid out: as the summary says, else what the items come to. */
export function netOf(side: BatchSide): Money {
  return side.rows.length === 0 ? itemsNet(side) : sumOf(side.currency, side.rows.filter(({ type }) => type === TOTAL));
}

export function itemsNet({ currency, items }: BatchSide): Money {
  return sumOf(currency, items);
}

export function toBatch(side: BatchSide, terms: ContractTerms | undefined): Batch {
  const minimumMinor = terms?.settlementCurrency === side.currency ? inMinor(terms.minimumSettlement, side.currency) : 0n;
  return { batchId: side.batchId, settledOn: side.settledOn, net: netOf(side), minimumMinor, ...payoutDays(side.settledOn, terms) };
}

function sumOf(currency: Currency, sums: readonly BatchSum[]): Money {
  return money(currency, sums.reduce((sum, { figures }) => sum + figures.net, 0n));
}
