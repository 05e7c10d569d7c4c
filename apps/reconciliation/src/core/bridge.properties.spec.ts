import { describe, expect, it } from '@jest/globals';
import { money, type Currency } from '@scantill/kernel';
import fc from 'fast-check';
import { bridges, type BridgeParts } from './bridge.js';
import { correctionsOf, defaultLedger, entriesOf, linesOf, type JournalLine } from './journal.js';
import { netOfGroup, settlementMovements, type Movement, type SettledGroup } from './movement.js';
import type { PayOut } from './pay-out.js';

const FROM = '2026-11-10';
const TO = '2026-11-20';
const minor = fc.bigInt({ min: -1_000_000n, max: 1_000_000n });
const currency = fc.constantFrom<Currency>('USD', 'KRW');
const day = fc.constantFrom(FROM, '2026-11-15', TO);
const base = { accountId: 'demo-usd', count: 1, quote: null, foreseen: { count: 0, listed: 0n, expected: 0n } };

const sold = fc.record({ kind: fc.constantFrom<Movement['kind']>('sale', 'refund', 'refund-reversal', 'given-back'), date: day, in: currency, minor })
  .map(({ in: of, minor: amount, ...each }): Movement => ({ ...each, accountId: 'demo-usd', count: 1, amount: money(of, amount), isExplained: true }));
const group = fc.record({ date: day, verdict: fc.constantFrom<SettledGroup['verdict']>('as-expected', 'otherwise', 'unexpected', 'cancelled'), isOfPeriod: fc.boolean(), in: currency, ours: currency, listed: minor, expected: minor, gross: minor, fee: minor, coupon: minor })
  .map(({ in: of, ours, listed, expected, gross, ...each }): SettledGroup => ({
    ...base, ...each, isExplained: true, listed: money(of, listed), gross: money('USD', gross),
    expected: each.verdict === 'as-expected' ? money(of, listed) : each.verdict === 'otherwise' ? money(ours, expected) : null,
  }));
const entry = fc.record({ date: day, kind: fc.constantFrom<Movement['kind']>('account-entry', 'not-ours'), minor })
  .map(({ minor: amount, ...each }): Movement => ({ ...each, accountId: 'demo-usd', count: 1, amount: money('USD', amount), isExplained: true }));
const bank = fc.option(fc.record({ bookedOn: fc.constantFrom('2026-11-05', FROM, TO, '2026-11-25'), minor }), { nil: null });

/** Batches of which the items are what the lines come to: all of the period's in one, and one from before. */
function payOutsOf(groups: readonly SettledGroup[], entries: readonly Movement[], more: { summary: bigint | null; first: { bookedOn: string; minor: bigint } | null; before: bigint; other: { bookedOn: string; minor: bigint } | null }): PayOut[] {
  const items = groups.reduce((sum, each) => sum + netOfGroup(each).minor, 0n) + entries.reduce((sum, { amount }) => sum + amount.minor, 0n);
  const paid = (booked: { bookedOn: string; minor: bigint } | null) => (booked === null ? null : { bookedOn: booked.bookedOn, amount: money('USD', booked.minor), reference: null });
  const of = { accountId: 'demo-usd', currency: 'USD' as const, isExplained: true };
  return [
    { ...of, batchId: 'B1', settledOn: '2026-11-12', items, summary: more.summary, paid: paid(more.first) },
    { ...of, batchId: 'B0', settledOn: '2026-11-01', items: more.before, summary: null, paid: paid(more.other) },
  ];
}

const parts = fc.record({ sales: fc.array(sold), groups: fc.array(group), entries: fc.array(entry), more: fc.record({ summary: fc.option(minor, { nil: null }), first: bank, before: minor, other: bank }) })
  .map(({ sales, groups, entries, more }): BridgeParts => ({
    from: FROM, to: TO, movements: [...sales, ...groups.flatMap(settlementMovements), ...entries], claims: groups.flatMap(({ expected, isOfPeriod }) => (expected === null ? [] : [{ amount: expected, isOfPeriod }])),
    payOuts: payOutsOf(groups, entries, more), settled: [],
  }));

describe('any rows at all', () => {
  it('come to what the bank has, and nothing remains where a break names every difference', () => {
    fc.assert(fc.property(parts, (each) => {
      for (const { items, paid, remainder } of bridges(each)) {
        expect(items.reduce((sum, { amount }) => sum + amount.minor, 0n)).toBe(paid.minor);
        expect(remainder.minor).toBe(0n);
      }
    }));
  });

  it('leave exactly what no break names', () => {
    fc.assert(fc.property(parts, fc.integer({ min: 1, max: 999 }), (each, cents) => {
      const unnamed: Movement = { kind: 'difference', date: FROM, accountId: 'demo-usd', count: 1, amount: money('USD', BigInt(cents)), isExplained: false };
      const payOuts = each.payOuts!.map((payOut, index) => (index === 0 ? { ...payOut, items: payOut.items! + BigInt(cents), summary: payOut.summary === null ? null : payOut.summary + BigInt(cents) } : payOut));
      const usd = bridges({ ...each, payOuts, movements: [...each.movements, unnamed] }).find((bridge) => bridge.currency === 'USD')!;
      expect(usd.remainder.minor).toBe(BigInt(cents));
    }));
  });

  it('are booked with debits that are the credits, and a correction makes of what was booked what is now', () => {
    const movements = parts.map((each) => each.movements);
    fc.assert(fc.property(movements, movements, (before, now) => {
      const booked = entriesOf(before, defaultLedger);
      const corrections = correctionsOf('2026-11', booked, now, { on: '2026-12-01', ledger: defaultLedger });
      expect(balances([...booked, ...corrections].flatMap(linesOf))).toEqual(balances(entriesOf(now, defaultLedger).flatMap(linesOf)));
      for (const all of [booked, corrections]) expect(sides(all.flatMap(linesOf))).toEqual([]);
    }));
  });
});

/** By ledger account and currency; those of nothing left out. */
function balances(lines: readonly JournalLine[]): [string, bigint][] {
  const sums = new Map<string, bigint>();
  for (const { account, side, amount } of lines) {
    const key = `${account.number} ${amount.currency}`;
    sums.set(key, (sums.get(key) ?? 0n) + (side === 'debit' ? amount.minor : -amount.minor));
  }
  return [...sums].filter(([, sum]) => sum !== 0n).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Currencies of which the debits are not the credits. */
function sides(lines: readonly JournalLine[]): string[] {
  const sums = new Map<string, bigint>();
  for (const { side, amount } of lines) sums.set(amount.currency, (sums.get(amount.currency) ?? 0n) + (side === 'debit' ? amount.minor : -amount.minor));
  return [...sums].filter(([, sum]) => sum !== 0n).map(([of]) => of);
}
