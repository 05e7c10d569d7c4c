import type { Amount } from '@scantill/alipay';
import { isCurrency } from '@scantill/kernel';
import { priceIn } from '../quote.js';

/** What the merchant will get, at a locked rate; nothing is said where it gets what the customer owed. */
export function settlementFields(settlementCurrency: string | undefined, amount: Amount): Record<string, unknown> {
  if (settlementCurrency === undefined || settlementCurrency === amount.currency) return {};
  if (!isCurrency(settlementCurrency) || !isCurrency(amount.currency)) return {};
  const { currency, value, quote } = priceIn(settlementCurrency, amount.currency, amount.value);
  return {
    grossSettlementAmount: { currency, value },
    ...(quote && { settlementQuote: { quoteCurrencyPair: quote.pair, quotePrice: quote.price, guaranteed: 'true' } }),
  };
}
