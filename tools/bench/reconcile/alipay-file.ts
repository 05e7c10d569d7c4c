import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Report } from './options.mjs';
import { BENCH, saleAt, type Sale } from './sales.ts';

/** A file of Alipay's, written as its documents have it: not with our own library, whose mistakes would cancel themselves out. */
export interface AlipayFile {
  readonly path: string;
  readonly columns: readonly string[];
  readonly bytes: number;
  readonly rows: number;
}

export const END = '<END>\n';
const ROWS_PER_CHUNK = 2_000;
const QUOTED_EVERY = 10;
const BATCH_ID = `${BENCH.settledOn.replaceAll('-', '')}00000201803`;
const SETTLED_AT = `${BENCH.settledOn}T10:00:00+08:00`;
const WALLETS = [['ALIPAY_CN', 'ALIPAY_CN'], ['KAKAOPAY', 'KaKaoPay'], ['GCASH', 'GCash']] as const;

const TRANSACTION_COLUMNS = [
  'customerId', 'referenceMerchantId', 'referenceStoreId', 'transactionId', 'originalTransactionId', 'transactionRequestId', 'referenceTransactionId',
  'orderDescription', 'paymentMethodType', 'pspName', 'transactionType', 'paymentTime', 'productCode', 'transactionAmountValue', 'transactionCurrency',
];
const SETTLEMENT_COLUMNS = [
  'settlementBatchId', 'customerId', 'referenceMerchantId', 'referenceStoreId', 'transactionId', 'originalTransactionId', 'transactionRequestId', 'referenceTransactionId',
  'paymentMethodType', 'pspName', 'transactionType', 'paymentTime', 'settlementTime', 'productCode', 'transactionAmountValue', 'transactionCurrency', 'settlementAmountValue',
  'settlementCurrency', 'quoteCurrencyPair', 'quotePrice', 'feeAmountValue', 'feeCurrency', 'nonGuaranteeCouponValue', 'nonGuaranteeCouponCurrency',
];
const reports: Readonly<Record<Report, { readonly name: string; readonly columns: readonly string[]; readonly cells: (sale: Sale, row: number) => string }>> = {
  'transaction-items': { name: `transactionItems_${BENCH.date.replaceAll('-', '')}_000.csv`, columns: TRANSACTION_COLUMNS, cells: transactionRow },
  'settlement-items': { name: `settlementItems_USD_${BATCH_ID}_000.csv`, columns: SETTLEMENT_COLUMNS, cells: settlementRow },
};

/** Streamed to the disk: memory does not grow with the rows. */
export async function writeAlipayFile(folder: string, report: Report, rows: number): Promise<AlipayFile> {
  const { name, columns, cells } = reports[report];
  const path = join(folder, name);
  const chunks = function* (): Generator<string> {
    yield `${columns.join(',')}\n`;
    for (let from = 0; from < rows; from += ROWS_PER_CHUNK) {
      let chunk = '';
      for (let row = from; row < Math.min(from + ROWS_PER_CHUNK, rows); row += 1) chunk += `${cells(saleAt(row, rows), row)}\n`;
      yield chunk;
    }
    yield END;
  };
  // On the disk, so that the service does not wait for it.
  await pipeline(chunks, createWriteStream(path, { flush: true }));
  return { path, columns, rows, bytes: (await stat(path)).size };
}

function transactionRow({ storeId, alipayId, originalId, requestId, orderId, type, paidAt, minor }: Sale, row: number): string {
  const description = row % QUOTED_EVERY === 0 ? '"2 x Latte, ""large"""' : '2 x Latte and 1 x Bagel';
  return `${BENCH.customerId},${BENCH.merchantId},${storeId},${alipayId},${originalId},${requestId},${BENCH.chainId}_${orderId},${description},${wallet(row)},${type},${paidAt},IN_STORE_PAYMENT,${minor},${BENCH.currency}`;
}

function settlementRow({ storeId, alipayId, originalId, requestId, orderId, type, paidAt, minor, feeMinor }: Sale, row: number): string {
  const ids = `${BATCH_ID},${BENCH.customerId},${BENCH.merchantId},${storeId},${alipayId},${originalId},${requestId},${BENCH.chainId}_${orderId}`;
  const amounts = `${minor},${BENCH.currency},${minor + feeMinor},${BENCH.currency},,,${feeMinor},${BENCH.currency},,`;
  return `${ids},${wallet(row)},${type},${paidAt},${SETTLED_AT},IN_STORE_PAYMENT,${amounts}`;
}

function wallet(row: number): string {
  return (WALLETS[row % WALLETS.length] ?? WALLETS[0]).join(',');
}
