import { add, zero, type Currency, type Money } from '@scantill/kernel';
import { accumulate, amountOf, distinct, inOrder, isCandidate, isPaidOut, keyOfBatches, wordsOf, type Batch, type Booking, type Payout, type PayoutEnd } from './payout.js';

/** Batches and the bookings that name them, directly or through each other. */
interface Knot {
  readonly batches: Set<Batch>;
  readonly named: Set<Batch>;
  readonly bookings: Set<Booking>;
}

/**
 * Which bookings pay out which batches. A booking that names a batch belongs to it, whatever it amounts to; one that names none does
 * only by the exact amount within the days of the bank, and only where nothing else fits on either side. The same batches and bookings
 * give the same pay-outs in whatever order and statements they come.
 */
export function matchPayouts(batches: readonly Batch[], bookings: readonly Booking[]): Payout[] {
  const known = distinct(bookings);
  const knots = tie(accumulate(batches), known);
  const { ended, left } = endByName(knots);
  const named = new Set(knots.flatMap((knot) => [...knot.bookings]));
  const free = known.filter((booking) => !named.has(booking) && booking.amount.minor > 0n);
  return [...ended, ...endByAmount(left, free)].sort((one, other) => (keyOfBatches(one.batches) < keyOfBatches(other.batches) ? -1 : 1));
}

/** Groups with the bookings that name one of their batches. One that names several ties them together. */
function tie(groups: readonly Batch[][], bookings: readonly Booking[]): Knot[] {
  const knotOf = new Map<Batch, Knot>();
  for (const group of groups) {
    const knot: Knot = { batches: new Set(group), named: new Set(), bookings: new Set() };
    for (const batch of group) knotOf.set(batch, knot);
  }
  const byId = Map.groupBy(knotOf.keys(), ({ batchId }) => batchId);
  for (const booking of bookings) {
    const meant = meantBy(booking, byId);
    const [first, ...others] = [...new Set(meant.map((batch) => knotOf.get(batch)))].filter((knot) => knot !== undefined);
    if (first === undefined) continue;
    for (const other of others) join(first, other, knotOf);
    first.bookings.add(booking);
    for (const batch of meant) first.named.add(batch);
  }
  return [...new Set(knotOf.values())];
}

/** Of one currency: a batch may come to something in two, and then that of the booking is meant. */
function meantBy(booking: Booking, byId: ReadonlyMap<string, readonly Batch[]>): readonly Batch[] {
  const named = inOrder([...wordsOf(booking)].flatMap((word) => byId.get(word) ?? []));
  const alike = named.filter(({ net }) => net.currency === booking.amount.currency);
  // The bank exchanged the money.
  return alike.length > 0 ? alike : named.filter(({ net }) => net.currency === named[0]?.net.currency);
}

function join(knot: Knot, other: Knot, knotOf: Map<Batch, Knot>): void {
  for (const batch of other.batches) {
    knot.batches.add(batch);
    knotOf.set(batch, knot);
  }
  for (const batch of other.named) knot.named.add(batch);
  for (const booking of other.bookings) knot.bookings.add(booking);
}

/** What is named ends by it: all that was to be paid out together, or what is named alone. `left`: what no booking names. */
function endByName(knots: readonly Knot[]): { readonly ended: Payout[]; readonly left: Batch[][] } {
  const ended: Payout[] = [];
  const left: Batch[][] = [];
  for (const knot of knots) {
    const [all, named, by] = [inOrder([...knot.batches]), inOrder([...knot.named]), [...knot.bookings]];
    if (by.length === 0) {
      left.push(all);
      continue;
    }
    const booked = bookedIn(amountOf(all).currency, by);
    const isApart = booked?.minor !== amountOf(all).minor && booked?.minor === amountOf(named).minor;
    if (isApart) left.push(...all.filter((batch) => !knot.named.has(batch)).map((batch) => [batch]));
    const batches = isApart ? named : all;
    ended.push({ batches, end: booked?.minor === amountOf(batches).minor ? { kind: 'paid', by } : { kind: 'differs', booked, by } });
  }
  return { ended, left };
}

/** Amounts of two currencies are not added up: null. */
function bookedIn(currency: Currency, by: readonly Booking[]): Money | null {
  return by.every(({ amount }) => amount.currency === currency) ? by.reduce((sum, { amount }) => add(sum, amount), zero(currency)) : null;
}

/** First what is to be paid out together; what was not found so may have been paid out apart. */
function endByAmount(groups: readonly Batch[][], free: readonly Booking[]): Payout[] {
  const together = findAll(groups, free);
  const taken = new Set(together.flatMap(({ end }) => (end.kind === 'paid' ? end.by : [])));
  const lost = together.filter(({ batches, end }) => end.kind === 'unbooked' && batches.length > 1);
  const apart = findAll(lost.flatMap(({ batches }) => batches.map((batch) => [batch])), free.filter((booking) => !taken.has(booking)));
  const found = new Set(apart.filter(({ end }) => end.kind === 'paid').flatMap(({ batches }) => batches));
  const isSplit = (batch: Batch) => lost.some(({ batches }) => batches.includes(batch) && batches.some((other) => found.has(other)));
  return [...together.filter(({ batches }) => !batches.some(isSplit)), ...apart.filter(({ batches }) => batches.some(isSplit))];
}

function findAll(groups: readonly Batch[][], free: readonly Booking[]): Payout[] {
  const byAmount = Map.groupBy(free, ({ amount }) => amount.minor);
  const found = groups.map((batches) => ({ batches, candidates: (byAmount.get(amountOf(batches).minor) ?? []).filter((booking) => isCandidate(batches, booking)) }));
  const wanted = new Map<Booking, number>();
  for (const booking of found.flatMap(({ candidates }) => candidates)) wanted.set(booking, (wanted.get(booking) ?? 0) + 1);
  return found.map(({ batches, candidates }) => ({ batches, end: endOf(batches, candidates, wanted) }));
}

function endOf(batches: readonly Batch[], candidates: readonly Booking[], wanted: ReadonlyMap<Booking, number>): PayoutEnd {
  const [first, second] = candidates;
  if (first !== undefined && second === undefined && wanted.get(first) === 1) return { kind: 'paid', by: [first] };
  if (!isPaidOut(batches)) return { kind: 'pending' };
  return first === undefined ? { kind: 'unbooked' } : { kind: 'ambiguous', candidates };
}
