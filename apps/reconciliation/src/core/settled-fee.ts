import type { Money } from '@scantill/kernel';
import { cancelFee, inMinor, paymentFee, refundFee, type ContractTerms, type Quote } from './contract.js';

/** A row of a settlement file, as far as its fee follows from it. */
export interface SettledRow {
  readonly type: string;
  /** Signed, as in the file. */
  readonly amount: Money;
  readonly fee: Money;
  readonly quote: Quote | null;
  /** What the payment was that a refund or cancel undoes; null where that is not known. */
  readonly paid: Money | null;
}

/** The fee that the contract says, where the listed one is further from it than the contract allows; undefined when all is well, or nothing can be said. */
export function feeFault(row: SettledRow, terms: ContractTerms): Money | undefined {
  const expected = expectedFee(row, terms);
  if (expected === undefined || expected.currency !== row.fee.currency) return undefined;
  const off = expected.minor - row.fee.minor;
  return (off < 0n ? -off : off) > inMinor(terms.tolerance.amount, terms.settlementCurrency) ? expected : undefined;
}

function expectedFee({ type, amount, quote, paid }: SettledRow, terms: ContractTerms): Money | undefined {
  switch (type) {
    case 'PAYMENT': return paymentFee(terms, amount, quote);
    case 'CANCEL': return cancelFee(terms, { ...amount, minor: -amount.minor }, quote);
    case 'REFUND': return paid === null && terms.feeOnRefund === 'returned' ? undefined : refundFee(terms, paid ?? amount, amount, quote);
    default: return undefined;
  }
}
