import type { Report } from '../flows/make-report.js';
import { ageName, type Cell, type ColumnKind } from './report-tables.js';
import { bridgeNames } from './report-words.js';
import { amountStyle, headerStyle, type Style } from './workbook-styles.js';
import type { SheetCell } from './workbook.js';

export const SUMMARY_WIDTHS = [34, 12, 12, 18, 12, 18, 12, 18, 18];

type Head = readonly (readonly [title: string, kind: ColumnKind])[];
const text = (value: Cell, style?: Style): SheetCell => (style === undefined ? { value, kind: 'text' } : { value, kind: 'text', style });

/** The first sheet: what was sold, how it became money at the bank, and what is open. */
export function* summaryRows(report: Report): Generator<SheetCell[]> {
  const { from, to, accountId, storeId, madeAt } = report;
  yield [text('Reconciliation report', 'title')];
  yield [text(`${from === to ? from : `${from} to ${to}`}, days in UTC+8`, 'note')];
  yield [text(`${accountId === null ? 'All accounts' : `Account ${accountId}`}${storeId === null ? '' : `, store ${storeId}`}`, 'note')];
  yield [text(`Made ${madeAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`, 'note')];
  yield* salesSection(report);
  yield* bridgeSection(report);
  yield* unsettledSection(report);
  yield* feesSection(report);
  yield* breaksSection(report);
}

function* section(title: string, head: Head, rows: readonly (readonly Cell[])[]): Generator<SheetCell[]> {
  yield [];
  yield [text(title, 'section')];
  if (rows.length === 0) return yield [text('Nothing', 'note')];
  yield head.map(([value, kind]) => text(value, headerStyle(kind)));
  for (const row of rows) yield row.map((value, index) => ({ value, kind: head[index]?.[1] ?? 'text' }));
}

function salesSection({ sales }: Report): Generator<SheetCell[]> {
  const head: Head = [['Account', 'text'], ['Currency', 'text'], ['Sales', 'count'], ['Amount', 'amount'], ['Refunds', 'count'], ['Amount', 'amount'], ['Given back', 'count'], ['Amount', 'amount'], ['Net', 'amount']];
  return section('Sales', head, sales.map(({ accountId, sales: sold, refunds, givenBack, net }) => [accountId, net.currency, sold.count, sold.amount, refunds.count, refunds.amount, givenBack.count, givenBack.amount, net]));
}

function* bridgeSection({ bridge, payOuts }: Report): Generator<SheetCell[]> {
  yield [];
  yield [text(payOuts === null ? 'From sales to settlement' : 'From sales to the bank', 'section')];
  if (bridge.length === 0) return yield [text('Nothing', 'note')];
  yield [text('Item', 'header'), text('Currency', 'header'), text(null, 'header'), text('Amount', 'headerRight')];
  for (const { currency, items, paid, remainder } of bridge) {
    for (const { item, amount } of items) yield [text(bridgeNames[item]), text(currency), text(null), { value: amount, kind: 'amount' }];
    if (remainder.minor !== 0n) yield [text('Not explained'), text(currency), text(null), { value: remainder, kind: 'amount' }];
    yield [text(payOuts === null ? 'Settled' : 'Paid by the bank', 'total'), text(currency, 'total'), text(null, 'total'), { value: paid, kind: 'amount', style: amountStyle(currency, true) }];
  }
  const open = bridge.filter(({ remainder }) => remainder.minor !== 0n);
  yield [text(open.length === 0 ? 'Everything is explained: nothing remains.' : `Not everything is explained in ${open.map(({ currency }) => currency).join(', ')}.`, 'note')];
}

function unsettledSection({ unsettled }: Report): Generator<SheetCell[]> {
  const head: Head = [['Account', 'text'], ['Currency', 'text'], ['Age', 'text'], ['Amount', 'amount'], ['Count', 'count']];
  return section('Expected and not settled yet', head, unsettled.map(({ accountId, age, count, amount }) => [accountId, amount.currency, ageName(age), amount, count]));
}

function feesSection({ fees }: Report): Generator<SheetCell[]> {
  const head: Head = [['Account', 'text'], ['Currency', 'text'], ['Lines', 'count'], ['Listed', 'amount'], ['Foreseen', 'count'], ['Expected', 'amount'], ['', 'text'], ['Variance', 'amount']];
  return section('Fees', head, fees.map(({ accountId, lines, listed, linesWithExpectation, expected, variance }) => [accountId, listed.currency, lines, listed, linesWithExpectation, expected, null, variance]));
}

function breaksSection({ breakAges }: Report): Generator<SheetCell[]> {
  const head: Head = [['Kind', 'text'], ['Currency', 'text'], ['Age', 'text'], ['At risk', 'amount'], ['Count', 'count']];
  return section('Open breaks', head, breakAges.map(({ kind, age, count, amountAtRisk }) => [kind, amountAtRisk.currency, ageName(age), amountAtRisk, count]));
}
