import type { Claim } from '../core/bridge.js';
import { addDays } from '../core/calendar.js';
import { netOfGroup, settlementMovements, type Movement, type SettledGroup, type Sold } from '../core/movement.js';
import { payOutsOf, type PayOut } from '../core/pay-out.js';
import type { BatchReader } from '../outbound/batch.reader.js';
import type { Bulk } from '../outbound/bulk.js';
import type { PayOutBreaks } from '../outbound/pay-out-breaks.js';
import type { ReportScope, ReportSums } from '../outbound/report-sums.js';
import { REACH_DAYS, type CompareBatches } from './compare-batches.js';

/** Everything that moved on some days, by day. */
export interface Moved {
  readonly sold: readonly Sold[];
  readonly groups: readonly SettledGroup[];
  readonly entries: readonly Movement[];
  /** Settled or paid in these days; null for a store, because the bank pays accounts. */
  readonly payOuts: readonly PayOut[] | null;
}

export interface SumMovementsParts {
  readonly sums: ReportSums;
  readonly batches: BatchReader;
  readonly compareBatches: CompareBatches;
  readonly payOutBreaks: PayOutBreaks;
}

/** Reads what moved, added up by the database: the one source of bridge and journal, so that the two cannot disagree. */
export class SumMovements {
  constructor(private readonly parts: SumMovementsParts) {}

  async run(bulk: Bulk, scope: ReportScope): Promise<Moved> {
    const { sums } = this.parts;
    const sold = await sums.sold(bulk, scope, false);
    const groups = await sums.settled(bulk, scope);
    if (scope.storeId !== null) return { sold, groups, entries: [], payOuts: null };
    return { sold, groups, entries: await sums.entries(bulk, scope), payOuts: await this.payOuts(bulk, scope) };
  }

  /** As the breaks of the bank see them. */
  private async payOuts(bulk: Bulk, { chainId, accountIds, from, to }: ReportScope): Promise<PayOut[]> {
    const { batches, compareBatches, payOutBreaks } = this.parts;
    const isWithin = (date: string | undefined) => date !== undefined && date >= from && date <= to;
    const found: PayOut[] = [];
    for (const accountId of accountIds) {
      const sides = await batches.sides(bulk, accountId, { from: addDays(from, -REACH_DAYS), to: addDays(to, REACH_DAYS) });
      const payouts = sides.length === 0 ? [] : await compareBatches.payouts(bulk, { chainId, accountId }, sides, { from, to });
      found.push(...payOutsOf(accountId, sides, payouts, await payOutBreaks.batchIds(bulk, accountId, sides.map(({ batchId }) => batchId))));
    }
    return found.filter(({ settledOn, paid }) => isWithin(settledOn) || isWithin(paid?.bookedOn)).sort((a, b) => (a.settledOn < b.settledOn ? -1 : a.settledOn > b.settledOn ? 1 : 0));
  }
}

/** What changed without the bank. */
export function unpaidMovements({ sold, groups, entries }: Moved): Movement[] {
  return [...sold.map(({ storeId: _, ...each }) => ({ ...each, isExplained: true })), ...groups.flatMap(settlementMovements), ...entries];
}

/** What the bank booked on these days. */
export function paidMovements({ payOuts }: Moved, { from, to }: Pick<ReportScope, 'from' | 'to'>): Movement[] {
  return (payOuts ?? []).flatMap(({ accountId, paid }) => (paid === null || paid.bookedOn < from || paid.bookedOn > to ? [] : [
    { kind: 'paid', date: paid.bookedOn, accountId, count: 1, amount: { ...paid.amount, minor: -paid.amount.minor }, isExplained: true },
  ]));
}

export function claimsOf({ groups }: Moved): Claim[] {
  return groups.flatMap(({ expected, isOfPeriod }) => (expected === null ? [] : [{ amount: expected, isOfPeriod }]));
}

export function settledOf({ groups }: Moved) {
  return groups.map(netOfGroup);
}
