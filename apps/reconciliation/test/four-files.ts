import { reportColumns } from '@scantill/alipay';
import { camt053, summaryFile } from './batch-files.js';
import { alipayId, file, NAME, paidAt, paymentId, row, sales, type Sale } from './sales.js';

const BATCH = '2026112511021040123';
export const SETTLED_ON = '2026-11-25';
/** The files come while nothing is late. */
export const NOW = '2026-11-26T12:00:00+08:00';
/** What was sold, as we know it. */
export const sold = sales(5);
const FEE = 10n;

/** One of each report, of the same few sales, each with something in it that is a break. */
export const fourFiles = [
  // The second amount differs, the last sale is missing.
  { report: 'transaction-items', name: NAME, content: file(sold.slice(0, 4).map((sale) => row(sale, sale.number === 2 ? { transactionAmountValue: '2' } : {}))) },
  // What the third one comes to does not add up.
  { report: 'settlement-items', name: `settlementItems_USD_${BATCH}_000.csv`, content: itemsFile(sold.map((sale) => settledRow(sale, sale.number === 3 ? 100n : 0n))) },
  // The sum is another one.
  { report: 'settlement-summary', name: `settlementSummary_USD_${BATCH}_000.csv`, content: summaryFile(BATCH, SETTLED_ON, [{ type: 'PAYMENT', count: sold.length, net: 4_000n, fee: -FEE * BigInt(sold.length) }]) },
  // And the bank got yet another one.
  { report: 'bank-statement', name: 'statement.xml', content: camt053('S-1', '2026-11-26', [{ day: '2026-11-26', amount: '39.99', text: `ALIPAY ${BATCH}` }]) },
] as const;
export type FourFile = (typeof fourFiles)[number];

function settledRow(sale: Sale, more: bigint): Record<string, string> {
  return {
    settlementBatchId: BATCH, customerId: '1022188000000000001', referenceMerchantId: 'M0001', referenceStoreId: 'S001', transactionId: alipayId(sale.number), transactionRequestId: paymentId(sale.number),
    referenceTransactionId: `demo_A-${sale.number}`, paymentMethodType: 'CONNECT_WALLET', pspName: 'GCash', transactionType: 'PAYMENT', paymentTime: paidAt(sale), settlementTime: `${SETTLED_ON}T10:00:00+08:00`,
    productCode: 'IN_STORE_PAYMENT', transactionAmountValue: String(sale.minor), transactionCurrency: 'USD', settlementAmountValue: String(sale.minor - FEE + more), settlementCurrency: 'USD',
    feeAmountValue: String(-FEE), feeCurrency: 'USD',
  };
}

function itemsFile(rows: readonly Record<string, string>[]): string {
  const columns = reportColumns.settlementItems.A;
  return [columns.join(','), ...rows.map((each) => columns.map((name) => each[name] ?? '').join(',')), '<END>', ''].join('\n');
}
