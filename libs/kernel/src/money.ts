import { assert } from './assert.js';
import { isCurrency, minorDigits, type Currency } from './currency.js';

/** An amount in the smallest unit of its currency. Never a float, never added across currencies. */
export interface Money {
  readonly currency: Currency;
  readonly minor: bigint;
}

/** Alipay's amounts have at most 16 digits; ours have 12, so that sums over a month still fit. */
export const MAX_MINOR_DIGITS = 12;

export function money(currency: string, minor: bigint): Money {
  assert(isCurrency(currency), `unknown currency ${currency}`);
  return { currency, minor };
}

export function zero(currency: Currency): Money {
  return { currency, minor: 0n };
}

export function sameMoney(a: Money, b: Money): boolean {
  return a.currency === b.currency && a.minor === b.minor;
}

export function add(a: Money, b: Money): Money {
  assert(a.currency === b.currency, `cannot add ${b.currency} to ${a.currency}`);
  return { currency: a.currency, minor: a.minor + b.minor };
}

export function subtract(a: Money, b: Money): Money {
  return add(a, negate(b));
}

export function negate(amount: Money): Money {
  return { currency: amount.currency, minor: -amount.minor };
}

export function absolute(amount: Money): Money {
  return amount.minor < 0n ? negate(amount) : amount;
}

/** Negative, zero or positive, as `Array.prototype.sort` wants it. */
export function compare(a: Money, b: Money): number {
  const difference = subtract(a, b).minor;
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}

/**
 * Splits an amount in proportion to whole weights without losing or inventing a unit: the remainder goes to the largest
 * fractions first, earlier shares first among equals (largest remainder method).
 */
export function allocate(amount: Money, weights: readonly bigint[]): Money[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  assert(weights.length > 0 && total > 0n && weights.every((weight) => weight >= 0n), 'weights must be positive');
  const sign = amount.minor < 0n ? -1n : 1n;
  const size = amount.minor * sign;
  const shares = weights.map((weight, index) => ({ index, units: (size * weight) / total, rest: (size * weight) % total }));
  const left = size - shares.reduce((sum, share) => sum + share.units, 0n);
  const byRest = [...shares].sort((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest < b.rest ? 1 : -1));
  for (const share of byRest.slice(0, Number(left))) share.units += 1n;
  return shares.map((share) => ({ currency: amount.currency, minor: share.units * sign }));
}

/** The amount in the major unit with the currency's digits and no grouping, for files and people: `10.99`, `-0.05`, `599`. */
export function toMajorText(amount: Money): string {
  const digits = minorDigits(amount.currency);
  const text = absolute(amount).minor.toString().padStart(digits + 1, '0');
  const sign = amount.minor < 0n ? '-' : '';
  return digits === 0 ? `${sign}${text}` : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** For people: `10.99 USD`. */
export function format(amount: Money): string {
  return `${toMajorText(amount)} ${amount.currency}`;
}
