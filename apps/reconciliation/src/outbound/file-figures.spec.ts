import { describe, expect, it } from '@jest/globals';
import { microsecondsOf } from './binary-rows.js';
import { RowFigures, together } from './file-figures.js';
import { RowSum } from './row-sum.js';

const at = (time: string): number => microsecondsOf(Date.parse(time));

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}

function sumOf(texts: readonly string[]): bigint {
  const sum = new RowSum();
  for (const text of texts) sum.add(viewOf(Buffer.from(`before${text}after`, 'latin1')), 'before'.length, 'before'.length + text.length);
  return sum.value;
}

describe('the checksum of rows', () => {
  it('is the same in any order', () => {
    const texts = Array.from({ length: 100 }, (_, number) => `row ${number}`);
    expect(sumOf(texts.toReversed())).toBe(sumOf(texts));
    expect(sumOf(['row 1', 'row 1', 'row 2'])).not.toBe(sumOf(['row 1', 'row 2', 'row 2']));
  });

  it('is another one for rows that differ in a bit, or in how they are cut', () => {
    const text = 'PAYMENT 2026112419074101018800000000000001 USD 1050';
    const others = [...text].flatMap((_, place) => Array.from({ length: 8 }, (_each, bit) => {
      const bytes = Buffer.from(text);
      bytes[place]! ^= 1 << bit;
      return bytes.toString('latin1');
    }));
    const sums = new Set([text, ...others].map((each) => sumOf([each])));
    expect(sums.size).toBe(1 + others.length);
    expect(sumOf(['ab', 'c'])).not.toBe(sumOf(['a', 'bc']));
  });

  it('of each of many rows is another one, in both of its halves', () => {
    const sums = Array.from({ length: 20_000 }, (_, number) => sumOf([`T-${String(number).padStart(12, '0')}`]));
    expect(new Set(sums).size).toBe(sums.length);
    // Of so many numbers of 32 bits chance makes 0.05 pairs.
    for (const half of [(sum: bigint) => sum >> 32n, (sum: bigint) => sum & 0xffffffffn]) expect(new Set(sums.map(half)).size).toBeGreaterThanOrEqual(sums.length - 2);
  });
});

describe('the figures of a day', () => {
  it('are the same however it is cut into files', () => {
    const rows = [
      { of: 'order', paidAt: at('2026-11-24T10:00:00+08:00'), isQuoted: false, says: 'one' }, { of: 'order', paidAt: at('2026-11-23T23:59:59+08:00'), isQuoted: true, says: 'two' },
      { of: 'unknown', paidAt: at('2026-11-01T00:00:00+08:00'), isQuoted: false, says: 'three' }, { of: 'not-ours', paidAt: null, isQuoted: false, says: 'four' },
    ] as const;
    const told = (some: readonly (typeof rows)[number][]) => {
      const figures = new RowFigures();
      for (const { of, paidAt, isQuoted } of some) figures.see(of, paidAt, isQuoted);
      return figures.told(sumOf(some.map(({ says }) => says)));
    };
    const whole = { orders: 2, unknown: 1, paidSince: '2026-11-23', isDated: true, isQuoted: true, sum: String(sumOf(rows.map(({ says }) => says))) };
    expect(told(rows)).toEqual(whole);
    for (const place of rows.keys()) expect(together([told(rows.slice(0, place)), told(rows.slice(place))])).toEqual({ ...whole, files: 2 });
  });

  it('are not all dated where an order does not say when it was paid', () => {
    const figures = new RowFigures();
    figures.see('order', at('2026-11-24T10:00:00+08:00'), false);
    figures.see('order', null, false);
    expect(together([figures.told(0n)])).toMatchObject({ paidSince: '2026-11-24', isDated: false });
  });

  it('of no file come to nothing', () => {
    expect(together([])).toEqual({ files: 0, orders: 0, unknown: 0, paidSince: null, isDated: true, isQuoted: false, sum: '0' });
  });
});
