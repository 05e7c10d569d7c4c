import { err, minorDigits, money, ok, toMajorText, type Currency, type Money, type Result } from '@scantill/kernel';

/** In which unit a merchant's files carry amounts: `minor` 1099, `major` 10.99. Alipay's documents show both. */
export const amountUnits = ['minor', 'major'] as const;
export type AmountUnit = (typeof amountUnits)[number];

/** Alipay's columns are that wide. */
export const AMOUNT_DIGITS_MAX = 16;

const WHOLE = /^-?\d{1,16}$/;
const DECIMAL = /^(-?)(\d{1,16})(?:\.(\d{1,16}))?$/;

/** Reads an amount as it stands in a file: no exponent, no grouping, no plus, no more decimals than the currency has. @returns why not, to follow "the amount" */
export function readAmount(text: string, currency: Currency, unit: AmountUnit): Result<Money, string> {
  if (text === '') return err('is empty');
  const [, sign = '', whole = '', decimals = ''] = DECIMAL.exec(text) ?? [];
  if (whole === '') return err(`is not a number of at most ${AMOUNT_DIGITS_MAX} digits`);
  if (unit === 'minor') return WHOLE.test(text) ? ok(money(currency, BigInt(text))) : err('has a decimal point; whole smallest units are expected');
  const digits = minorDigits(currency);
  if (decimals.length > digits) return err(`has ${decimals.length} decimals, and ${currency} has ${digits}`);
  const minor = whole + decimals.padEnd(digits, '0');
  if (minor.replace(/^0+/, '').length > AMOUNT_DIGITS_MAX) return err(`is not a number of at most ${AMOUNT_DIGITS_MAX} digits`);
  return ok(money(currency, BigInt(sign + minor)));
}

export function writeAmount(amount: Money, unit: AmountUnit): string {
  return unit === 'minor' ? String(amount.minor) : toMajorText(amount);
}

/** What a file's amounts look like, in currencies that have a minor unit; others look alike in both. */
export interface UnitEvidence {
  readonly withPoint: number;
  readonly withoutPoint: number;
}

/** So many amounts in a row that are all round: nobody's prices and fees are. */
const ROUND_AMOUNTS_MAX = 50;

/** Whether a file cannot be in the unit that the account is set to. It never chooses one: a hundredfold mistake must not happen by itself. */
export function contradictsUnit(unit: AmountUnit, { withPoint, withoutPoint }: UnitEvidence): boolean {
  return unit === 'minor' ? withPoint > 0 : withPoint === 0 && withoutPoint > ROUND_AMOUNTS_MAX;
}
