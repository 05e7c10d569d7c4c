/**
 * ISO 4217 currencies with the number of digits of their minor unit. Alipay settles 24 of these; the others are
 * here because a wallet may charge in them. A currency that is not listed is refused.
 */
const MINOR_DIGITS = {
  AED: 2, AUD: 2, BDT: 2, BHD: 3, BRL: 2, CAD: 2, CHF: 2, CLP: 0, CNY: 2, COP: 2, CZK: 2, DKK: 2, EUR: 2, GBP: 2, HKD: 2, HUF: 2,
  IDR: 2, ILS: 2, INR: 2, JOD: 3, JPY: 0, KHR: 2, KRW: 0, KWD: 3, KZT: 2, LKR: 2, MNT: 2, MOP: 2, MXN: 2, MYR: 2, NOK: 2, NPR: 2,
  NZD: 2, OMR: 3, PEN: 2, PHP: 2, PKR: 2, PLN: 2, QAR: 2, RON: 2, SAR: 2, SEK: 2, SGD: 2, THB: 2, TND: 3, TRY: 2, TWD: 2, USD: 2,
  VND: 0, ZAR: 2,
} as const;

export type Currency = keyof typeof MINOR_DIGITS;

export const currencies = Object.keys(MINOR_DIGITS) as readonly Currency[];

export function isCurrency(text: string): text is Currency {
  return Object.hasOwn(MINOR_DIGITS, text);
}

/** Digits after the decimal point when the amount is written in the major unit: 2 for USD, 0 for JPY, 3 for KWD. */
export function minorDigits(currency: Currency): number {
  return MINOR_DIGITS[currency];
}
