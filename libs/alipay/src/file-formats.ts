/** The last line of every file; a file without it was cut short. */
export const END_MARKER = '<END>';

/** Generation A (Alipay's in-store edition) of the transaction file, columns in order: line 1 is exactly these names. */
export const TRANSACTION_ITEMS_COLUMNS = [
  'customerId', 'referenceMerchantId', 'referenceStoreId', 'transactionId', 'originalTransactionId', 'transactionRequestId',
  'referenceTransactionId', 'orderDescription', 'paymentMethodType', 'pspName', 'transactionType', 'paymentTime', 'productCode',
  'transactionAmountValue', 'transactionCurrency',
] as const;
export type TransactionItemsColumn = (typeof TRANSACTION_ITEMS_COLUMNS)[number];

/** Columns without which a line cannot be matched. Alipay may add or leave out any other one per merchant. */
export const TRANSACTION_ITEMS_REQUIRED = [
  'customerId', 'transactionId', 'transactionRequestId', 'transactionType', 'paymentTime', 'transactionAmountValue', 'transactionCurrency',
] as const satisfies readonly TransactionItemsColumn[];

/** Generations of Alipay's reports, oldest first. */
export type FileGeneration = 'A' | 'B' | 'C';

/** Columns that only generation C has, and one that came with B. Which others are there varies per merchant. */
const MARKS = { C: ['PSP', 'ARN', 'status'], B: ['acquirer'] } as const;

/** By header name, since files on Alipay's SFTP server do not follow schema updates by themselves. */
export function generationOf(columns: readonly string[]): FileGeneration {
  if (MARKS.C.some((name) => columns.includes(name))) return 'C';
  return MARKS.B.some((name) => columns.includes(name)) ? 'B' : 'A';
}

/** A row by column name; an empty text where Alipay gives nothing. Amounts are signed: refunds and cancels are negative. */
export type TransactionItem = Record<TransactionItemsColumn, string>;

/** Those of Alipay's transaction types that a merchant of Order Code causes itself. */
export const transactionTypes = ['PAYMENT', 'REFUND', 'CANCEL'] as const;
export type TransactionType = (typeof transactionTypes)[number];

const MAX_SEQUENCE = 999;
const FILE_DATE = /^\d{8}$/;
const FILE_NAME = /^transactionItems_(\d{8})_(\d{3})\.csv$/;

/** `2026-10-10` → `20261010`, as dates are written in names of files and folders. */
export function fileDate(businessDate: string): string {
  return businessDate.replaceAll('-', '');
}

/** The folder of one day on Alipay's SFTP server. @param date `YYYYMMDD` in UTC+8 */
export function settlementsFolder(customerId: string, date: string): string {
  return `/v1/settlements/${customerId}/${date}`;
}

/** @param date `YYYYMMDD` @param sequence 0–999: a long day comes in several files */
export function transactionItemsFileName(date: string, sequence: number): string {
  if (!FILE_DATE.test(date) || !Number.isInteger(sequence) || sequence < 0 || sequence > MAX_SEQUENCE) {
    throw new RangeError(`no file name for ${date}, ${sequence}`);
  }
  return `transactionItems_${date}_${String(sequence).padStart(3, '0')}.csv`;
}

/** What the name of a transaction file says, or nothing if it is not the name of one. */
export function parseTransactionItemsFileName(name: string): { date: string; sequence: number } | undefined {
  const [, date, sequence] = FILE_NAME.exec(name) ?? [];
  return date === undefined || sequence === undefined ? undefined : { date, sequence: Number(sequence) };
}
