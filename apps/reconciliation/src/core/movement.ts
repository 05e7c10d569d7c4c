import { assert, money, type Currency, type Money } from '@scantill/kernel';

/** Everything that changes what Alipay owes an account, and what the change is about. */
export type MovementKind =
  | 'sale' | 'refund' | 'refund-reversal' | 'given-back'
  /** Listed as PAYMENT and CANCEL of something that nobody paid, as far as we know: both come to nothing. */
  | 'cancelled'
  /** Listed otherwise than expected, or not expected at all. */
  | 'difference'
  /** Out of one currency, and into the other. */
  | 'exchanged'
  | 'fee' | 'coupon' | 'account-entry' | 'not-ours'
  /** The bank has it. */
  | 'paid';

/** What happened on one day to one account, added up. */
export interface Movement {
  readonly kind: MovementKind;
  readonly date: string;
  readonly accountId: string;
  readonly count: number;
  /** Positive: Alipay owes more than before. */
  readonly amount: Money;
  /** Of a difference: a break names it. */
  readonly isExplained: boolean;
}

export const SOLD_KINDS = ['sale', 'refund', 'refund-reversal', 'given-back'] as const satisfies readonly MovementKind[];

/** What was expected of one day, account and store. */
export interface Sold {
  readonly date: string;
  readonly accountId: string;
  /** Empty where all stores are told together. */
  readonly storeId: string;
  readonly kind: (typeof SOLD_KINDS)[number];
  readonly count: number;
  readonly amount: Money;
}

export function isSold({ kind }: Movement): boolean {
  return (SOLD_KINDS as readonly MovementKind[]).includes(kind);
}

/** Amounts of several currencies, each with its own sum. */
export class Sums<Key extends string> {
  private readonly sums = new Map<Currency, Map<Key, bigint>>();

  add(key: Key, { currency, minor }: Money): void {
    const ofCurrency = this.sums.get(currency) ?? new Map<Key, bigint>();
    ofCurrency.set(key, (ofCurrency.get(key) ?? 0n) + minor);
    this.sums.set(currency, ofCurrency);
  }

  of(currency: Currency, key: Key): bigint {
    return this.sums.get(currency)?.get(key) ?? 0n;
  }

  get currencies(): Currency[] {
    return [...this.sums.keys()].sort();
  }
}

/** What a settlement file lists of orders on one day, as far as it is alike: in currencies, quote, and what it says about our expectation. */
export interface SettledGroup {
  readonly date: string;
  readonly accountId: string;
  /** `otherwise`: with another amount or currency. `unexpected`: nothing of ours, or the same again. */
  readonly verdict: 'as-expected' | 'otherwise' | 'unexpected' | 'cancelled';
  /** What was expected is of the days that are looked at. */
  readonly isOfPeriod: boolean;
  readonly isExplained: boolean;
  readonly quote: { readonly pair: string; readonly price: string } | null;
  readonly count: number;
  readonly listed: Money;
  /** Null where nothing was expected. */
  readonly expected: Money | null;
  /** In the settlement currency, before fees and coupon. */
  readonly gross: Money;
  /** Signed as in the file: what we pay is negative. */
  readonly fee: bigint;
  readonly coupon: bigint;
  /** Of the lines whose fee was expected: how many, what the file says, what we said. */
  readonly foreseen: { readonly count: number; readonly listed: bigint; readonly expected: bigint };
}

/** What the settlement changes, beyond what was already there as a sale. */
export function settlementMovements(group: SettledGroup): Movement[] {
  const { date, accountId, count, listed, expected, gross, fee, coupon, isExplained } = group;
  const net = gross.currency;
  const of = (kind: MovementKind, amount: Money): Movement => ({ kind, date, accountId, count, amount, isExplained: kind === 'difference' ? isExplained : true });
  const isForeign = listed.currency !== net;
  const all = [
    ...asListed(group).map((amount) => of(group.verdict === 'cancelled' ? 'cancelled' : 'difference', amount)),
    ...(isForeign ? [of('exchanged', minus(listed)), of('exchanged', gross)] : [of('difference', money(net, gross.minor - listed.minor))]),
    of('fee', money(net, fee)),
    of('coupon', money(net, -coupon)),
  ];
  assert(group.verdict !== 'as-expected' || expected !== null, 'what is as expected was expected');
  return all.filter(({ amount }) => amount.minor !== 0n);
}

/** What is listed less what was expected. */
function asListed({ verdict, listed, expected }: SettledGroup): Money[] {
  if (verdict === 'as-expected') return [];
  return expected === null ? [listed] : [listed, minus(expected)];
}

/** What of a settlement is paid out. */
export function netOfGroup({ gross, fee, coupon }: SettledGroup): Money {
  return money(gross.currency, gross.minor + fee - coupon);
}

function minus({ currency, minor }: Money): Money {
  return { currency, minor: -minor };
}
