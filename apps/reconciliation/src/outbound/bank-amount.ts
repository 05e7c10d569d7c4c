import { readAmount } from '@scantill/alipay';
import { err, isCurrency, type Money, type Result } from '@scantill/kernel';

/** An amount in the major unit, as banks write it: also with zeros behind the last decimal that the currency has. */
export function readBankAmount(text: string, currency: string): Result<Money, string> {
  if (!isCurrency(currency)) return err('has a currency that we do not know');
  return readAmount(text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, ''), currency, 'major');
}
