import { describe, expect, it } from '@jest/globals';
import { money } from '@scantill/kernel';
import fc from 'fast-check';
import { BatchSums, sumOfRow } from './batch-sums.js';
import type { SettlementItem, SummaryRow } from './listed.js';
import { checkSummary, compareSums } from './summary.js';

const minor = fc.bigInt({ min: -1_000_000n, max: 1_000_000n });
const item = fc.record({ type: fc.constantFrom('PAYMENT', 'REFUND', 'CANCEL'), batchId: fc.constantFrom('B1', 'B2'), net: minor, fee: minor, tax: fc.option(minor), coupon: fc.option(minor) })
  .map(({ type, batchId, net, fee, tax, coupon }): SettlementItem => ({
    line: 2, raw: '', customerId: 'C', merchantId: null, storeId: null, at: null, type, alipayId: 'A', originalAlipayId: null, requestId: null, reference: null, product: null, paidAt: null,
    amount: money('USD', net), batchId, settledAt: new Date(0), net: money('USD', net), quote: null, coupon: coupon === null ? null : money('USD', coupon),
    fees: [{ name: 'fee', amount: money('USD', fee) }, ...(tax === null ? [] : [{ name: 'tax', amount: money('USD', tax) }])],
  }));
const parts = fc.array(fc.array(item, { maxLength: 12 }), { minLength: 1, maxLength: 4 });

function sumsOf(items: readonly SettlementItem[]): BatchSums {
  const sums = new BatchSums();
  for (const each of items) sums.add(each);
  return sums;
}

/** The summary that Alipay would write of these items. */
function summaryOf(items: readonly SettlementItem[]): SummaryRow[] {
  const rowOf = (batchId: string, type: string, some: readonly SettlementItem[]): SummaryRow => {
    const sum = (amounts: readonly bigint[]) => money('USD', amounts.reduce((one, other) => one + other, 0n));
    const fee = (name: string) => ({ name, amount: sum(some.flatMap(({ fees }) => fees.filter((each) => each.name === name).map(({ amount }) => amount.minor))) });
    return {
      line: 2, raw: '', customerId: 'C', batchId, type, settledAt: new Date(0), count: some.length, net: sum(some.map(({ net }) => net.minor)), fees: [fee('fee'), fee('tax')],
      coupon: sum(some.map(({ coupon }) => coupon?.minor ?? 0n)),
    };
  };
  return [...Map.groupBy(items, ({ batchId }) => batchId)].flatMap(([batchId, some]) => [
    rowOf(batchId, 'TOTAL', some), ...[...Map.groupBy(some, ({ type }) => type)].map(([type, each]) => rowOf(batchId, type, each)),
  ]);
}

describe('settlement items', () => {
  it('come to the same sums in whatever parts and order they come', () => {
    fc.assert(fc.property(parts, (each) => {
      const merged = new BatchSums();
      for (const part of [...each].reverse()) merged.merge(sumsOf([...part].reverse()));
      expect(merged.list()).toEqual(sumsOf(each.flat()).list());
    }));
  });

  it('agree with the summary that is made of them, which adds up; one cent more anywhere does not', () => {
    fc.assert(fc.property(fc.array(item, { minLength: 1, maxLength: 20 }), fc.nat(), (items, choice) => {
      const rows = summaryOf(items);
      expect([checkSummary(rows), compareSums(sumsOf(items).list(), rows.map(sumOfRow))]).toEqual([[], []]);
      const at = choice % rows.length;
      const changed = rows.map((row, index) => (index === at ? { ...row, net: money('USD', row.net.minor + 1n) } : row));
      expect(checkSummary(changed)).toHaveLength(1);
    }));
  });
});
