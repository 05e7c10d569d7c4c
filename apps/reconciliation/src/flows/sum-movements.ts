import type { Claim } from '../core/bridge.js';
import { netOfGroup, settlementMovements, type Movement, type SettledGroup, type Sold } from '../core/movement.js';
import { pairPayOuts, type PayOut } from '../core/pay-out.js';
import type { Bulk } from '../outbound/bulk.js';
import type { PayOutReader } from '../outbound/pay-out.reader.js';
import type { ReportScope, ReportSums } from '../outbound/report-sums.js';

/** Everything that moved on some days, by day. */
export interface Moved {
  readonly sold: readonly Sold[];
  readonly groups: readonly SettledGroup[];
  readonly entries: readonly Movement[];
  /** Settled or paid in these days; null for a store, because the bank pays accounts. */
  readonly payOuts: readonly PayOut[] | null;
}

/** Reads what moved, added up by the database: the one source of bridge and journal, so that the two cannot disagree. */
export class SumMovements {
  constructor(private readonly sums: ReportSums, private readonly payOuts: PayOutReader) {}

  async run(bulk: Bulk, scope: ReportScope): Promise<Moved> {
    const sold = await this.sums.sold(bulk, scope, false);
    const groups = await this.sums.settled(bulk, scope);
    if (scope.storeId !== null) return { sold, groups, entries: [], payOuts: null };
    return { sold, groups, entries: await this.sums.entries(bulk, scope), payOuts: await this.paid(bulk, scope) };
  }

  private async paid(bulk: Bulk, scope: ReportScope): Promise<PayOut[]> {
    const batches = await this.payOuts.batches(bulk, scope);
    const paired = pairPayOuts(batches, await this.payOuts.bookings(bulk, batches, scope.to));
    const isWithin = (date: string | undefined) => date !== undefined && date >= scope.from && date <= scope.to;
    return paired.filter(({ settledOn, paid }) => isWithin(settledOn) || isWithin(paid?.bookedOn));
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
