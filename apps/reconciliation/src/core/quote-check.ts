import { checkNet } from './net.js';
import type { SettlementItem } from './listed.js';
import type { QuoteDirection } from './quote.js';

/** One or two rows may be damaged in a way that looks like it. */
const ENOUGH = 3;
/** One row in so many may be wrong in whichever way its price is read. */
const WRONG_ONE_IN = 100;
/** Alipay rounds at places that it does not name. */
export const QUOTE_TOLERANCE_MINOR = 2n;

/**
 * Whether a file's exchanged rows are right only if quotes are read the other way round: then the account is set wrongly, and no row is at
 * fault. Rows that are right either way, as those of small amounts, say nothing.
 */
export class QuoteCheck {
  private reversedCount = 0;
  private rightCount = 0;
  private wrongCount = 0;

  constructor(private readonly direction: QuoteDirection) {}

  add(item: SettlementItem): void {
    if (item.quote === null || item.amount.currency === item.net.currency) return;
    const reversed: QuoteDirection = this.direction === 'reversed' ? 'as-written' : 'reversed';
    const [isRight, isRightReversed] = [this.direction, reversed].map((direction) => checkNet(item.amount, item, { direction, toleranceMinor: QUOTE_TOLERANCE_MINOR }) === undefined);
    if (isRight && isRightReversed) return;
    if (isRight) this.rightCount += 1;
    else if (isRightReversed) this.reversedCount += 1;
    else this.wrongCount += 1;
  }

  /** For rows that were found elsewhere to be right as the account is set, and not the other way round. */
  addRight(): void {
    this.rightCount += 1;
  }

  get contradictsDirection(): boolean {
    return this.reversedCount >= ENOUGH && this.rightCount === 0 && this.wrongCount * WRONG_ONE_IN <= this.reversedCount;
  }
}
