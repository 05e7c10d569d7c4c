import { money, type Currency, type Money } from '@scantill/kernel';
import { itemsNet, netOf, type BatchSide } from './batch-side.js';
import type { Booking, Payout } from './payout.js';

/** A batch as a report shows it: what Alipay says of it, and what the bank has. */
export interface PayOut {
  readonly accountId: string;
  readonly batchId: string;
  readonly settledOn: string;
  readonly currency: Currency;
  /** What its items come to; null while their file is not there. */
  readonly items: bigint | null;
  /** What the summary says; null while it is not there. */
  readonly summary: bigint | null;
  /** A break names what does not agree about it. */
  readonly isExplained: boolean;
  readonly paid: { readonly bookedOn: string; readonly amount: Money; readonly reference: string | null } | null;
}

/** What the bank should have of it. */
export function dueOf({ currency, items, summary }: PayOut): Money {
  return money(currency, summary ?? items ?? 0n);
}

/** Every batch, with its share of what pays it out. @param explained ids of the batches that have a break */
export function payOutsOf(accountId: string, sides: readonly BatchSide[], payouts: readonly Payout[], explained: ReadonlySet<string>): PayOut[] {
  const shares = new Map(payouts.flatMap((payout) => sharesOf(payout)));
  return sides.map((side) => ({
    accountId, batchId: side.batchId, settledOn: side.settledOn, currency: side.currency, isExplained: explained.has(side.batchId),
    items: side.items.length === 0 ? null : itemsNet(side).minor, summary: side.rows.length === 0 ? null : netOf(side).minor, paid: shares.get(keyOf(side.batchId, side.currency)) ?? null,
  }));
}

/** Of batches that are paid out together each has what it comes to, and the last of them what the bank has more or less. */
function sharesOf({ batches, end }: Payout): [string, NonNullable<PayOut['paid']>][] {
  const by = end.kind === 'paid' || end.kind === 'differs' ? end.by : [];
  const last = lastOf(by);
  const currency = batches[0]?.net.currency;
  // Amounts of another currency say nothing of this one.
  if (last === undefined || currency === undefined || by.some(({ amount }) => amount.currency !== currency)) return [];
  const booked = by.reduce((sum, { amount }) => sum + amount.minor, 0n);
  const owed = batches.reduce((sum, { net }) => sum + net.minor, 0n);
  return batches.map(({ batchId, net }, index) => [
    keyOf(batchId, currency), { bookedOn: last.bookedOn, reference: last.reference, amount: index === batches.length - 1 ? money(currency, net.minor + booked - owed) : net },
  ]);
}

function lastOf(bookings: readonly Booking[]): Booking | undefined {
  return [...bookings].sort((a, b) => (a.bookedOn < b.bookedOn ? -1 : 1)).at(-1);
}

function keyOf(batchId: string, currency: Currency): string {
  return `${batchId} ${currency}`;
}
