import { describe, expect, it } from '@jest/globals';
import { money } from '@scantill/kernel';
import { judge } from './break.js';

const usd = (minor: bigint) => money('USD', minor);

describe('an expectation and a line', () => {
  it('agree only to the cent and in the same currency', () => {
    expect(judge({ ours: usd(1099n), theirs: usd(1099n), isRepeated: false })).toBeUndefined();
    expect(judge({ ours: usd(1099n), theirs: usd(1100n), isRepeated: false })).toEqual({ kind: 'amount-differs', amountAtRisk: usd(1n) });
    expect(judge({ ours: usd(1099n), theirs: usd(-1099n), isRepeated: false })).toEqual({ kind: 'amount-differs', amountAtRisk: usd(2198n) });
    expect(judge({ ours: usd(1099n), theirs: money('JPY', 1099n), isRepeated: false })).toEqual({ kind: 'currency-differs', amountAtRisk: usd(1099n) });
  });

  it('put the whole amount at risk where one of them is missing or the line is repeated', () => {
    expect(judge({ ours: usd(500n), theirs: null, isRepeated: false })).toEqual({ kind: 'missing-at-alipay', amountAtRisk: usd(500n) });
    expect(judge({ ours: null, theirs: usd(-500n), isRepeated: false })).toEqual({ kind: 'missing-with-us', amountAtRisk: usd(500n) });
    expect(judge({ ours: null, theirs: usd(500n), isRepeated: true })).toEqual({ kind: 'duplicate-line', amountAtRisk: usd(500n) });
  });
});
