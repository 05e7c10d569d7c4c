import { describe, expect, it } from '@jest/globals';
import { money } from '@scantill/kernel';
import fc from 'fast-check';
import { itemsFindings } from './batch-finding.js';
import { itemsNet, netOf, type BatchSide } from './batch-side.js';
import type { BatchSum } from './batch-sums.js';
import { TOTAL } from './summary.js';

const BATCH = '2026112411021040123';
const sums = fc.array(fc.record({ type: fc.constantFrom('PAYMENT', 'REFUND', 'CANCEL'), count: fc.nat(3), net: fc.bigInt({ min: -9n, max: 9n }), fee: fc.bigInt({ min: -2n, max: 2n }) }), { minLength: 1, maxLength: 8 })
  .map((all) => all.map(({ type, count, net, fee }): BatchSum => ({ batchId: BATCH, type, currency: 'USD', figures: { count, net, coupon: 0n, fees: new Map([['fee', fee]]) } })));

function sideOf(items: readonly BatchSum[], rows: readonly BatchSum[]): BatchSide {
  const net = rows.reduce((sum, { figures }) => sum + figures.net, 0n);
  const total: BatchSum = { batchId: BATCH, type: TOTAL, currency: 'USD', figures: { count: 0, net, coupon: 0n, fees: new Map() } };
  return { batchId: BATCH, currency: 'USD', settledOn: '2026-11-24', items, itemFileIds: [], rows: [...rows, total].map((row) => ({ ...row, row: { id: 'S', line: 2, raw: '' } })) };
}

const told = (side: BatchSide) => itemsFindings(side, []).map(({ subject, ours, theirs }) => [subject, ours?.minor, theirs?.minor]);

describe('items and their summary', () => {
  it('differ alike in whatever order and parts they come', () => {
    const shuffled = fc.tuple(sums, sums).chain(([items, rows]) => fc.tuple(fc.constant(items), fc.constant(rows), fc.shuffledSubarray(items, { minLength: items.length }), fc.shuffledSubarray(rows, { minLength: rows.length })));
    fc.assert(fc.property(shuffled, ([items, rows, otherItems, otherRows]) => {
      expect(told(sideOf(otherItems, otherRows))).toEqual(told(sideOf(items, rows)));
    }), { numRuns: 500 });
  });

  it('differ by as much as what is to be paid out and what the items come to, all types together', () => {
    fc.assert(fc.property(sums, sums, (items, rows) => {
      const side = sideOf(items, rows);
      const found = itemsFindings(side, []).reduce((sum, { ours, theirs }) => sum + (theirs?.minor ?? 0n) - (ours?.minor ?? 0n), 0n);
      expect(money('USD', found)).toEqual(money('USD', netOf(side).minor - itemsNet(side).minor));
    }), { numRuns: 500 });
  });
});
