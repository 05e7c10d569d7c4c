import { describe, expect, it } from '@jest/globals';
import { money } from '@scantill/kernel';
import fc from 'fast-check';
import { addDays } from './calendar.js';
import { matchPayouts } from './match-payouts.js';
import { accumulate, amountOf, inOrder, type Batch, type Booking, type Payout } from './payout.js';

const FIRST_DAY = '2026-11-02';

/** Few amounts and days, so that much fits by chance. */
const batches = fc.array(fc.record({ day: fc.nat(6), minor: fc.bigInt({ min: -3n, max: 9n }), currency: fc.constantFrom('USD', 'EUR'), minimumMinor: fc.constantFrom(0n, 6n) }), { maxLength: 8 })
  .map((all) => all.map(({ day, minor, currency, minimumMinor }, index): Batch => {
    const settledOn = addDays(FIRST_DAY, day);
    return { batchId: `BATCH00${index}`, settledOn, net: money(currency, minor), minimumMinor, dueOn: addDays(settledOn, 7), missingOn: null };
  }));
const bookings = fc.array(fc.record({
  fileId: fc.constantFrom('S1', 'S2'), day: fc.nat(12), minor: fc.bigInt({ min: -3n, max: 15n }), currency: fc.constantFrom('USD', 'EUR'),
  names: fc.array(fc.nat(9), { maxLength: 2 }), isReference: fc.boolean(),
}), { maxLength: 10 }).map((all) => all.map(({ fileId, day, minor, currency, names, isReference }, line): Booking => {
  const words = names.map((index) => `BATCH00${index}`).join(' ');
  return { fileId, line, bookedOn: addDays(FIRST_DAY, day), amount: money(currency, minor), text: isReference ? '' : words, reference: isReference ? words : null };
}));

/** Without the ids of files and the numbers of lines, which are ours. */
function told(payouts: readonly Payout[]): unknown {
  return payouts.map(({ batches: some, end }) => ({
    batches: some.map(({ batchId }) => batchId), kind: end.kind, booked: end.kind === 'differs' ? end.booked?.minor : undefined,
    by: bookingsOf(end).map(({ bookedOn, amount: { currency, minor }, text, reference }) => `${bookedOn} ${currency} ${minor} ${text} ${reference}`).sort(),
  }));
}

function bookingsOf(end: Payout['end']): readonly Booking[] {
  return 'by' in end ? end.by : 'candidates' in end ? end.candidates : [];
}

const total = (amounts: readonly { readonly minor: bigint }[]) => amounts.reduce((sum, { minor }) => sum + minor, 0n);
const shuffled = <T>(all: readonly T[]) => fc.shuffledSubarray([...all], { minLength: all.length });

describe('pay-outs', () => {
  it('are the same in whatever order batches and bookings come', () => {
    const orders = fc.tuple(batches, bookings).chain(([some, booked]) => fc.tuple(fc.constant(some), fc.constant(booked), shuffled(some), shuffled(booked)));
    fc.assert(fc.property(orders, ([some, booked, otherwise, bookedOtherwise]) => {
      expect(told(matchPayouts(otherwise, bookedOtherwise))).toEqual(told(matchPayouts(some, booked)));
    }), { numRuns: 1_000 });
  });

  it('are the same when a statement comes a second time, and when statements are called otherwise', () => {
    fc.assert(fc.property(batches, bookings, (some, booked) => {
      const again = booked.map((booking) => ({ ...booking, fileId: `Z${booking.fileId}` }));
      expect(told(matchPayouts(some, [...again, ...booked]))).toEqual(told(matchPayouts(some, booked)));
    }), { numRuns: 500 });
  });

  it('hold every batch that comes to something once, and no booking twice, and are paid by what they come to', () => {
    fc.assert(fc.property(batches, bookings, (some, booked) => {
      const payouts = matchPayouts(some, booked);
      expect(payouts.flatMap((payout) => payout.batches.map(({ batchId }) => batchId)).sort()).toEqual(some.filter(({ net }) => net.minor !== 0n).map(({ batchId }) => batchId).sort());
      const by = payouts.flatMap(({ end }) => ('by' in end ? end.by : []));
      expect(new Set(by).size).toBe(by.length);
      for (const { batches: paid, end } of payouts) {
        if (end.kind === 'paid') expect(total(end.by.map(({ amount }) => amount))).toBe(amountOf(paid).minor);
      }
    }), { numRuns: 1_000 });
  });

  it('are all paid by a bank that books what is paid out, under the id of the last batch', () => {
    fc.assert(fc.property(batches, (some) => {
      const groups = accumulate(some).filter((group) => total(group.map(({ net }) => net)) > 0n);
      const booked = groups.map((group, line): Booking => {
        const [last] = inOrder(group).slice(-1);
        return { fileId: 'S1', line, bookedOn: last?.dueOn ?? '', amount: amountOf(group), text: '', reference: last?.batchId ?? null };
      });
      const kinds = matchPayouts(some, booked).filter(({ batches: paid }) => amountOf(paid).minor > 0n).map(({ end }) => end.kind);
      expect(kinds.filter((kind) => kind !== 'paid')).toEqual([]);
    }), { numRuns: 500 });
  });
});
