import type { ReportTable } from '@scantill/contracts';
import type { Money } from '@scantill/kernel';
import { ageBucket, ageDays } from '../core/break-age.js';
import { breakKinds } from '../core/break-kind.js';
import { linesOf } from '../core/journal.js';
import type { SalesFigures } from '../core/report-figures.js';
import type { ProvenBreak } from '../flows/list-breaks.js';
import type { Report } from '../flows/make-report.js';
import { bridgeNames } from './report-words.js';

/** `date`: `YYYY-MM-DD`. `amount`: Money. `decimal`: a number as text. */
export type ColumnKind = 'text' | 'date' | 'count' | 'amount' | 'decimal';
export type Cell = string | number | Money | null;

export interface Column {
  readonly title: string;
  readonly kind: ColumnKind;
  /** In characters. */
  readonly width: number;
}

/** A part of a report, in rows, whatever form it is given. */
export interface Table {
  readonly name: ReportTable;
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: Iterable<readonly Cell[]> | AsyncIterable<readonly Cell[]>;
  /** Amounts of a column belong together, so that their sum says something. */
  readonly hasTotals: boolean;
}

/** What a report is made of: figures, and rows that come one after the other. */
export interface ReportRows {
  readonly report: Report;
  readonly sales: AsyncIterable<SalesFigures>;
  readonly breaks: AsyncIterable<ProvenBreak>;
  readonly today: string;
}

const text = (title: string, width = 14): Column => ({ title, kind: 'text', width });
const date = (title: string): Column => ({ title, kind: 'date', width: 12 });
const count = (title: string): Column => ({ title, kind: 'count', width: 11 });
const amount = (title: string): Column => ({ title, kind: 'amount', width: 16 });
const decimal = (title: string): Column => ({ title, kind: 'decimal', width: 12 });

/** In the order of the sheets; without those that are of whole accounts where the report is of a store. */
export function tablesOf(rows: ReportRows): Table[] {
  const { report } = rows;
  return [
    salesTable(rows.sales), bridgeTable(report), feesTable(report), exchangeTable(report), ...(report.payOuts === null ? [] : [payOutsTable(report.payOuts)]), unsettledTable(report),
    breaksTable(rows.breaks, rows.today), ...(report.entries === null ? [] : [journalTable(report.entries)]),
  ];
}

function salesTable(sales: AsyncIterable<SalesFigures>): Table {
  const columns = [date('Date'), text('Account'), text('Store'), text('Currency', 10), count('Sales'), amount('Sales amount'), count('Refunds'), amount('Refund amount'), count('Reversals'), amount('Reversed'), { ...count('Given back'), width: 13 }, { ...amount('Given back amount'), width: 20 }, amount('Net')];
  const rows = async function* () {
    for await (const { date: on, accountId, storeId, sales: sold, refunds, refundReversals, givenBack, net } of sales) {
      yield [on, accountId, storeId, net.currency, sold.count, sold.amount, refunds.count, refunds.amount, refundReversals.count, refundReversals.amount, givenBack.count, givenBack.amount, net];
    }
  };
  return { name: 'sales', title: 'Sales', columns, rows: rows(), hasTotals: true };
}

function bridgeTable({ bridge, payOuts }: Report): Table {
  const end = payOuts === null ? 'Settled' : 'Paid by the bank';
  const rows = bridge.flatMap(({ currency, items, paid, remainder }): Cell[][] => [
    ...items.map(({ item, amount: of }) => [currency, bridgeNames[item], of]), [currency, 'Not explained', remainder], [currency, end, paid],
  ]);
  return { name: 'bridge', title: 'Bridge', columns: [text('Currency', 10), text('Item', 44), amount('Amount')], rows, hasTotals: false };
}

function feesTable({ fees }: Report): Table {
  const columns = [text('Account'), text('Currency', 10), count('Lines'), amount('Listed'), count('Foreseen'), amount('Expected'), amount('Variance')];
  const rows = fees.map(({ accountId, lines, listed, linesWithExpectation, expected, variance }) => [accountId, listed.currency, lines, listed, linesWithExpectation, expected, variance]);
  return { name: 'fees', title: 'Fees', columns, rows, hasTotals: true };
}

function exchangeTable({ exchange }: Report): Table {
  const columns = [text('Account'), text('Pair', 12), decimal('Price'), count('Lines'), amount('Amount'), text('Currency', 10), amount('Gross'), text('Settled in', 11)];
  const rows = exchange.map(({ accountId, pair, price, lines, amount: of, gross }) => [accountId, pair, price, lines, of, of.currency, gross, gross.currency]);
  return { name: 'exchange', title: 'Exchange', columns, rows, hasTotals: true };
}

function payOutsTable(payOuts: NonNullable<Report['payOuts']>): Table {
  const columns = [text('Account'), text('Batch', 24), date('Settled'), text('Currency', 10), amount('Items'), amount('Summary'), date('Booked'), amount('Bank'), text('Reference', 30)];
  const rows = payOuts.map(({ accountId, batchId, settledOn, currency, items, summary, paid }): Cell[] => {
    const of = (minor: bigint | null) => (minor === null ? null : { currency, minor });
    return [accountId, batchId, settledOn, currency, of(items), of(summary), paid?.bookedOn ?? null, paid?.amount ?? null, paid?.reference ?? null];
  });
  return { name: 'pay-outs', title: 'Pay-outs', columns, rows, hasTotals: true };
}

function unsettledTable({ unsettled }: Report): Table {
  const rows = unsettled.map(({ accountId, age, count: of, amount: open }) => [accountId, open.currency, ageName(age), of, open]);
  return { name: 'unsettled', title: 'Unsettled', columns: [text('Account'), text('Currency', 10), text('Age', 14), count('Count'), amount('Amount')], rows, hasTotals: true };
}

function breaksTable(breaks: AsyncIterable<ProvenBreak>, today: string): Table {
  const columns = [
    date('Date'), text('Kind', 24), text('Severity', 10), text('Status', 14), count('Age, days'), text('Age', 12), text('Owner', 18), date('Due'), text('Currency', 10), amount('At risk'), text('Account'), text('Store', 10), text('Order', 18),
    amount('Ours'), amount('Theirs'), text('Alipay id', 34), text('Caused by', 34), text('Explanation', 40), text('Break', 34),
  ];
  const rows = async function* () {
    for await (const each of breaks) yield breakCells(each, today);
  };
  return { name: 'breaks', title: 'Breaks', columns, rows: rows(), hasTotals: false };
}

function breakCells({ id, accountId, storeId, orderKey, alipayId, amountAtRisk, life }: ProvenBreak, today: string): Cell[] {
  const { kind, facts, owner, dueOn, explanation, stage } = life;
  return [
    facts.date, kind, breakKinds[kind].severity, stage.status, ageDays(facts.date, today), ageName(ageBucket(facts.date, today)), owner, dueOn, amountAtRisk.currency, amountAtRisk, accountId, storeId,
    orderKey === null ? null : orderKey.slice(orderKey.indexOf(':') + 1), facts.ours, facts.theirs, alipayId, facts.causedBy, explanation, id,
  ];
}

function journalTable(entries: NonNullable<Report['entries']>): Table {
  const columns = [date('Date'), text('Account', 10), text('Account name', 28), text('Currency', 10), amount('Debit'), amount('Credit'), text('Reference', 40), text('Corrects', 10)];
  const rows = function* () {
    for (const entry of entries) {
      for (const { date: on, account, side, amount: of, reference, corrects } of linesOf(entry)) {
        yield [on, account.number, account.name, of.currency, side === 'debit' ? of : null, side === 'credit' ? of : null, reference, corrects];
      }
    }
  };
  return { name: 'journal', title: 'Journal', columns, rows: rows(), hasTotals: true };
}

/** `0-1` would be taken for a date by a reader in a hurry, and by some spreadsheets. */
export function ageName(age: string): string {
  return `${age.replace('-', ' to ').replace('30+', 'over 30')} days`;
}
