import { describe, expect, it } from '@jest/globals';
import { hashOf, planDay, VICTIMS } from './plan.ts';

const size = { seed: 7, orders: 300, minutes: 1, withKills: true };

describe('the plan of a day', () => {
  it('is the same for the same seed and size, and another one otherwise', () => {
    expect(hashOf(planDay(size))).toBe(hashOf(planDay({ ...size })));
    for (const other of [{ seed: 8 }, { orders: 299 }, { minutes: 2 }, { withKills: false }]) expect(hashOf(planDay({ ...size, ...other }))).not.toBe(hashOf(planDay(size)));
  });

  it('has everything in it that can happen', () => {
    const { sales, outages } = planDay(size);
    const every = (of: (sale: (typeof sales)[number]) => readonly unknown[]) => [...new Set(sales.flatMap(of))].sort();
    expect(every(({ storeId }) => [storeId])).toEqual(['S001', 'S002']);
    expect(every(({ currency }) => [currency])).toEqual(['JPY', 'KWD', 'USD']);
    expect(every(({ door }) => [door])).toEqual(['http', 'kafka']);
    expect(every(({ visits }) => visits.map(({ kind }) => kind))).toEqual(['dawdles', 'declines', 'pays', 'scans-twice', 'vanishes']);
    expect(every(({ cancel }) => [cancel?.door])).toEqual(['http', 'kafka', undefined]);
    expect(every(({ newCodes }) => [newCodes])).toEqual([0, 1, 2]);
    const refunds = sales.flatMap(({ minor, refunds: planned }) => planned.map((refund) => ({ ...refund, ofMinor: minor })));
    expect(refunds.some(({ minor }) => minor === null)).toBe(true);
    expect(refunds.some(({ minor, ofMinor }) => minor !== null && minor > ofMinor)).toBe(true);
    expect(refunds.some(({ isRepeated, door }) => isRepeated && door === 'kafka')).toBe(true);
    expect(outages).not.toHaveLength(0);
  });

  it('plants one mistake in the files of each account, every kind in one day or another', () => {
    const days = Array.from({ length: 40 }, (_, seed) => planDay({ ...size, seed }).defects);
    expect(days.every((defects) => new Set(defects.map(({ customerId }) => customerId)).size === 3)).toBe(true);
    expect(new Set(days.flat().map(({ kind }) => kind)).size).toBe(10);
  });

  it('kills each process in one day or another, within the day', () => {
    const kills = Array.from({ length: 20 }, (_, seed) => planDay({ ...size, seed })).flatMap((plan) => plan.kills);
    expect([...new Set(kills.map(({ victim }) => victim))].sort()).toEqual([...VICTIMS].sort());
    expect(kills.every(({ atMs }) => atMs >= 0 && atMs <= 60_000)).toBe(true);
  });
});
