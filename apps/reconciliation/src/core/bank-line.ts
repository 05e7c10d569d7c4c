import type { Money } from '@scantill/kernel';

/** A booked line of a bank's statement, whatever form it came in. */
export interface BankLine {
  /** Of the file; entries of an XML statement are counted from 1. */
  readonly line: number;
  /** `YYYY-MM-DD`, as the bank booked it. */
  readonly bookedOn: string;
  /** What came in is positive. */
  readonly amount: Money;
  /** Everything that the bank says in words; a pay-out names its batch here. */
  readonly text: string;
  /** The bank's own, or the payer's end-to-end reference. */
  readonly reference: string | null;
}

/** More than a bank writes into one statement. */
export const BANK_LINES_MAX = 500_000;
