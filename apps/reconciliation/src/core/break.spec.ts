import { describe, expect, it } from '@jest/globals';
import { money } from '@scantill/kernel';
import { judge } from './break.js';

const usd = (minor: bigint) => money('USD', minor);

describe('an expectation and a line', () => {
  it('differ by what is between them, or altogether where their currencies do', () => {
    expect(judge('amounts', { ours: usd(1099n), theirs: usd(1100n) })).toEqual({ kind: 'amount-differs', amountAtRisk: usd(1n) });
    expect(judge('amounts', { ours: usd(1099n), theirs: usd(-1099n) })).toEqual({ kind: 'amount-differs', amountAtRisk: usd(2198n) });
    expect(judge('amounts', { ours: usd(1099n), theirs: money('JPY', 1099n) })).toEqual({ kind: 'currency-differs', amountAtRisk: usd(1099n) });
    expect(() => judge('amounts', { ours: usd(1n), theirs: usd(1n) })).toThrow('two amounts differ');
  });

  it('put the whole amount at risk where one of them is missing or the line is repeated', () => {
    expect(judge('expectation-alone', { ours: usd(500n), theirs: null })).toEqual({ kind: 'missing-at-alipay', amountAtRisk: usd(500n) });
    expect(judge('line-alone', { ours: null, theirs: usd(-500n) })).toEqual({ kind: 'missing-with-us', amountAtRisk: usd(500n) });
    expect(judge('repeated', { ours: null, theirs: usd(500n) })).toEqual({ kind: 'duplicate-line', amountAtRisk: usd(500n) });
  });

  it('risk nothing where the money is there, and only its store or day is another', () => {
    const sides = { ours: usd(500n), theirs: usd(500n) };
    expect([judge('other-store', sides), judge('other-day', sides)]).toEqual([{ kind: 'wrong-store', amountAtRisk: usd(0n) }, { kind: 'wrong-day', amountAtRisk: usd(0n) }]);
  });
});
