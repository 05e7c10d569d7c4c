import { minorDigits, type Currency } from '@scantill/kernel';

/** US dollars per major unit: fixed rates of no particular day, enough for a wallet to name a price in its own currency. */
const USD_RATES: Record<Currency, string> = {
  AED: '0.27229', AUD: '0.6602', BDT: '0.00818', BHD: '2.6526', BRL: '0.1853', CAD: '0.7124', CHF: '1.2451', CLP: '0.00106', CNY: '0.14047', COP: '0.00026',
  CZK: '0.0481', DKK: '0.1572', EUR: '1.1736', GBP: '1.3412', HKD: '0.12848', HUF: '0.0030', IDR: '0.0000601', ILS: '0.3041', INR: '0.01126', JOD: '1.4104',
  JPY: '0.00659', KHR: '0.000249', KRW: '0.000703', KWD: '3.2641', KZT: '0.00187', LKR: '0.0033', MNT: '0.00028', MOP: '0.12474', MXN: '0.0544', MYR: '0.2374',
  NOK: '0.0995', NPR: '0.00704', NZD: '0.5784', OMR: '2.6008', PEN: '0.2913', PHP: '0.01718', PKR: '0.00355', PLN: '0.2757', QAR: '0.2747', RON: '0.2309',
  SAR: '0.26667', SEK: '0.1062', SGD: '0.7712', THB: '0.03085', TND: '0.3421', TRY: '0.0239', TWD: '0.0327', USD: '1', VND: '0.0000380', ZAR: '0.0577',
};

const PRICE_DIGITS = 8;
const PRICE_UNIT = 10n ** BigInt(PRICE_DIGITS);

export interface WalletPrice {
  readonly currency: Currency;
  /** In the smallest unit of the wallet's currency. */
  readonly value: string;
  /** Units of the wallet's currency per unit of the merchant's; missing when they are the same. */
  readonly quote: { readonly pair: string; readonly price: string } | undefined;
}

/** What an amount of the merchant's currency costs in the wallet's, rounded half to even. */
export function priceIn(home: Currency, from: Currency, value: string): WalletPrice {
  const quote = quoteOf(home, from);
  if (quote === undefined) return { currency: home, value, quote };
  const charged = atPrice(BigInt(value), { home, from, price: quote.price });
  // A wallet does not charge nothing.
  return { currency: home, value: String(charged > 0n ? charged : 1n), quote };
}

/** Units of `home` for one of `from`; nothing where they are the same. */
export function quoteOf(home: Currency, from: Currency): WalletPrice['quote'] {
  if (home === from) return undefined;
  const price = divideHalfEven(scaled(USD_RATES[from]) * PRICE_UNIT, scaled(USD_RATES[home]));
  return { pair: `${from}/${home}`, price: decimalText(price) };
}

/** What an amount in `from`'s smallest unit is in `home`'s, rounded half to even; also a negative one. @param price at most 8 decimals */
export function atPrice(value: bigint, { home, from, price }: { readonly home: Currency; readonly from: Currency; readonly price: string }): bigint {
  return divideHalfEven(value * scaled(price) * 10n ** BigInt(minorDigits(home)), PRICE_UNIT * 10n ** BigInt(minorDigits(from)));
}

/** A share of an amount, rounded half to even. @param rate at most 8 decimals */
export function shareOf(value: bigint, rate: string): bigint {
  return divideHalfEven(value * scaled(rate), PRICE_UNIT);
}

/** One per cent more: a price that nobody agreed on. */
export function wrongPrice(price: string): string {
  return decimalText((scaled(price) * 101n) / 100n);
}

/** A decimal text times 10^8. */
function scaled(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.');
  return BigInt(whole + fraction.padEnd(PRICE_DIGITS, '0'));
}

function decimalText(price: bigint): string {
  const digits = price.toString().padStart(PRICE_DIGITS + 1, '0');
  const fraction = digits.slice(-PRICE_DIGITS).replace(/0+$/, '');
  return digits.slice(0, -PRICE_DIGITS) + (fraction && `.${fraction}`);
}

/** @param divisor positive */
function divideHalfEven(numerator: bigint, divisor: bigint): bigint {
  if (numerator < 0n) return -divideHalfEven(-numerator, divisor);
  const quotient = numerator / divisor;
  const twiceRest = (numerator % divisor) * 2n;
  const roundsUp = twiceRest > divisor || (twiceRest === divisor && quotient % 2n === 1n);
  return roundsUp ? quotient + 1n : quotient;
}
