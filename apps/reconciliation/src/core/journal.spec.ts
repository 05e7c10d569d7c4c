import { describe, expect, it } from '@jest/globals';
import { money, toMajorText } from '@scantill/kernel';
import { correctionsOf, defaultLedger, entriesOf, linesOf, nextOpen, type Entry } from './journal.js';
import type { Movement } from './movement.js';

const movement = (kind: Movement['kind'], minor: bigint, currency = 'USD'): Movement => ({ kind, date: '2026-10-31', accountId: 'demo-usd', count: 1, amount: money(currency, minor), isExplained: true });
const told = (entries: readonly Entry[]) => entries.flatMap(linesOf).map(({ date, account, side, amount, reference }) => `${date} ${account.number} ${side} ${toMajorText(amount)} ${amount.currency}, ${reference}`);

describe('a journal', () => {
  it('says for every movement what is owed more or less, and why', () => {
    expect(told(entriesOf([movement('sale', 1000n), movement('fee', -30n), movement('paid', -970n)], defaultLedger))).toEqual([
      '2026-10-31 6200 debit 0.30 USD, demo-usd 2026-10-31 fee', '2026-10-31 1200 credit 0.30 USD, demo-usd 2026-10-31 fee',
      '2026-10-31 1000 debit 9.70 USD, demo-usd 2026-10-31 paid', '2026-10-31 1200 credit 9.70 USD, demo-usd 2026-10-31 paid',
      '2026-10-31 1200 debit 10.00 USD, demo-usd 2026-10-31 sale', '2026-10-31 4000 credit 10.00 USD, demo-usd 2026-10-31 sale',
    ]);
  });

  it('keeps each currency balanced when one is exchanged into another', () => {
    expect(told(entriesOf([movement('exchanged', -18_000n, 'KRW'), movement('exchanged', 1500n)], defaultLedger))).toEqual([
      '2026-10-31 1290 debit 18000 KRW, demo-usd 2026-10-31 exchanged', '2026-10-31 1200 credit 18000 KRW, demo-usd 2026-10-31 exchanged',
      '2026-10-31 1200 debit 15.00 USD, demo-usd 2026-10-31 exchanged', '2026-10-31 1290 credit 15.00 USD, demo-usd 2026-10-31 exchanged',
    ]);
  });

  it('books a later change of a locked month on the first day that is open', () => {
    // 10.00 was booked; 12.50 it is now, and 2.00 went back: 2.50 more, and 2.00 less.
    const booked = entriesOf([movement('sale', 1000n)], defaultLedger);
    const corrections = correctionsOf('2026-10', booked, [movement('sale', 1250n), movement('refund', -200n)], { on: '2026-12-01', ledger: defaultLedger });
    expect(told(corrections)).toEqual([
      '2026-12-01 4100 debit 2.00 USD, demo-usd 2026-12-01 refund of 2026-10', '2026-12-01 1200 credit 2.00 USD, demo-usd 2026-12-01 refund of 2026-10',
      '2026-12-01 1200 debit 2.50 USD, demo-usd 2026-12-01 sale of 2026-10', '2026-12-01 4000 credit 2.50 USD, demo-usd 2026-12-01 sale of 2026-10',
    ]);
    expect(correctionsOf('2026-10', [...booked, ...corrections], [movement('sale', 1250n), movement('refund', -200n)], { on: '2027-01-01', ledger: defaultLedger })).toEqual([]);
  });

  it('goes on after the locked months', () => {
    expect(nextOpen('2026-10', new Set(['2026-10', '2026-11', '2026-12', '2027-02']))).toBe('2027-01');
  });
});
