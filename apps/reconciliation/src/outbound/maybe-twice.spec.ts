import { describe, expect, it } from '@jest/globals';
import { MaybeTwice } from './maybe-twice.js';

function seen(ids: readonly string[], type = 'PAYMENT', twice = new MaybeTwice()): MaybeTwice {
  for (const id of ids) {
    const bytes = Buffer.from(`,${id},`);
    twice.see(type, bytes, 1, bytes.length - 1);
  }
  return twice;
}

describe('what may be in a file twice', () => {
  it.each([
    ['nothing, where ids ascend', ['1', '10', '2', '20', '3'], []],
    ['an id that follows itself', ['1', '2', '2', '3'], ['2']],
    ['what stands behind what lies beyond it', ['1', '4', '2', '3', '5'], ['2', '3']],
    ['an id that another one begins with', ['12', '1', '123'], ['1']],
  ])('is %s', (_what, ids, found) => {
    expect(seen(ids).ids).toEqual(found);
  });

  it('is the same of rows that are read cell by cell, and any refund of generation C', () => {
    const twice = seen(['1', '3']);
    for (const [type, alipayId] of [['PAYMENT', '4'], ['PAYMENT', '3'], ['PAYMENT', 'é'.repeat(40)], ['REFUND', '1']] as const) twice.seeItem({ type, alipayId }, 'A');
    for (const type of ['PAYMENT', 'REFUND']) twice.seeItem({ type, alipayId: '5' }, 'C');
    expect(twice.ids).toEqual(['3', 'é'.repeat(40), '5']);
  });

  it('is told for each type on its own', () => {
    expect(seen(['1', '3'], 'REFUND', seen(['2', '4'])).ids).toEqual([]);
  });

  it('is not told where it is too much', () => {
    const twice = new MaybeTwice();
    for (let id = 0; id < 10_000; id += 1) twice.add(`${id}`);
    expect(twice.ids).toHaveLength(10_000);
    twice.add('one more');
    expect(twice.ids).toBeNull();
  });
});
