import { money, subtract, zero, type Currency, type Money } from '@scantill/kernel';

/** A trading day of a store. */
export interface TillDay {
  readonly chainId: string;
  readonly storeId: string;
  /** The store's own. */
  readonly date: string;
}

/** What a till adds up apart: money that came in, and money that went back. Neither is ever negative. */
export type TillSide = 'sales' | 'refunds';
export const tillSides = ['sales', 'refunds'] as const satisfies readonly TillSide[];

export interface TillTotal {
  readonly side: TillSide;
  readonly count: number;
  readonly amount: Money;
}

/** What a store says that its tills came to. */
export interface TillClosing extends TillDay {
  readonly eventId: string;
  readonly from: Date;
  readonly until: Date;
  readonly totals: readonly TillTotal[];
  /** By currency. */
  readonly accounts: Readonly<Record<string, string>>;
  /** When it came. Of several about the same day the one that came last counts. */
  readonly closedAt: Date;
  readonly sentBy: { readonly keyId: string; readonly source: string };
}

/** One side in one currency in which the tills of a store and we do not come to the same. */
export interface TillDiffers {
  readonly side: TillSide;
  readonly ours: Money;
  readonly theirs: Money;
  /** How many there are on either side, which may be all that differs. */
  readonly note: string;
}

/** Compares by side and currency; what is not said is nothing. At most one total of each on either side. */
export function compareTills(ours: readonly TillTotal[], theirs: readonly TillTotal[]): TillDiffers[] {
  const currencies = [...new Set([...ours, ...theirs].map(({ amount }) => amount.currency))].sort();
  return currencies.flatMap((currency) => tillSides.flatMap((side) => {
    const [here, there] = [ours, theirs].map((totals) => totalOf(totals, side, currency)) as [TillTotal, TillTotal];
    const isSameSum = subtract(here.amount, there.amount).minor === 0n;
    if (isSameSum && here.count === there.count) return [];
    const counts = `${there.count} ${side} at the till, ${here.count} here`;
    return [{ side, ours: here.amount, theirs: there.amount, note: isSameSum ? `only the number differs: ${counts}` : counts }];
  }));
}

function totalOf(totals: readonly TillTotal[], side: TillSide, currency: Currency): TillTotal {
  return totals.find((each) => each.side === side && each.amount.currency === currency) ?? { side, count: 0, amount: zero(currency) };
}

export function tillTotal(side: TillSide, count: number, currency: string, minor: bigint): TillTotal {
  return { side, count, amount: money(currency, minor) };
}
