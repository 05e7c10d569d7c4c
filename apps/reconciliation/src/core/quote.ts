import { err, isCurrency, minorDigits, money, ok, type Currency, type Money, type Result } from '@scantill/kernel';
import { divideHalfEven, powerOfTen } from './decimal.js';

/** A price of one currency in another, as a file gives it: `USD/KRW` at 1200 is 1,200 won for a dollar. */
export interface Quote {
  readonly left: Currency;
  readonly right: Currency;
  /** The price as a whole number, `scale` digits of which stand behind the point: prices are never a JavaScript number. */
  readonly digits: bigint;
  readonly scale: number;
}

/**
 * Alipay's documents leave open which currency of a pair the price is for. `as-written`: the price is that of one unit of the left
 * currency. `reversed`: of the right one.
 */
export type QuoteDirection = 'as-written' | 'reversed';

const PAIR = /^([A-Z]{3})\/([A-Z]{3})$/;
const PRICE = /^(\d{1,15})(?:\.(\d{1,15}))?$/;

/** @returns which of the two is wrong, and why */
export function parseQuote(pair: string, price: string): Result<Quote, { readonly part: 'pair' | 'price'; readonly reason: string }> {
  const [, left = '', right = ''] = PAIR.exec(pair) ?? [];
  if (!isCurrency(left) || !isCurrency(right)) return err({ part: 'pair', reason: 'is not a pair of currencies that we know, like USD/KRW' });
  const [, whole = '', decimals = ''] = PRICE.exec(price) ?? [];
  const digits = BigInt(whole + decimals);
  if (whole === '' || digits === 0n) return err({ part: 'price', reason: 'is not a positive decimal number of at most 15 digits before and behind the point' });
  return ok({ left, right, digits, scale: decimals.length });
}

/** What an amount is in the other currency of the pair, rounded half to even; undefined where the pair is one of other currencies. */
export function exchange(amount: Money, to: Currency, quote: Quote, direction: QuoteDirection = 'as-written'): Money | undefined {
  const isLeft = amount.currency === quote.left && to === quote.right;
  const isRight = amount.currency === quote.right && to === quote.left;
  if (!isLeft && !isRight) return undefined;
  const scale = powerOfTen(quote.scale);
  const [times, over] = isLeft === (direction === 'as-written') ? [quote.digits, scale] : [scale, quote.digits];
  return money(to, divideHalfEven(amount.minor * times * powerOfTen(minorDigits(to)), over * powerOfTen(minorDigits(amount.currency))));
}

/** Without zeros that say nothing, so that a price is the same text wherever it stands. */
export function priceText({ digits, scale }: Pick<Quote, 'digits' | 'scale'>): string {
  const [whole, decimals] = [digits / powerOfTen(scale), (digits % powerOfTen(scale)).toString().padStart(scale, '0').replace(/0+$/, '')];
  return decimals === '' ? String(whole) : `${whole}.${decimals}`;
}
