import { describe, expect, it } from '@jest/globals';
import { format, money } from '@scantill/kernel';
import type { BatchSide } from './batch-side.js';
import { dueOf, payOutsOf } from './pay-out.js';
import type { Batch, Booking, Payout } from './payout.js';

const SETTLED_ON = '2026-11-24';
const figures = (net: bigint) => ({ count: 1, net, coupon: 0n, fees: new Map() });
const side = (batchId: string, items: bigint | null, summary: bigint | null): BatchSide => ({
  batchId, currency: 'USD', settledOn: SETTLED_ON, itemFileIds: [],
  items: items === null ? [] : [{ batchId, type: 'PAYMENT', currency: 'USD', figures: figures(items) }],
  rows: summary === null ? [] : [{ batchId, type: 'TOTAL', currency: 'USD', figures: figures(summary), row: { id: 'f', line: 2, raw: '' } }],
});
const batch = (batchId: string, net: bigint): Batch => ({ batchId, settledOn: SETTLED_ON, net: money('USD', net), minimumMinor: 0n, dueOn: '2026-12-01', missingOn: null });
const booking = (bookedOn: string, minor: bigint, currency = 'USD'): Booking => ({ fileId: 'f', line: 1, bookedOn, amount: money(currency, minor), text: '', reference: 'R' });
const told = (sides: readonly BatchSide[], payouts: readonly Payout[]) => payOutsOf('demo-usd', sides, payouts, new Set(['B2'])).map((each) => [each.batchId, format(dueOf(each)), each.paid === null ? null : `${each.paid.bookedOn} ${format(each.paid.amount)}`, each.isExplained]);

describe('a pay-out', () => {
  it('is due by its summary, else by its items, and not paid while the bank has nothing of it', () => {
    expect(told([side('B1', 970n, 980n), side('B2', 500n, null), side('B3', null, 100n)], [])).toEqual([['B1', '9.80 USD', null, false], ['B2', '5.00 USD', null, true], ['B3', '1.00 USD', null, false]]);
  });

  it('of several batches gives each its own, and the last what the bank has less', () => {
    // 3.00 and 7.00 in two bookings of 6.00 and 3.95: 9.95, five cents less, on the day of the later one.
    const payout: Payout = { batches: [batch('B1', 300n), batch('B2', 700n)], end: { kind: 'differs', booked: money('USD', 995n), by: [booking('2026-11-26', 395n), booking('2026-11-25', 600n)] } };
    expect(told([side('B1', 300n, null), side('B2', 700n, null)], [payout])).toEqual([['B1', '3.00 USD', '2026-11-26 3.00 USD', false], ['B2', '7.00 USD', '2026-11-26 6.95 USD', true]]);
  });

  it('is not paid by what may be another, nor in another currency', () => {
    const guess: Payout = { batches: [batch('B1', 300n)], end: { kind: 'ambiguous', candidates: [booking('2026-11-25', 300n)] } };
    const exchanged: Payout = { batches: [batch('B2', 700n)], end: { kind: 'differs', booked: null, by: [booking('2026-11-25', 5n, 'EUR')] } };
    expect(told([side('B1', 300n, null), side('B2', 700n, null)], [guess, exchanged])).toEqual([['B1', '3.00 USD', null, false], ['B2', '7.00 USD', null, true]]);
  });
});
