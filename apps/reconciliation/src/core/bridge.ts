import { money, type Currency, type Money } from '@scantill/kernel';
import { isSold, Sums, type Movement, type MovementKind } from './movement.js';
import { dueOf, type PayOut } from './pay-out.js';

export type BridgeItem =
  | 'sales' | 'refunds' | 'refund-reversals' | 'given-back'
  /** Between the day of the sale and that of its settlement. */
  | 'settled-later' | 'sold-earlier'
  | 'cancelled' | 'exchanged' | 'fees' | 'coupons' | 'account-entries' | 'not-ours'
  /** Differences that a break names. */
  | 'breaks'
  /** Between the day of the settlement and that on which the bank has it. */
  | 'paid-later' | 'settled-before';

/** From sales to the bank, in one currency. */
export interface Bridge {
  readonly currency: Currency;
  /** In order; what is nothing is left out. */
  readonly items: readonly { readonly item: BridgeItem; readonly amount: Money }[];
  readonly paid: Money;
  /** What nothing explains: `paid` less all items. */
  readonly remainder: Money;
}

/** What was expected and is settled in the period. */
export interface Claim {
  readonly amount: Money;
  /** It was also expected for a day of the period. */
  readonly isOfPeriod: boolean;
}

export interface BridgeParts {
  readonly from: string;
  readonly to: string;
  /** Of the days from `from` to `to`, without what the bank paid. */
  readonly movements: readonly Movement[];
  readonly claims: readonly Claim[];
  /** Settled or paid in the period, and a while before. Null where the bridge ends with what was settled: the bank pays accounts, not stores. */
  readonly payOuts: readonly PayOut[] | null;
  /** What was settled in the period, by the lines. */
  readonly settled: readonly Money[];
}

const ORDER: readonly BridgeItem[] = [
  'sales', 'refunds', 'refund-reversals', 'given-back', 'settled-later', 'sold-earlier', 'cancelled', 'exchanged', 'fees', 'coupons', 'account-entries', 'not-ours', 'breaks', 'paid-later', 'settled-before',
];

const ITEMS = {
  sale: 'sales', refund: 'refunds', 'refund-reversal': 'refund-reversals', 'given-back': 'given-back', cancelled: 'cancelled', difference: 'breaks', exchanged: 'exchanged', fee: 'fees', coupon: 'coupons',
  'account-entry': 'account-entries', 'not-ours': 'not-ours',
} as const satisfies Record<Exclude<MovementKind, 'paid'>, BridgeItem>;

/** One for each currency in which anything was sold, settled or paid. */
export function bridges(parts: BridgeParts): Bridge[] {
  const sums = new Sums<BridgeItem | 'paid' | 'unexplained'>();
  for (const movement of parts.movements) if (movement.kind !== 'paid') sums.add(itemOf(movement.kind, movement.isExplained), movement.amount);
  // What was sold and not settled in the period leaves it; what was settled of other days comes in.
  for (const { amount } of parts.movements.filter(isSold)) sums.add('settled-later', minus(amount));
  for (const { amount, isOfPeriod } of parts.claims) sums.add(isOfPeriod ? 'settled-later' : 'sold-earlier', amount);
  if (parts.payOuts === null) for (const amount of parts.settled) sums.add('paid', amount);
  else for (const payOut of parts.payOuts) addPayOut(sums, payOut, parts);
  return sums.currencies.map((currency) => {
    const items = ORDER.map((item) => ({ item, amount: money(currency, sums.of(currency, item)) })).filter(({ amount }) => amount.minor !== 0n);
    const paid = money(currency, sums.of(currency, 'paid'));
    return { currency, items, paid, remainder: money(currency, items.reduce((rest, { amount }) => rest - amount.minor, paid.minor)) };
  });
}

function itemOf(kind: Exclude<MovementKind, 'paid'>, isExplained: boolean): BridgeItem | 'unexplained' {
  return kind === 'difference' && !isExplained ? 'unexplained' : ITEMS[kind];
}

function addPayOut(sums: Sums<BridgeItem | 'paid' | 'unexplained'>, payOut: PayOut, { from, to }: BridgeParts): void {
  const { currency, items, settledOn, isExplained, paid } = payOut;
  const due = dueOf(payOut);
  const isWithin = (date: string) => date >= from && date <= to;
  const differs = (minor: bigint) => sums.add(isExplained ? 'breaks' : 'unexplained', money(currency, minor));
  if (isWithin(settledOn)) differs(due.minor - (items ?? 0n));
  const isPaid = paid !== null && isWithin(paid.bookedOn);
  if (isWithin(settledOn) && !isPaid) sums.add('paid-later', minus(due));
  if (!isPaid) return;
  if (!isWithin(settledOn)) sums.add('settled-before', due);
  differs(paid.amount.minor - due.minor);
  sums.add('paid', paid.amount);
}

function minus({ currency, minor }: Money): Money {
  return { currency, minor: -minor };
}
