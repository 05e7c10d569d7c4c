import { describe, expect, it } from '@jest/globals';
import { money } from '@scantill/kernel';
import { pairPayOuts, type Batch, type Booking } from './pay-out.js';

// A Tuesday; five working days later is the next Tuesday.
const SETTLED_ON = '2026-11-24';
const batch = (batchId: string, summary: bigint): Batch => ({ accountId: 'demo-usd', batchId, settledOn: SETTLED_ON, currency: 'USD', items: null, summary, isExplained: false });
const booking = (batchId: string, bookingId: string, minor: bigint, more: Partial<Booking> = {}): Booking => ({
  accountId: 'demo-usd', batchId, bookingId, bookedOn: '2026-11-25', amount: money('USD', minor), reference: null, isNamed: false, ...more,
});
const paid = (batches: readonly Batch[], bookings: readonly Booking[]) => pairPayOuts(batches, bookings).map(({ batchId, paid: by }) => [batchId, by?.amount.minor ?? null]);

describe('a booked line', () => {
  it('pays the batch that it names, whatever its amount', () => {
    expect(paid([batch('B1', 970n)], [booking('B1', 'k1', 960n, { isNamed: true })])).toEqual([['B1', 960n]]);
  });

  it('pays by its amount where there is no choice, within five working days', () => {
    expect(paid([batch('B1', 970n)], [booking('B1', 'k1', 970n)])).toEqual([['B1', 970n]]);
    expect(paid([batch('B1', 970n)], [booking('B1', 'k1', 970n, { bookedOn: '2026-12-01' })])).toEqual([['B1', 970n]]);
    expect(paid([batch('B1', 970n)], [booking('B1', 'k1', 970n, { bookedOn: '2026-12-02' })])).toEqual([['B1', null]]);
    expect(paid([batch('B1', 970n)], [booking('B1', 'k1', 971n)])).toEqual([['B1', null]]);
  });

  it('pays nothing where two may be meant', () => {
    const two = [batch('B1', 970n), batch('B2', 970n)];
    expect(paid(two, [booking('B1', 'k1', 970n), booking('B2', 'k1', 970n)])).toEqual([['B1', null], ['B2', null]]);
    expect(paid([batch('B1', 970n)], [booking('B1', 'k1', 970n), booking('B1', 'k2', 970n)])).toEqual([['B1', null]]);
    expect(paid(two, [booking('B1', 'k1', 970n, { isNamed: true }), booking('B2', 'k1', 970n)])).toEqual([['B1', 970n], ['B2', null]]);
  });
});
