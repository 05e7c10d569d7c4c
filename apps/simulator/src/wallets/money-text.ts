import { isCurrency, minorDigits, money, toMajorText } from '@scantill/kernel';

const formats = new Map<string, Intl.NumberFormat>();

/** An amount of the smallest unit as people read it: `US$10.99`, `₩14,310`. */
export function moneyText(currency: string, value: string): string {
  if (!isCurrency(currency)) return `${value} ${currency}`;
  const known = formats.get(currency);
  const digits = minorDigits(currency);
  const format = known ?? new Intl.NumberFormat('en-SG', { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits });
  if (!known) formats.set(currency, format);
  // As text: a number could not hold every digit.
  return format.format(toMajorText(money(currency, BigInt(value))) as `${number}`);
}
