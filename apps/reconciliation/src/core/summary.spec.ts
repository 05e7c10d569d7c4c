import { describe, expect, it } from '@jest/globals';
import { money } from '@scantill/kernel';
import { BatchSums, sumOfRow, SUMS_MAX } from './batch-sums.js';
import type { SettlementItem, SummaryRow } from './listed.js';
import { checkSummary, compareSums } from './summary.js';

const usd = (minor: bigint) => money('USD', minor);
const at = new Date(0);
const item = (type: string, net: bigint, fee: bigint, batchId = 'B1'): SettlementItem => ({
  line: 2, raw: '', customerId: 'C', merchantId: null, storeId: null, at: null, type, alipayId: 'A', originalAlipayId: null, requestId: null, reference: null, product: null, paidAt: null,
  amount: usd(net - fee), batchId, settledAt: at, net: usd(net), quote: null, fees: [{ name: 'fee', amount: usd(fee) }], coupon: null,
});
const row = (type: string, count: number, net: bigint, fee: bigint, line = 2): SummaryRow => ({
  line, raw: '', customerId: 'C', batchId: 'B1', type, settledAt: at, count, net: usd(net), fees: [{ name: 'fee', amount: usd(fee) }], coupon: null,
});
const sums = (...items: readonly SettlementItem[]) => {
  const all = new BatchSums();
  for (const each of items) all.add(each);
  return all.list();
};

describe('a summary', () => {
  // 14.50 − 7.25 = 7.25; fees −0.50 + 0.25 = −0.25
  const right = [row('TOTAL', 2, 725n, -25n), row('PAYMENT', 1, 1_450n, -50n, 3), row('REFUND', 1, -725n, 25n, 4)];

  it('adds up, wherever its total stands', () => {
    expect(checkSummary(right)).toEqual([]);
    expect(checkSummary([...right].reverse())).toEqual([]);
    expect(checkSummary([])).toEqual([]);
  });

  it('does not add up', () => {
    expect(checkSummary([row('TOTAL', 3, 726n, -25n), ...right.slice(1)])).toEqual([
      { kind: 'TotalDiffers', batchId: 'B1', currency: 'USD', line: 2, differs: [{ figure: 'count', ours: 2n, theirs: 3n }, { figure: 'net', ours: 725n, theirs: 726n }] },
    ]);
    expect(checkSummary(right.slice(1))).toEqual([{ kind: 'TotalMissing', batchId: 'B1' }]);
    expect(checkSummary([...right, row('REFUND', 1, -725n, 25n, 5)])).toEqual([{ kind: 'TypeRepeated', batchId: 'B1', type: 'REFUND', lines: [4, 5] }]);
  });

  it('agrees with its items', () => {
    expect(compareSums(sums(item('REFUND', -725n, 25n), item('PAYMENT', 1_450n, -50n)), right.map(sumOfRow))).toEqual([]);
  });

  it('differs from its items in the figures that are named, and in all of a type that one side lacks', () => {
    expect(compareSums(sums(item('PAYMENT', 1_450n, -49n), item('CANCEL', -1n, 0n)), right.map(sumOfRow))).toEqual([
      { batchId: 'B1', type: 'CANCEL', currency: 'USD', differs: [{ figure: 'count', ours: 1n, theirs: 0n }, { figure: 'net', ours: -1n, theirs: 0n }] },
      { batchId: 'B1', type: 'PAYMENT', currency: 'USD', differs: [{ figure: 'fee', ours: -49n, theirs: -50n }] },
      { batchId: 'B1', type: 'REFUND', currency: 'USD', differs: [{ figure: 'count', ours: 0n, theirs: 1n }, { figure: 'net', ours: 0n, theirs: -725n }, { figure: 'fee', ours: 0n, theirs: 25n }] },
    ]);
  });

  it('may have a correction that no item stands for', () => {
    const rows = [row('PAYMENT', 1, 1_450n, -50n), row('DEFAULT', 1, -10n, 0n), row('TOTAL', 2, 1_440n, -50n)];
    expect([checkSummary(rows), compareSums(sums(item('PAYMENT', 1_450n, -50n)), rows.map(sumOfRow))]).toEqual([[], []]);
  });
});

describe('the sums of a batch', () => {
  it('have a bound', () => {
    const all = new BatchSums();
    for (let batch = 0; batch < SUMS_MAX; batch += 1) expect(all.add(item('PAYMENT', 1n, 0n, String(batch)))).toBe(true);
    expect(all.add(item('PAYMENT', 1n, 0n, 'one more'))).toBe(false);
    expect(all.add(item('PAYMENT', 1n, 0n, '7'))).toBe(true);
  });
});
