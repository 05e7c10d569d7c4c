/**
 * `order`: caused by an order of a shop, so we expect the line. `other-product`: card payments in two steps, which Order Code does not
 * have. `account-entry`: between Alipay and the merchant's account, by nature without an expectation.
 */
export type TransactionClass = 'order' | 'other-product' | 'account-entry';

/** Every type that Alipay's documents name; those of collateral and reserve are written in two ways. */
const CLASSES = {
  PAYMENT: 'order', REFUND: 'order', CANCEL: 'order', PAYMENT_REVERSAL: 'order', REFUND_REVERSAL: 'order',
  AUTHORIZATION: 'other-product', CAPTURE: 'other-product', VOID: 'other-product',
  DISPUTE: 'account-entry', DISPUTE_REVERSAL: 'account-entry', RAPID_DISPUTE_RESOLUTION: 'account-entry', CDRN: 'account-entry',
  SETTLEMENT_FEE: 'account-entry', ADJUSTMENT_FEE: 'account-entry',
  COLLATERAL_WITHHOLDING: 'account-entry', COLLATERAL_WITHHELD: 'account-entry', COLLATERAL_RELEASE: 'account-entry', COLLATERAL_RELEASED: 'account-entry',
  RESERVE_WITHHOLDING: 'account-entry', RESERVE: 'account-entry', RESERVE_RELEASE: 'account-entry', RESERVE_RELEASED: 'account-entry',
} as const satisfies Record<string, TransactionClass>;

export type TransactionType = keyof typeof CLASSES;
export const transactionTypes = Object.keys(CLASSES) as readonly TransactionType[];

export function isTransactionType(text: string): text is TransactionType {
  return Object.hasOwn(CLASSES, text);
}

export function transactionClass(type: TransactionType): TransactionClass {
  return CLASSES[type];
}

/** Rows that only a summary has: the sum of all types, and corrections that belong to none of them. */
export const summaryTypes = ['TOTAL', 'DEFAULT'] as const;

export function isSummaryType(text: string): text is TransactionType | (typeof summaryTypes)[number] {
  return isTransactionType(text) || summaryTypes.some((type) => type === text);
}
