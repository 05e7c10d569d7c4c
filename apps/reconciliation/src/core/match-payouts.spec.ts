import { describe, expect, it } from '@jest/globals';
import { money } from '@scantill/kernel';
import { matchPayouts } from './match-payouts.js';
import { accumulate, amountOf, type Batch, type Booking } from './payout.js';

const idOf = (day: number) => `2026110${day}1021040123`;
const batch = (day: number, minor: bigint, more: Partial<Batch> & { currency?: string } = {}): Batch => {
  const { currency = 'USD', ...changes } = more;
  return { batchId: idOf(day), settledOn: `2026-11-0${day}`, net: money(currency, minor), minimumMinor: 0n, dueOn: `2026-11-0${day + 4}`, missingOn: null, ...changes };
};
const booking = (day: number, minor: bigint, more: Partial<Booking> & { currency?: string } = {}): Booking => {
  const { currency = 'USD', ...changes } = more;
  return { fileId: 'S1', line: day, bookedOn: `2026-11-0${day}`, amount: money(currency, minor), text: 'ALIPAY', reference: null, ...changes };
};
const ends = (batches: readonly Batch[], bookings: readonly Booking[]) => matchPayouts(batches, bookings).map(({ batches: some, end }) => {
  const by = 'by' in end ? end.by : 'candidates' in end ? end.candidates : [];
  return [some.map(({ batchId }) => batchId.slice(7, 8)).join('+'), end.kind, ...by.map(({ line }) => line)].join(' ');
});

describe('a booking that names a batch', () => {
  it('pays it out, in its text or as its reference, on whatever day', () => {
    expect(ends([batch(2, 725n)], [booking(9, 725n, { text: `SETTLEMENT ${idOf(2)}/USD` })])).toEqual(['2 paid 9']);
    expect(ends([batch(2, 725n)], [booking(1, 725n, { reference: idOf(2) })])).toEqual(['2 paid 1']);
  });

  it('differs where it comes to something else, or to another currency', () => {
    expect(matchPayouts([batch(2, 725n)], [booking(3, 700n, { reference: idOf(2) })])[0]?.end).toMatchObject({ kind: 'differs', booked: money('USD', 700n) });
    expect(matchPayouts([batch(2, 725n)], [booking(3, 690n, { currency: 'EUR', reference: idOf(2) })])[0]?.end).toMatchObject({ kind: 'differs', booked: null });
  });

  it('may be one of several: part by part, or taken back', () => {
    const named = { reference: idOf(2) };
    expect(ends([batch(2, 725n)], [booking(3, 700n, named), booking(4, 25n, named)])).toEqual(['2 paid 3 4']);
    expect(ends([batch(2, 725n)], [booking(3, 725n, named), booking(4, -725n, named)])).toEqual(['2 differs 3 4']);
  });

  it('may name several', () => {
    const text = `${idOf(3)},${idOf(2)}`;
    const some = [batch(2, 725n), batch(3, 100n)];
    expect(ends(some, [booking(4, 825n, { text })])).toEqual(['2+3 paid 4']);
    expect(ends(some, [booking(4, 725n, { text })])).toEqual(['2+3 differs 4']);
  });

  it('names it by whole words alone', () => {
    expect(ends([batch(2, 725n)], [booking(9, 725n, { text: `X${idOf(2)} 20261102` })])).toEqual(['2 unbooked']);
  });
});

describe('a booking that names none', () => {
  it('pays a batch out by its exact amount, within the days of the bank', () => {
    for (const [day, end] of [[1, '2 paid 1'], [2, '2 paid 2'], [6, '2 paid 6'], [7, '2 unbooked']] as const) expect(ends([batch(2, 725n)], [booking(day, 725n)])).toEqual([end]);
    expect(ends([batch(2, 725n)], [booking(3, 724n), booking(3, 725n, { currency: 'SGD' })])).toEqual(['2 unbooked']);
    expect(ends([batch(2, 725n)], [booking(3, -725n)])).toEqual(['2 unbooked']);
  });

  it('is not guessed at where another would fit, too', () => {
    expect(ends([batch(2, 725n)], [booking(3, 725n), booking(4, 725n)])).toEqual(['2 ambiguous 3 4']);
    expect(ends([batch(2, 725n), batch(3, 725n)], [booking(4, 725n)])).toEqual(['2 ambiguous 4', '3 ambiguous 4']);
    expect(ends([batch(2, 725n), batch(3, 725n)], [booking(3, 725n, { reference: idOf(3) }), booking(4, 725n, { reference: idOf(8) })])).toEqual(['2 paid 4', '3 paid 3']);
  });

  it('in two statements that overlap is one booking, and twice in one statement is two', () => {
    expect(ends([batch(2, 725n)], [booking(3, 725n), booking(3, 725n, { fileId: 'S2', line: 8 })])).toEqual(['2 paid 3']);
    expect(ends([batch(2, 725n)], [booking(3, 725n), booking(3, 725n, { line: 8 })])).toEqual(['2 ambiguous 3 8']);
  });
});

describe('a batch below the minimum', () => {
  const least = { minimumMinor: 1_000n };
  const three = [batch(2, 400n, least), batch(3, 500n, least), batch(4, 300n, least)];

  it('waits, and is paid out with those after it', () => {
    // 4.00 + 5.00 = 9.00 < 10.00 ≤ 9.00 + 3.00 = 12.00
    expect(accumulate(three).map(amountOf)).toEqual([money('USD', 1_200n)]);
    expect(ends(three.slice(0, 2), [])).toEqual(['2+3 pending']);
    expect(ends(three, [])).toEqual(['2+3+4 unbooked']);
    expect(ends(three, [booking(5, 1_200n)])).toEqual(['2+3+4 paid 5']);
    expect(ends(three, [booking(5, 1_200n, { reference: idOf(4) })])).toEqual(['2+3+4 paid 5']);
  });

  it('may have been paid out alone all the same', () => {
    expect(ends(three, [booking(4, 500n)])).toEqual(['2 pending', '3 paid 4', '4 pending']);
    expect(ends(three, [booking(5, 500n, { reference: idOf(3) })])).toEqual(['2 pending', '3 paid 5', '4 pending']);
    expect(ends(three.slice(0, 1), [booking(5, 400n)])).toEqual(['2 paid 5']);
  });

  it('is not taken for another by an amount that would fit twice', () => {
    expect(ends(three, [booking(5, 1_200n), booking(6, 1_200n)])).toEqual(['2+3+4 ambiguous 5 6']);
  });
});

describe('a batch that comes to nothing or less', () => {
  it('pays out nothing, and what it owes is taken off the next', () => {
    expect(ends([batch(2, 0n)], [])).toEqual([]);
    expect(ends([batch(2, -300n)], [])).toEqual(['2 pending']);
    expect(ends([batch(2, -300n), batch(3, 300n)], [])).toEqual(['2+3 pending']);
    expect(ends([batch(2, -300n), batch(3, 1_000n)], [booking(4, 700n)])).toEqual(['2+3 paid 4']);
    expect(ends([batch(2, -300n), batch(3, 1_000n)], [booking(4, 1_000n)])).toEqual(['2 pending', '3 paid 4']);
    expect(ends([batch(2, -300n, { currency: 'EUR' }), batch(3, 1_000n)], [booking(4, 1_000n)])).toEqual(['2 pending', '3 paid 4']);
  });
});
