import type { Money } from '@scantill/kernel';
import { lateOn, payoutOn, paymentFee, refundFee, type ContractTerms } from './contract.js';
import type { Expectation } from './expectation.js';

/** What follows for an expectation from the contract in force on its day. Null where nothing does, or not yet. */
export interface Foreseen {
  /** As in Alipay's fee column: what we pay is negative. Between two currencies it is known only with the rate. */
  readonly fee: Money | null;
  readonly payoutOn: string | null;
  /** The first day on which it is late. */
  readonly lateOn: string | null;
}

const NOTHING: Foreseen = { fee: null, payoutOn: null, lateOn: null };

/** @param paid what the refunded payment was; null where that is not known here */
export function foresee({ type, amount, businessDate }: Pick<Expectation, 'type' | 'amount' | 'businessDate'>, terms: ContractTerms | undefined, paid: Money | null): Foreseen {
  if (terms === undefined || amount === null || (type !== 'PAYMENT' && type !== 'REFUND')) return NOTHING;
  const fee = type === 'PAYMENT' ? paymentFee(terms, amount, null) : feeOfRefund(terms, amount, paid);
  return { fee: fee ?? null, payoutOn: payoutOn(terms, businessDate), lateOn: lateOn(terms, businessDate) };
}

function feeOfRefund(terms: ContractTerms, amount: Money, paid: Money | null): Money | undefined {
  if (paid !== null) return refundFee(terms, paid, amount, null);
  // Only a share of the whole fee needs to know what the whole was.
  return terms.feeOnRefund === 'returned' ? undefined : refundFee(terms, amount, amount, null);
}
