import type { TransactionItem } from '@scantill/alipay';
import { isCurrency, money, type Currency, type Money } from '@scantill/kernel';
import { atPrice, quoteOf, shareOf } from '../quote.js';
import type { SettlementContract } from './file-settings.js';

/** What a row comes to when it is paid out. All signed: what a payment costs is negative. */
export interface Settlement {
  readonly currency: Currency;
  readonly quote: { readonly pair: string; readonly price: string } | undefined;
  readonly fee: Money;
  /** Gross and fee together. */
  readonly net: Money;
}

/** A row on its way into a file, before it is known which columns the file has. */
export interface FileItem {
  /** In the smallest unit. */
  readonly row: TransactionItem;
  /** Of the payment that a refund or cancel undoes. */
  readonly originalRequestId: string;
  /** Files of generation C list what did not succeed, too, and why. */
  readonly status: string;
  readonly reason: string;
  /** Missing in transaction files before generation C. */
  readonly settlement: Settlement | undefined;
}

/** @param price instead of the day's, for a file that is to be wrong */
export function settle(row: TransactionItem, to: Currency, contract: SettlementContract, price?: string): Settlement {
  const amount = amountOf(row);
  const usual = quoteOf(to, amount.currency);
  const quote = usual && { pair: usual.pair, price: price ?? usual.price };
  const gross = quote === undefined ? amount.minor : atPrice(amount.minor, { home: to, from: amount.currency, price: quote.price });
  const fee = feeOf(row.transactionType, gross, contract);
  return { currency: to, quote, fee: money(to, fee), net: money(to, gross + fee) };
}

/** Signed, as it stands in the row. */
export function amountOf({ transactionCurrency, transactionAmountValue }: TransactionItem): Money {
  return money(isCurrency(transactionCurrency) ? transactionCurrency : 'USD', BigInt(transactionAmountValue));
}

function feeOf(type: string, gross: bigint, { feeRate, feeFixed, feeOnRefund }: SettlementContract): bigint {
  const share = -shareOf(gross, feeRate);
  switch (type) {
    case 'PAYMENT': return share - BigInt(feeFixed);
    case 'CANCEL': return share + BigInt(feeFixed);
    default: return feeOnRefund === 'returned' ? share : 0n;
  }
}
