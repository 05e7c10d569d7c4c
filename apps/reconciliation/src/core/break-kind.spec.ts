import { describe, expect, it } from '@jest/globals';
import { money } from '@scantill/kernel';
import { amountAtRisk, breakKindNames, breakKinds, kindsOf, withoutRisk, type BreakFamily, type BreakKind } from './break-kind.js';

const usd = (minor: bigint) => money('USD', minor);

describe('the kinds of breaks', () => {
  it('are all there, each in one family', () => {
    const families: Record<BreakFamily, number> = { timing: 5, value: 5, identity: 4, state: 5, file: 6, bank: 3, delivery: 1, till: 1 };
    for (const [family, count] of Object.entries(families)) expect([family, kindsOf(family as BreakFamily).length]).toEqual([family, count]);
    expect(breakKindNames).toHaveLength(30);
  });

  it('leave to a person what no later file can undo', () => {
    expect(breakKindNames.filter((kind) => !breakKinds[kind].closesItself)).toEqual([
      'two-payments-one-order', 'paid-after-cancel', 'refund-exceeds-paid', 'refund-reversed', 'file-reissued', 'unknown-type',
    ]);
    expect(kindsOf('timing').every((kind) => breakKinds[kind].closesItself)).toBe(true);
  });
});

describe('the amount at risk', () => {
  // 10.99 expected, 10.50 listed: 0.49 apart.
  it.each<[BreakKind, bigint | null, bigint | null, bigint]>([
    ['amount-differs', 1099n, 1050n, 49n],
    ['amount-differs', 1099n, -1099n, 2198n],
    ['summary-differs-from-bank', 1450n, null, 1450n],
    ['missing-at-alipay', 1099n, null, 1099n],
    ['missing-with-us', null, -500n, 500n],
    ['duplicate-line', null, 1099n, 1099n],
    ['wrong-day', 1099n, 1099n, 0n],
    ['not-yet-due', 1099n, null, 0n],
  ])('of %s, %s here and %s there, is %s', (kind, ours, theirs, risk) => {
    expect(amountAtRisk(kind, { ours: ours === null ? null : usd(ours), theirs: theirs === null ? null : usd(theirs) })).toEqual(usd(risk));
  });

  it('is what we expected where the currencies differ, and is not there where no side has an amount', () => {
    expect(amountAtRisk('currency-differs', { ours: usd(1099n), theirs: money('JPY', 1600n) })).toEqual(usd(1099n));
    expect(amountAtRisk('file-missing', { ours: null, theirs: null })).toBeUndefined();
  });

  it('is counted once: a consequence risks nothing', () => {
    expect(withoutRisk(usd(1099n))).toEqual(usd(0n));
  });
});
