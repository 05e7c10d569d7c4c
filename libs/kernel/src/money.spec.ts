import { describe, expect, it } from '@jest/globals';
import { Defect } from './assert.js';
import { add, allocate, compare, format, money, subtract, toMajorText } from './money.js';

describe('money', () => {
  it('is written with the digits of its currency', () => {
    expect(toMajorText(money('USD', 1099n))).toBe('10.99');
    expect(toMajorText(money('USD', -5n))).toBe('-0.05');
    expect(toMajorText(money('JPY', 599n))).toBe('599');
    expect(toMajorText(money('KWD', 1n))).toBe('0.001');
    expect(format(money('KRW', 18000n))).toBe('18000 KRW');
  });

  it('is never added across currencies', () => {
    expect(() => add(money('USD', 1n), money('EUR', 1n))).toThrow(Defect);
    expect(() => compare(money('USD', 1n), money('EUR', 1n))).toThrow(Defect);
    expect(subtract(money('USD', 3n), money('USD', 5n))).toEqual(money('USD', -2n));
  });

  it('knows only listed currencies', () => {
    expect(() => money('XXX', 1n)).toThrow(Defect);
    expect(() => money('toString', 1n)).toThrow(Defect);
  });
});

describe('shares of an amount', () => {
  it('give the remainder to the largest fractions first', () => {
    expect(allocate(money('USD', 100n), [1n, 1n, 1n]).map((share) => share.minor)).toEqual([34n, 33n, 33n]);
    expect(allocate(money('USD', -7n), [1n, 3n]).map((share) => share.minor)).toEqual([-2n, -5n]);
  });
});
