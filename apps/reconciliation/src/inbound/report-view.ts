import { fromMoney, REPORT_JOURNAL_LINES_MAX, type ReportView } from '@scantill/contracts';
import type { Money } from '@scantill/kernel';
import { linesOf } from '../core/journal.js';
import type { Counted, SalesFigures } from '../core/report-figures.js';
import type { ProvenBreak } from '../flows/list-breaks.js';
import type { Report } from '../flows/make-report.js';
import { toBreakView } from './break-view.js';

/** @param breaks the oldest of them */
export function toReportView(report: Report, breaks: readonly ProvenBreak[], { isWhole, today }: { readonly isWhole: boolean; readonly today: string }): ReportView {
  const { from, to, storeId, accountId, madeAt, sales, fees, exchange, unsettled, bridge, breakAges } = report;
  return {
    from, to, storeId, accountId, madeAt: madeAt.toISOString(),
    sales: sales.map(toSales),
    fees: fees.map(({ accountId: of, lines, linesWithExpectation, listed, expected, variance }) => ({ accountId: of, lines, listed: fromMoney(listed), linesWithExpectation, expected: fromMoney(expected), variance: fromMoney(variance) })),
    exchange: exchange.map(({ amount, gross, ...each }) => ({ ...each, amount: fromMoney(amount), gross: fromMoney(gross) })),
    payOuts: toPayOuts(report),
    unsettled: unsettled.map(({ amount, ...each }) => ({ ...each, amount: fromMoney(amount) })),
    bridge: bridge.map(({ currency, items, paid, remainder }) => ({ currency, items: items.map(({ item, amount }) => ({ item, amount: fromMoney(amount) })), paid: fromMoney(paid), remainder: fromMoney(remainder) })),
    breaks: { counts: breakAges.map(({ amountAtRisk, ...each }) => ({ ...each, amountAtRisk: fromMoney(amountAtRisk) })), list: breaks.map((each) => toBreakView(each, today)), isWhole },
    journal: toJournal(report),
  };
}

function toSales({ accountId, sales, refunds, refundReversals, givenBack, net }: SalesFigures): ReportView['sales'][number] {
  const counted = ({ count, amount }: Counted) => ({ count, amount: fromMoney(amount) });
  return { accountId, sales: counted(sales), refunds: counted(refunds), refundReversals: counted(refundReversals), givenBack: counted(givenBack), net: fromMoney(net) };
}

function toPayOuts({ payOuts }: Report): ReportView['payOuts'] {
  if (payOuts === null) return null;
  return payOuts.map(({ accountId, batchId, settledOn, currency, items, summary, paid }) => {
    const of = (minor: bigint | null) => (minor === null ? null : fromMoney({ currency, minor }));
    return { accountId, batchId, settledOn, items: of(items), summary: of(summary), paid: paid === null ? null : { ...paid, amount: fromMoney(paid.amount) } };
  });
}

function toJournal({ entries }: Report): ReportView['journal'] {
  if (entries === null) return null;
  // Whole bookings: a debit without its credit would not balance.
  const shown = entries.slice(0, REPORT_JOURNAL_LINES_MAX / 2);
  const lines = shown.flatMap(linesOf).map(({ date, account, side, amount, reference, corrects }) => {
    const on = (asked: 'debit' | 'credit', of: Money) => (side === asked ? fromMoney(of) : null);
    return { date, accountNumber: account.number, accountName: account.name, debit: on('debit', amount), credit: on('credit', amount), currency: amount.currency, reference, corrects };
  });
  return { lines, isWhole: shown.length === entries.length };
}
