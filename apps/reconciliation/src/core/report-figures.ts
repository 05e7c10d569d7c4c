import { money, type Money } from '@scantill/kernel';
import type { SettledGroup, Sold } from './movement.js';

export interface Counted {
  readonly count: number;
  readonly amount: Money;
}

/** What was sold and given back, signed: what goes out is negative. */
export interface SalesFigures {
  readonly date: string;
  readonly accountId: string;
  readonly storeId: string;
  readonly sales: Counted;
  readonly refunds: Counted;
  readonly refundReversals: Counted;
  readonly givenBack: Counted;
  readonly net: Money;
}

export interface FeeFigures {
  readonly accountId: string;
  readonly lines: number;
  readonly listed: Money;
  readonly linesWithExpectation: number;
  readonly expected: Money;
  /** Listed less expected, of the lines whose fee was expected. */
  readonly variance: Money;
}

export interface ExchangeFigures {
  readonly accountId: string;
  readonly pair: string;
  readonly price: string;
  readonly lines: number;
  readonly amount: Money;
  readonly gross: Money;
}

/** One for each day, account, store and currency that the rows tell apart. */
export function salesFigures(sold: readonly Sold[]): SalesFigures[] {
  return grouped(sold, ({ date, accountId, storeId, amount }) => [date, accountId, storeId, amount.currency]).map((rows) => {
    const { date, accountId, storeId, amount: { currency } } = rows[0];
    const of = (kind: Sold['kind'] | null): Counted => {
      const alike = rows.filter((row) => kind === null || row.kind === kind);
      return { count: alike.reduce((sum, { count }) => sum + count, 0), amount: money(currency, alike.reduce((sum, { amount }) => sum + amount.minor, 0n)) };
    };
    return { date, accountId, storeId, sales: of('sale'), refunds: of('refund'), refundReversals: of('refund-reversal'), givenBack: of('given-back'), net: of(null).amount };
  });
}

export function feeFigures(groups: readonly SettledGroup[]): FeeFigures[] {
  return grouped(groups, ({ accountId, gross }) => [accountId, gross.currency]).map((rows) => {
    const { accountId, gross: { currency } } = rows[0];
    const sum = (of: (group: SettledGroup) => bigint) => money(currency, rows.reduce((total, row) => total + of(row), 0n));
    return {
      accountId, lines: rows.reduce((total, { count }) => total + count, 0), listed: sum(({ fee }) => fee),
      linesWithExpectation: rows.reduce((total, { foreseen }) => total + foreseen.count, 0), expected: sum(({ foreseen }) => foreseen.expected),
      variance: sum(({ foreseen }) => foreseen.listed - foreseen.expected),
    };
  });
}

/** What was exchanged, by quote. */
export function exchangeFigures(groups: readonly SettledGroup[]): ExchangeFigures[] {
  const foreign = groups.filter(({ listed, gross }) => listed.currency !== gross.currency);
  return grouped(foreign, ({ accountId, listed, gross, quote }) => [accountId, listed.currency, gross.currency, quote?.pair ?? '', quote?.price ?? '']).map((rows) => {
    const { accountId, quote, listed, gross } = rows[0];
    return {
      accountId, pair: quote?.pair ?? '', price: quote?.price ?? '', lines: rows.reduce((total, { count }) => total + count, 0),
      amount: money(listed.currency, rows.reduce((total, row) => total + row.listed.minor, 0n)), gross: money(gross.currency, rows.reduce((total, row) => total + row.gross.minor, 0n)),
    };
  });
}

/** In the order of their keys. */
function grouped<Row>(rows: readonly Row[], keyOf: (row: Row) => readonly string[]): (readonly [Row, ...Row[]])[] {
  const groups = new Map<string, [Row, ...Row[]]>();
  for (const row of rows) {
    const key = keyOf(row).join('\n');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}
