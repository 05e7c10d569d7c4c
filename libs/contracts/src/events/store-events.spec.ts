import { describe, expect, it } from '@jest/globals';
import { storeDayClosedV1 } from './store-events.js';

const total = { currency: 'USD', sales: { count: 2, minor: '300' }, refunds: { count: 0, minor: '0' } };
const day = { chainId: 'demo', storeId: 'S001', date: '2026-11-25', from: '2026-11-25T04:00:00+08:00', until: '2026-11-26T04:00:00+08:00', totals: [total] };

function faults(changes: object): string[] {
  const parsed = storeDayClosedV1.data.safeParse({ ...day, ...changes });
  return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
}

describe('the closing of a trading day', () => {
  it.each([
    ['as usual', {}],
    ['on which nothing was sold', { totals: [] }],
    ['of 72 hours', { until: '2026-11-28T04:00:00+08:00' }],
    ['of a store far in the east, where it begins the day before by UTC', { from: '2026-11-25T00:00:00+14:00', until: '2026-11-25T08:00:00+14:00' }],
    ['of a store far in the west, where it ends the day after', { from: '2026-11-25T16:00:00-12:00', until: '2026-11-26T00:00:00-12:00' }],
  ])('may be %s', (_what, changes) => expect(faults(changes)).toEqual([]));

  it.each([
    ['that ends when it begins', { until: day.from }, 'until is not later than from'],
    ['of more than 72 hours', { until: '2026-11-28T04:00:01+08:00' }, 'until is more than 72 hours after from'],
    ['of another date', { date: '2026-12-25' }, 'date is no day between from and until'],
    ['of a date in the past', { date: '2025-11-25' }, 'date is no day between from and until'],
    ['of an impossible date', { date: '2026-11-31' }, 'date Invalid ISO date'],
    ['with a currency twice', { totals: [total, total] }, 'totals has a currency twice'],
    ['with an amount below zero', { totals: [{ ...total, refunds: { count: 1, minor: '-5' } }] }, 'totals.0.refunds.minor a whole number of minor units, zero or more, with at most 15 digits'],
    ['with half a unit', { totals: [{ ...total, sales: { count: 1, minor: '5.5' } }] }, 'totals.0.sales.minor a whole number of minor units, zero or more, with at most 15 digits'],
    ['with more than can be added up', { totals: [{ ...total, sales: { count: 1, minor: `1${'0'.repeat(15)}` } }] }, 'totals.0.sales.minor a whole number of minor units, zero or more, with at most 15 digits'],
    ['without a zone', { from: '2026-11-25T04:00:00' }, 'from Invalid ISO datetime'],
  ])('is none %s', (_what, changes, fault) => expect(faults(changes)).toContain(fault));
});
