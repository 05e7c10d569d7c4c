import { absolute, subtract, type Money } from '@scantill/kernel';
import type { BreakKind } from './break-kind.js';
import { inMinor, type Contract } from './contract.js';
import { exchange, priceText, type Quote, type QuoteDirection } from './quote.js';
import { feeFault } from './settled-fee.js';

/** A settled row whose principal is right. All amounts are signed as in the file. */
export interface Settled {
  readonly type: string;
  readonly amount: Money;
  readonly net: Money;
  readonly fee: Money;
  readonly coupon: Money;
  readonly quote: Quote | null;
  /** At the price that the other rows of its day have. */
  readonly usualQuote: Quote | null;
  /** What its own figures come to, where that is not the net amount. */
  readonly expectedNet: Money | null;
  readonly netFault: string | null;
  readonly paid: Money | null;
  readonly contract: Contract | undefined;
}

export interface SettledFault {
  readonly kind: Extract<BreakKind, 'fee-differs' | 'fx-differs' | 'net-differs'>;
  readonly ours: Money | null;
  readonly theirs: Money;
}

/** Alipay rounds at places that it does not name; without a contract that says more, a row may be off by this many smallest units (its reconciliation tool allows 0.02). */
const USUAL_TOLERANCE = 2n;

/** Everything that is wrong with a row's fee, rate and net amount. */
export function settledFaults(row: Settled, direction: QuoteDirection): SettledFault[] {
  const tolerance = row.contract === undefined ? USUAL_TOLERANCE : inMinor(row.contract.tolerance.amount, row.contract.settlementCurrency);
  return [...ofNet(row, tolerance), ...ofRate(row, direction), ...ofFee(row, direction)];
}

function ofNet({ net, expectedNet, netFault }: Settled, tolerance: bigint): SettledFault[] {
  if (netFault === 'NetDiffers' && expectedNet !== null) return absolute(subtract(net, expectedNet)).minor > tolerance ? [{ kind: 'net-differs', ours: expectedNet, theirs: net }] : [];
  // It cannot be computed at all: nothing says how one currency becomes the other.
  return netFault === null || netFault === 'NetDiffers' ? [] : [{ kind: 'fx-differs', ours: null, theirs: net }];
}

/** A locked rate is that of the day on which the money moved, and so the same for all of it. */
function ofRate({ amount, net, fee, coupon, quote, usualQuote, contract }: Settled, direction: QuoteDirection): SettledFault[] {
  if (contract?.rateMode !== 'locked' || quote === null || usualQuote === null || (quote.digits === usualQuote.digits && quote.scale === usualQuote.scale)) return [];
  const usual = exchange(amount, net.currency, usualQuote, direction);
  const listed = { currency: net.currency, minor: net.minor - fee.minor + coupon.minor };
  return usual === undefined || usual.minor === listed.minor ? [] : [{ kind: 'fx-differs', ours: usual, theirs: listed }];
}

function ofFee({ contract, quote, ...row }: Settled, direction: QuoteDirection): SettledFault[] {
  if (contract === undefined) return [];
  const price = quote === null ? null : direction === 'as-written'
    ? { base: quote.left, quoted: quote.right, price: priceText(quote) }
    : { base: quote.right, quoted: quote.left, price: priceText(quote) };
  const expected = feeFault({ ...row, quote: price }, contract);
  return expected === undefined ? [] : [{ kind: 'fee-differs', ours: expected, theirs: row.fee }];
}
