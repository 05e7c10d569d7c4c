import { err, ok, type Result } from '@scantill/kernel';

/** A spreadsheet keeps numbers as doubles and shows so many digits of them: 8.05 is written as 8.0500000000000007. */
const SHOWN_DIGITS = 15;
const EXPONENT_MAX = 40;
const NUMBER = /^(-?)(\d{1,40})(?:\.(\d{1,40}))?(?:[eE]([+-]?\d{1,3}))?$/;

/** The number that people see in a spreadsheet, as plain decimal text. A whole one that is longer has lost its last digits and is refused. */
export function shownNumber(text: string): Result<string, string> {
  const [, sign = '', whole = '', decimals = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  if (whole === '' || Math.abs(Number(exponent)) > EXPONENT_MAX) return err('is not a number');
  const digits = (whole + decimals).replace(/^0+/, '');
  // How many of the digits stand behind the point; fewer than none when zeros follow them.
  const behind = decimals.length - Number(exponent);
  if (digits.length - behind > SHOWN_DIGITS && digits !== '') return err(`is a number of more than the ${SHOWN_DIGITS} digits that a spreadsheet keeps; ids must be texts`);
  const cut = Math.max(0, digits.length - SHOWN_DIGITS);
  const unit = 10n ** BigInt(cut);
  const shown = (BigInt(digits === '' ? '0' : digits) + unit / 2n) / unit;
  const number = decimalText(shown, behind - cut);
  return ok(number === '0' ? number : sign + number);
}

/** A whole number of which so many digits stand behind the point, without zeros at its end. */
function decimalText(value: bigint, behind: number): string {
  if (behind <= 0) return String(value * 10n ** BigInt(-behind));
  const digits = value.toString().padStart(behind + 1, '0');
  const fraction = digits.slice(-behind).replace(/0+$/, '');
  return digits.slice(0, -behind) + (fraction && `.${fraction}`);
}
