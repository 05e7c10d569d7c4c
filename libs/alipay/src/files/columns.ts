import { feeColumns } from './fees.js';

/** Alipay's three reports, by the word that begins their file names. */
export const reports = ['transactionItems', 'settlementItems', 'settlementSummary'] as const;
export type Report = (typeof reports)[number];

/** Generations of Alipay's reports, oldest first: the in-store edition, Antom 2022–2024, Antom since 2025. */
export const generations = ['A', 'B', 'C'] as const;
export type FileGeneration = (typeof generations)[number];

/** Generation A of the transaction file, columns in order: line 1 is exactly these names. */
export const TRANSACTION_ITEMS_COLUMNS = [
  'customerId', 'referenceMerchantId', 'referenceStoreId', 'transactionId', 'originalTransactionId', 'transactionRequestId',
  'referenceTransactionId', 'orderDescription', 'paymentMethodType', 'pspName', 'transactionType', 'paymentTime', 'productCode',
  'transactionAmountValue', 'transactionCurrency',
] as const;
export type TransactionItemsColumn = (typeof TRANSACTION_ITEMS_COLUMNS)[number];

/** A row by column name; an empty text where Alipay gives nothing. Amounts are signed: refunds and cancels are negative. */
export type TransactionItem = Record<TransactionItemsColumn, string>;

const SETTLEMENT_ITEMS_A = [
  'settlementBatchId', 'customerId', 'referenceMerchantId', 'referenceStoreId', 'transactionId', 'originalTransactionId', 'transactionRequestId',
  'referenceTransactionId', 'paymentMethodType', 'pspName', 'transactionType', 'paymentTime', 'settlementTime', 'productCode',
  'transactionAmountValue', 'transactionCurrency', 'settlementAmountValue', 'settlementCurrency', 'quoteCurrencyPair', 'quotePrice',
  'feeAmountValue', 'feeCurrency', 'nonGuaranteeCouponValue', 'nonGuaranteeCouponCurrency',
];
const SETTLEMENT_SUMMARY_A = [
  'settlementBatchId', 'customerId', 'summaryType', 'settlementTime', 'count', 'settlementAmountValue', 'settlementCurrency',
  'feeAmountValue', 'feeCurrency', 'nonGuaranteeCouponValue', 'nonGuaranteeCouponCurrency',
];

const IDS_B = [
  'transactionType', 'transactionId', 'originalTransactionId', 'transactionRequestId', 'originalTransactionRequestId', 'referenceTransactionId',
];
const CARD_B = ['installmentsNum', 'issuingCountry', 'cardBrand', 'funding'];
const CARD_FEES_B = [
  'interchangeFeeAmountValue', 'interchangeFeeCurrency', 'schemeFeeAmountValue', 'schemeFeeCurrency', 'acquirerMarkupAmountValue', 'acquirerMarkupCurrency',
];
const DISPUTE_B = [
  'nonGuaranteeCouponValue', 'nonGuaranteeCouponCurrency', 'disputeHandlingFee', 'disputeHandlingFeeCurrency', 'disputeReverseFee', 'disputeReverseFeeCurrency',
];
const FEES_B = ['feeAmountValue', 'feeCurrency', 'taxFeeAmountValue', 'taxFeeCurrency', 'processingFeeAmountValue', 'processingFeeCurrency'];

const TRANSACTION_ITEMS_B = [
  'customerId', 'acquirer', 'acquirerReferenceNo', 'referenceMerchantId', 'referenceStoreId', ...IDS_B, 'orderDescription', 'paymentMethodType', 'pspName',
  'paymentTime', 'productCode', 'transactionAmountValue', 'transactionCurrency', ...CARD_B,
];
const SETTLEMENT_ITEMS_B = [
  'settlementBatchId', 'customerId', 'acquirer', 'acquirerReferenceNo', 'referenceMerchantId', 'referenceStoreId', ...IDS_B, 'paymentMethodType', 'pspName',
  'paymentTime', 'productCode', 'settlementTime', 'transactionAmountValue', 'transactionCurrency', 'settlementAmountValue', 'settlementCurrency',
  'quoteCurrencyPair', 'quotePrice', ...FEES_B, ...DISPUTE_B, ...CARD_B, ...CARD_FEES_B,
];
const SETTLEMENT_SUMMARY_B = [
  'settlementBatchId', 'customerId', 'acquirer', 'summaryType', 'settlementTime', 'count', 'settlementAmountValue', 'settlementCurrency', ...FEES_B, ...DISPUTE_B,
  ...CARD_FEES_B,
];

const FEES_C = feeColumns.C.flatMap(({ amount, currency }) => [amount, currency]);
const SETTLED_C = ['convertedTransactionAmountValue', 'quoteCurrencyPair', 'quotePrice', 'settlementAmountValue', 'settlementCurrency', ...FEES_C];

const TRANSACTION_ITEMS_C = [
  'customerId', 'PSP', 'ARN', 'referenceMerchantId', 'referenceStoreId', ...IDS_B, 'orderDescription', 'paymentMethodType', 'paymentTime', 'productCode',
  'status', 'reason', 'transactionAmountValue', 'transactionCurrency', ...SETTLED_C,
];
const SETTLEMENT_ITEMS_C = [
  'settlementBatchId', 'customerId', 'PSP', 'ARN', 'referenceMerchantId', 'referenceStoreId', ...IDS_B, 'paymentMethodType', 'paymentTime', 'productCode',
  'settlementInitiatedDate', 'transactionAmountValue', 'transactionCurrency', ...SETTLED_C,
];
const SETTLEMENT_SUMMARY_C = [
  'settlementBatchId', 'customerId', 'PSP', 'summaryType', 'settlementInitiatedDate', 'count', 'settlementAmountValue', 'settlementCurrency', ...FEES_C,
];

/** Columns of a report in order. Alipay does not document the order of generation C, and lets merchants choose theirs: files are read by name. */
export const reportColumns: Readonly<Record<Report, Readonly<Record<FileGeneration, readonly string[]>>>> = {
  transactionItems: { A: TRANSACTION_ITEMS_COLUMNS, B: TRANSACTION_ITEMS_B, C: TRANSACTION_ITEMS_C },
  settlementItems: { A: SETTLEMENT_ITEMS_A, B: SETTLEMENT_ITEMS_B, C: SETTLEMENT_ITEMS_C },
  settlementSummary: { A: SETTLEMENT_SUMMARY_A, B: SETTLEMENT_SUMMARY_B, C: SETTLEMENT_SUMMARY_C },
};

/** Columns without which a line cannot be matched. Alipay may add or leave out any other one per merchant. */
export const TRANSACTION_ITEMS_REQUIRED = [
  'customerId', 'transactionId', 'transactionRequestId', 'transactionType', 'paymentTime', 'transactionAmountValue', 'transactionCurrency',
] as const satisfies readonly TransactionItemsColumn[];

const MOVED = ['settlementBatchId', 'customerId', 'transactionId', 'transactionRequestId', 'transactionType', 'transactionAmountValue', 'transactionCurrency'];
const SUMMED = ['settlementBatchId', 'customerId', 'summaryType', 'count'];
const PAID_OUT = ['settlementAmountValue', 'settlementCurrency'];
const FEE = ['feeAmountValue', 'feeCurrency'];

/**
 * What a header must have; more is kept, less is refused. Fees of generation C are columns of their own kind each, of which a merchant
 * gets those of its contract: none of them can be required.
 */
export const requiredColumns: Readonly<Record<Report, Readonly<Record<FileGeneration, readonly string[]>>>> = {
  transactionItems: {
    A: TRANSACTION_ITEMS_REQUIRED,
    B: TRANSACTION_ITEMS_REQUIRED,
    C: [...TRANSACTION_ITEMS_REQUIRED, 'status'],
  },
  settlementItems: {
    A: [...MOVED, 'settlementTime', ...PAID_OUT, ...FEE],
    B: [...MOVED, 'settlementTime', ...PAID_OUT, ...FEE],
    C: [...MOVED, 'settlementInitiatedDate', ...PAID_OUT],
  },
  settlementSummary: {
    A: [...SUMMED, 'settlementTime', ...PAID_OUT, ...FEE],
    B: [...SUMMED, 'settlementTime', ...PAID_OUT, ...FEE],
    C: [...SUMMED, 'settlementInitiatedDate', ...PAID_OUT],
  },
};

/** Columns that only generation C has, and one that came with B. Which others are there varies per merchant. */
const MARKS = { C: ['PSP', 'ARN', 'status', 'settlementInitiatedDate'], B: ['acquirer'] } as const;

/** By header name, since files on Alipay's SFTP server do not follow schema updates by themselves. */
export function generationOf(columns: readonly string[]): FileGeneration {
  if (MARKS.C.some((name) => columns.includes(name))) return 'C';
  return MARKS.B.some((name) => columns.includes(name)) ? 'B' : 'A';
}

/** Which report a header is of, so that a file under a wrong name is not taken for what it is not. */
export function reportOf(columns: readonly string[]): Report {
  if (columns.includes('summaryType')) return 'settlementSummary';
  return columns.includes('settlementBatchId') && !columns.includes('status') ? 'settlementItems' : 'transactionItems';
}

/** The last line of every file; a file without it was cut short. */
export const END_MARKER = '<END>';
