import { checkNet } from './net.js';
import type { SettlementItem } from './listed.js';
import type { QuoteDirection } from './quote.js';

/** One or two rows may be damaged in a way that looks like it. */
const ENOUGH = 3;
/** Alipay rounds at places that it does not name. */
const TOLERANCE_MINOR = 2n;

/** Whether a file's exchanged rows are all right if quotes are read the other way round: then the account is set wrongly, and no row is at fault. */
export class QuoteCheck {
  private reversedCount = 0;
  private otherCount = 0;

  constructor(private readonly direction: QuoteDirection) {}

  add(item: SettlementItem): void {
    if (item.quote === null || item.amount.currency === item.net.currency) return;
    const fault = checkNet(item.amount, item, { direction: this.direction, toleranceMinor: TOLERANCE_MINOR });
    if (fault?.kind === 'NetDiffers' && fault.fitsReversed) this.reversedCount += 1;
    else this.otherCount += 1;
  }

  /** For rows that were found to be right elsewhere. */
  addRight(): void {
    this.otherCount += 1;
  }

  get contradictsDirection(): boolean {
    return this.reversedCount >= ENOUGH && this.otherCount === 0;
  }
}
