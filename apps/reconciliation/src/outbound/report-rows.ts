import { COUPON_COLUMNS, feeColumns, type FileGeneration, type Report } from '@scantill/alipay';
import type { Money } from '@scantill/kernel';
import type { Row } from '../core/item-table.js';
import type { Fee, ListedItem, SettlementItem, Settled, SummaryRow, TransactionItem } from '../core/listed.js';
import type { Cells } from './cells.js';

/** What the rows of each report become. */
export interface ItemsOf {
  readonly transactionItems: TransactionItem;
  readonly settlementItems: SettlementItem;
  readonly settlementSummary: SummaryRow;
}

/** Undefined where a cell could not be read; the cells know which. */
type ReadRow<Item> = (row: Row, cells: Cells, generation: FileGeneration) => Item | undefined;

const SETTLED_AT = { A: 'settlementTime', B: 'settlementTime', C: 'settlementInitiatedDate' } as const satisfies Record<FileGeneration, string>;

export const rowReaders: { readonly [R in Report]: ReadRow<ItemsOf[R]> } = {
  transactionItems: (row, cells, generation) => {
    const paidAt = cells.instant('paymentTime');
    const listed = readListed(row, cells);
    const isSettled = generation === 'C' && cells.text('settlementAmountValue') !== '';
    const settled = isSettled ? readSettled(cells, generation) : null;
    if (paidAt === undefined || listed === undefined || settled === undefined) return undefined;
    return { ...listed, paidAt, status: generation === 'C' ? cells.id('status') : null, settled };
  },
  settlementItems: (row, cells, generation) => {
    const listed = readListed(row, cells);
    const settled = readSettled(cells, generation);
    const paidAt = cells.text('paymentTime') === '' ? null : cells.instant('paymentTime');
    const settledAt = cells.instantOrDay(SETTLED_AT[generation]);
    const batchId = cells.id('settlementBatchId');
    return listed && settled && settledAt && paidAt !== undefined ? { ...listed, ...settled, paidAt, batchId, settledAt } : undefined;
  },
  settlementSummary: ({ line, raw }, cells, generation) => {
    const settledAt = cells.instantOrDay(SETTLED_AT[generation]);
    const net = cells.amount('settlementAmountValue', 'settlementCurrency');
    const ids = { customerId: cells.id('customerId'), batchId: cells.id('settlementBatchId'), type: cells.type('summaryType'), count: cells.count('count') };
    return net && settledAt && { line, raw, ...ids, settledAt, net, ...readTakenOff(cells, generation) };
  },
};

function readListed({ line, at, raw }: Row, cells: Cells): Omit<ListedItem, 'paidAt'> | undefined {
  const amount = cells.amount('transactionAmountValue', 'transactionCurrency');
  const ids = {
    customerId: cells.id('customerId'), merchantId: cells.optional('referenceMerchantId'), storeId: cells.optional('referenceStoreId'), type: cells.type('transactionType'), alipayId: cells.id('transactionId'),
    originalAlipayId: cells.optional('originalTransactionId'), requestId: cells.optional('transactionRequestId'),
    reference: cells.optional('referenceTransactionId'), product: cells.optional('productCode'),
  };
  return amount && { line, at, raw, ...ids, amount };
}

function readSettled(cells: Cells, generation: FileGeneration): Settled | undefined {
  const net = cells.amount('settlementAmountValue', 'settlementCurrency');
  const quote = cells.quote('quoteCurrencyPair', 'quotePrice');
  return net && { net, quote, ...readTakenOff(cells, generation) };
}

function readTakenOff(cells: Cells, generation: FileGeneration): { fees: readonly Fee[]; coupon: Money | null } {
  const fees = feeColumns[generation].flatMap(({ fee, amount, currency }): Fee[] => {
    const read = cells.optionalAmount(amount, currency);
    return read === null ? [] : [{ name: fee, amount: read }];
  });
  return { fees, coupon: generation === 'C' ? null : cells.optionalAmount(COUPON_COLUMNS.amount, COUPON_COLUMNS.currency) };
}
