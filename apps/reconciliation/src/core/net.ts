import { absolute, add, subtract, zero, type Money } from '@scantill/kernel';
import { strangeCurrencies, type ListedItem, type Settled } from './listed.js';
import { exchange, type QuoteDirection } from './quote.js';

/** What an account's contract says of its amounts. */
export interface NetTerms {
  readonly direction: QuoteDirection;
  /** How far a row may be off, in the smallest unit: Alipay rounds at places that it does not name. */
  readonly toleranceMinor: bigint;
}

export type NetFault =
  | { readonly kind: 'NetDiffers'; readonly expected: Money; readonly listed: Money }
  | { readonly kind: 'QuoteMissing' }
  | { readonly kind: 'QuoteOfOthers' }
  | { readonly kind: 'FeeCurrencyDiffers' };

/** What an item is worth in the currency that it is paid out in, before anything is taken off. */
export function grossOf(amount: Money, { net, quote }: Pick<Settled, 'net' | 'quote'>, direction: QuoteDirection): Money | NetFault {
  if (amount.currency === net.currency) return amount;
  if (quote === null) return { kind: 'QuoteMissing' };
  return exchange(amount, net.currency, quote, direction) ?? { kind: 'QuoteOfOthers' };
}

/** Entries of the account itself sell nothing: their net amount is what they are, and is summed apart. */
export function isAccountEntry({ amount }: Pick<ListedItem, 'amount'>, { fees }: Pick<Settled, 'fees'>): boolean {
  return amount.minor === 0n && fees.every((fee) => fee.amount.minor === 0n);
}

/** Net = gross + signed fees − coupon (Alipay's own samples, and its rule for generation C); undefined when it is so within the tolerance. */
export function checkNet(amount: Money, settled: Settled, terms: NetTerms): NetFault | undefined {
  if (isAccountEntry({ amount }, settled)) return undefined;
  if (strangeCurrencies(settled).length > 0) return { kind: 'FeeCurrencyDiffers' };
  const expected = expectedNet(amount, settled, terms.direction);
  if ('kind' in expected) return expected;
  return isNear(expected, settled.net, terms) ? undefined : { kind: 'NetDiffers', expected, listed: settled.net };
}

function expectedNet(amount: Money, settled: Settled, direction: QuoteDirection): Money | NetFault {
  const gross = grossOf(amount, settled, direction);
  if ('kind' in gross) return gross;
  const withFees = settled.fees.reduce((sum, fee) => add(sum, fee.amount), gross);
  return subtract(withFees, settled.coupon ?? zero(gross.currency));
}

function isNear(one: Money, other: Money, { toleranceMinor }: NetTerms): boolean {
  return absolute(subtract(one, other)).minor <= toleranceMinor;
}
