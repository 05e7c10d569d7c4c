import { feeColumns, reportColumns, writeAmount, type AmountUnit, type FileGeneration, type Report } from '@scantill/alipay';
import { money, zero } from '@scantill/kernel';
import { amountOf, type FileItem } from './settled-item.js';
import type { BatchTotal } from './batch-totals.js';

/** A row by column name; columns that it does not name stay empty. */
export type ReportRow = Readonly<Record<string, string>>;

export interface ReportStyle {
  readonly report: Report;
  readonly generation: FileGeneration;
  readonly unit: AmountUnit;
}

/** The cycle that a row is paid out in. */
export interface Batch {
  readonly id: string;
  readonly customerId: string;
  /** ISO 8601 */
  readonly settledAt: string;
}

/** Who acquires for the merchant, as files of generations B and C say. */
const ACQUIRER = 'Alipay_SG';
/** Each generation has its own name for what a contract takes off. */
const FEES = { A: 'fee', B: 'fee', C: 'paymentMethodFee' } as const satisfies Record<FileGeneration, string>;

export function columnsOf({ report, generation }: ReportStyle): readonly string[] {
  return reportColumns[report][generation];
}

/** A row of an item file. Only the columns of its report and generation are written. */
export function itemRow({ row, originalRequestId, status, reason, settlement }: FileItem, style: ReportStyle, batch?: Batch): ReportRow {
  const { generation, unit, report } = style;
  const isUndone = generation === 'C' && report === 'transactionItems' && row.originalTransactionId !== '';
  return {
    ...row, acquirer: ACQUIRER, PSP: ACQUIRER, originalTransactionRequestId: originalRequestId, status, reason,
    // Its transaction file names every row by the payment.
    ...(isUndone && { transactionId: row.originalTransactionId }),
    transactionAmountValue: writeAmount(amountOf(row), unit),
    ...(settlement && {
      settlementAmountValue: writeAmount(settlement.net, unit), settlementCurrency: settlement.currency,
      quoteCurrencyPair: settlement.quote?.pair ?? '', quotePrice: settlement.quote?.price ?? '', ...feeCells(settlement.fee.minor, settlement.currency, style),
    }),
    ...(batch && batchCells(batch)),
  };
}

/** A row of a summary. */
export function summaryRow({ type, currency, count, net, fee }: BatchTotal, style: ReportStyle, batch: Batch): ReportRow {
  return {
    ...batchCells(batch), acquirer: ACQUIRER, PSP: ACQUIRER, customerId: batch.customerId, summaryType: type, count: String(count),
    settlementAmountValue: writeAmount(money(currency, net), style.unit), settlementCurrency: currency, ...feeCells(fee, currency, style),
  };
}

function feeCells(minor: bigint, currency: BatchTotal['currency'], { generation, unit }: ReportStyle): ReportRow {
  const column = feeColumns[generation].find(({ fee }) => fee === FEES[generation]);
  return column === undefined ? {} : { [column.amount]: writeAmount({ ...zero(currency), minor }, unit), [column.currency]: currency };
}

function batchCells({ id, settledAt }: Batch): ReportRow {
  return { settlementBatchId: id, settlementTime: settledAt, settlementInitiatedDate: settledAt };
}
