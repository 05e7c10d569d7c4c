import { describe, expect, it } from '@jest/globals';
import { SeenRows } from './seen-rows.js';

describe('what the rows of a file say together', () => {
  it('is exact where its sums are greater than JavaScript numbers are, whoever read the rows', () => {
    const seen = new SeenRows();
    for (let row = 0; row < 5; row += 1) seen.addQuickly('C', 'USD', 2 ** 52 - 1);
    seen.addQuickly('C', 'JPY', -7);
    seen.add({ customerId: 'D', currency: 'USD', minor: 1n });
    expect(seen.told).toEqual({ customerIds: ['C', 'D'], totals: [{ currency: 'JPY', minor: -7n }, { currency: 'USD', minor: 5n * (2n ** 52n - 1n) + 1n }] });
    expect(seen.told).toEqual(seen.told);
  });
});
