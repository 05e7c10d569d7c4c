import { reportColumns, TRANSACTION_ITEMS_COLUMNS, type TransactionItem } from '@scantill/alipay';

export const DATE = '2026-11-24';
export const NAME = 'transactionItems_20261124_000.csv';
export const CUSTOMER_ID = '1022188000000000001';
/** DATE is paid out on the next day, in one batch. */
export const SETTLED_ON = '2026-11-25';
export const BATCH = '2026112511021040123';
export const SETTLED_NAME = settledName();

/** A payment as our event and as Alipay's row tell it. */
export interface Sale {
  readonly number: number;
  readonly minor: bigint;
  readonly currency?: string;
  readonly paidAt?: string;
}

/** Money that went back: `number` is the payment's. */
export interface GivenBack extends Sale {
  readonly refund: number;
  readonly isGiveBack?: boolean;
}

/** A row by the names of its columns. */
export type Columns = Readonly<Record<string, string>>;

export function paymentId(number: number): string {
  return number.toString(16).padStart(32, '0');
}

export function alipayId(number: number): string {
  return `20261124${String(number).padStart(20, '0')}`;
}

export function refundId(number: number): string {
  return number.toString(16).padStart(32, 'f');
}

export function alipayRefundId(number: number): string {
  return `20261124R${String(number).padStart(19, '0')}`;
}

export function wireAmount({ currency, minor }: Sale) {
  return { currency: (currency ?? 'USD') as 'USD', minor: minor.toString() };
}

export function paidAt(sale: Sale): string {
  return sale.paidAt ?? `${DATE}T10:00:00+08:00`;
}

/** A row of Alipay's; what is not given is as usual. */
export function row(sale: Sale, changes: Partial<TransactionItem> = {}): TransactionItem {
  return {
    customerId: CUSTOMER_ID, referenceMerchantId: 'M0001', referenceStoreId: 'S001', transactionId: alipayId(sale.number), originalTransactionId: '', transactionRequestId: paymentId(sale.number),
    referenceTransactionId: `demo_A-${sale.number}`, orderDescription: 'Two lattes', paymentMethodType: 'CONNECT_WALLET', pspName: 'GCash', transactionType: 'PAYMENT', paymentTime: paidAt(sale),
    productCode: 'IN_STORE_PAYMENT', transactionAmountValue: sale.minor.toString(), transactionCurrency: sale.currency ?? 'USD', ...changes,
  };
}

/** The row of a refund, as the documents of generation A have it. */
export function refundRow(given: GivenBack, changes: Partial<TransactionItem> = {}): TransactionItem {
  return row(given, {
    transactionType: 'REFUND', transactionId: alipayRefundId(given.refund), originalTransactionId: alipayId(given.number), transactionRequestId: refundId(given.refund),
    referenceTransactionId: '', transactionAmountValue: `-${given.minor}`, ...changes,
  });
}

export function cancelRow(sale: Sale): TransactionItem {
  return row(sale, { transactionType: 'CANCEL', transactionAmountValue: `-${sale.minor}`, originalTransactionId: alipayId(sale.number) });
}

/** A row of a settlement file: net = amount + fee, where nothing is exchanged. */
export function settledRow(paid: TransactionItem, feeMinor = 0n, changes: Columns = {}): Columns {
  const { transactionAmountValue: amount, transactionCurrency: currency } = paid;
  return {
    ...paid, settlementBatchId: BATCH, settlementTime: `${SETTLED_ON}T10:00:00+08:00`, settlementAmountValue: String(BigInt(amount) + feeMinor), settlementCurrency: currency,
    feeAmountValue: String(feeMinor), feeCurrency: currency, ...changes,
  };
}

export function settledFile(rows: readonly Columns[]): string {
  return file(rows, reportColumns.settlementItems.A);
}

export function settledName(batchId: string = BATCH, sequence = 0): string {
  return `settlementItems_USD_${batchId}_${String(sequence).padStart(3, '0')}.csv`;
}

export function file(rows: readonly Columns[], columns: readonly string[] = TRANSACTION_ITEMS_COLUMNS): string {
  const lines = rows.map((each) => columns.map((name) => each[name] ?? '').join(','));
  return [columns.join(','), ...lines, '<END>', ''].join('\n');
}

export function sales(count: number, first = 1): Sale[] {
  return Array.from({ length: count }, (_, index) => ({ number: first + index, minor: BigInt(1_000 + first + index) }));
}
