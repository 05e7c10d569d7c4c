import type { Currency, Money } from '@scantill/kernel';
import type { Quote } from './quote.js';

/** A fee that a file lists, signed from the merchant's view: a payment's is negative. */
export interface Fee {
  readonly name: string;
  readonly amount: Money;
}

/** What every row of an item file says, whichever report and generation it comes from. */
export interface ListedItem {
  readonly line: number;
  /** Its first byte in the file; null in a spreadsheet. */
  readonly at: number | null;
  /** As it stands in the file. */
  readonly raw: string;
  readonly customerId: string;
  readonly merchantId: string | null;
  readonly storeId: string | null;
  readonly type: string;
  /** Alipay's id of the payment, refund or entry. */
  readonly alipayId: string;
  readonly originalAlipayId: string | null;
  readonly requestId: string | null;
  /** The order, as the merchant named it to Alipay. */
  readonly reference: string | null;
  readonly product: string | null;
  readonly paidAt: Date | null;
  /** Signed: refunds and cancels are negative. */
  readonly amount: Money;
}

/** What a row comes to once it is paid out. */
export interface Settled {
  /** Signed, fees and coupon taken off. */
  readonly net: Money;
  /** Null where nothing was exchanged. */
  readonly quote: Quote | null;
  readonly fees: readonly Fee[];
  /** A discount that nobody pays to the merchant; positive for a payment. */
  readonly coupon: Money | null;
}

/** A row of a transaction file. */
export interface TransactionItem extends ListedItem {
  /** Generation C lists what did not succeed, too; null in the others, which do not. */
  readonly status: string | null;
  /** Generation C tells it here already, once it is known. */
  readonly settled: Settled | null;
}

/** A row of a settlement file. */
export interface SettlementItem extends ListedItem, Settled {
  readonly batchId: string;
  readonly settledAt: Date;
}

/** A row of a settlement summary: the items of one batch and type together, or all of them (`TOTAL`). */
export interface SummaryRow {
  readonly line: number;
  readonly raw: string;
  readonly customerId: string;
  readonly batchId: string;
  readonly type: string;
  readonly settledAt: Date;
  readonly count: number;
  readonly net: Money;
  readonly fees: readonly Fee[];
  readonly coupon: Money | null;
}

/** Fees and coupon have the currency in which the row is paid out, or cannot be taken off it. */
export function strangeCurrencies({ net, fees, coupon }: Pick<Settled, 'net' | 'fees' | 'coupon'>): Currency[] {
  const currencies = [...fees.map(({ amount }) => amount.currency), ...(coupon === null ? [] : [coupon.currency])];
  return [...new Set(currencies.filter((currency) => currency !== net.currency))];
}
