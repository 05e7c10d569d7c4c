import { assert } from '@scantill/kernel';

/**
 * A price or rate as it was written: `digits` × 10^-`scale`. Only what fees and quotes need, so that every result is rounded once
 * and where a reader can see it; a library would bring contexts and precisions in which that is easily lost.
 */
export interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

/** `0.0125`, `1200`, `-3.5`. No exponent, no grouping, at most 18 digits on either side. */
export const DECIMAL = /^-?\d{1,18}(\.\d{1,18})?$/;

export function decimal(text: string): Decimal {
  assert(DECIMAL.test(text), `not a decimal: ${text}`);
  const [whole = '', fraction = ''] = text.split('.');
  return { digits: BigInt(whole + fraction), scale: fraction.length };
}

/** The nearest whole number; a half goes to the even neighbour, so that halves do not add up to one side. */
export function divideHalfEven(dividend: bigint, divisor: bigint): bigint {
  assert(divisor !== 0n, 'nothing is divided by zero');
  const [n, d] = divisor < 0n ? [-dividend, -divisor] : [dividend, divisor];
  const floor = n / d - (n % d < 0n ? 1n : 0n);
  const twiceRest = (n - floor * d) * 2n;
  if (twiceRest === d) return floor % 2n === 0n ? floor : floor + 1n;
  return twiceRest > d ? floor + 1n : floor;
}

/** 10 to the power of a whole number that is not negative. */
export function powerOfTen(exponent: number): bigint {
  return 10n ** BigInt(exponent);
}
