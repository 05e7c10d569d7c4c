import { describe, expect, it } from '@jest/globals';
import { money } from '@scantill/kernel';
import { acceptClosing, DAYS_BACK_MAX, type DayClosing } from './day-closing.js';
import type { RegisteredStore } from './selling-terms.js';

const UNTIL = new Date('2026-11-26T04:00:00+08:00');
const later = (ms: number) => new Date(UNTIL.getTime() + ms);
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const store: RegisteredStore = { name: 'Pier 1', mcc: '5814', region: 'SG', tills: [], accounts: { USD: 'demo-usd' } };
const closing = (...currencies: readonly string[]): DayClosing => ({
  chainId: 'demo', storeId: 'pier-1', date: '2026-11-25', from: later(-DAY_MS), until: UNTIL, closedAt: UNTIL,
  totals: currencies.map((currency) => ({ sales: { count: 1, amount: money(currency, 100n) }, refunds: { count: 0, amount: money(currency, 0n) } })),
});

describe('the closing of a trading day', () => {
  it.each<[string, DayClosing, RegisteredStore | undefined, Date]>([
    ['of its store', closing('USD'), store, UNTIL],
    ['in a currency that the store does not sell in any more', closing('USD', 'JPY'), store, UNTIL],
    ['on which nothing was sold', closing(), store, UNTIL],
    ['by a clock that is a little ahead', closing('USD'), store, later(-10 * MINUTE_MS)],
    ['as late as can be', closing('USD'), store, later(DAYS_BACK_MAX * DAY_MS)],
  ])('is accepted %s', (_what, day, registered, now) => expect(acceptClosing(day, registered, now)).toEqual({ ok: true, value: { USD: 'demo-usd' } }));

  it.each<[string, DayClosing, RegisteredStore | undefined, Date, string]>([
    ['of a store that nobody knows', closing('USD'), undefined, UNTIL, 'UnknownStore'],
    ['of a store that sells nothing at all', closing(), { ...store, accounts: {} }, UNTIL, 'NoAccount'],
    ['before it is over', closing('USD'), store, later(-10 * MINUTE_MS - 1), 'DayNotOver'],
    ['that is long past', closing('USD'), store, later(DAYS_BACK_MAX * DAY_MS + 1), 'DayTooOld'],
  ])('is refused %s', (_what, day, registered, now, kind) => expect(acceptClosing(day, registered, now)).toEqual({ ok: false, error: { kind } }));
});
