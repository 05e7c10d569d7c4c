import { describe, expect, it } from '@jest/globals';
import { businessDate } from './business-date.js';
import { CHAIN_ID, ORDER_ID, orderKey, parseOrderKey, STORE_ID } from './ids.js';

describe('an order key', () => {
  it('is taken apart as it was put together', () => {
    expect(orderKey('demo', 'A-1001')).toBe('demo:A-1001');
    expect(parseOrderKey('demo:A-1001')).toEqual({ chainId: 'demo', orderId: 'A-1001' });
  });
});

describe('an id', () => {
  it('has no colon, which divides a key, and no character that means something in a path or a file name', () => {
    for (const pattern of [CHAIN_ID, ORDER_ID, STORE_ID]) for (const bad of ['a:b', 'a/b', 'a b', 'a\n', '', 'ä']) expect(pattern.test(bad)).toBe(false);
  });

  it('is bounded', () => {
    expect([CHAIN_ID.test('a'.repeat(16)), CHAIN_ID.test('a'.repeat(17))]).toEqual([true, false]);
    expect([ORDER_ID.test('A'.repeat(40)), ORDER_ID.test('A'.repeat(41))]).toEqual([true, false]);
    expect([STORE_ID.test('A'.repeat(32)), STORE_ID.test('A'.repeat(33))]).toEqual([true, false]);
  });
});

describe('the business date', () => {
  it("is the day in UTC+8, in which Alipay's files are cut", () => {
    expect(businessDate(new Date('2026-11-25T15:59:59.999Z'))).toBe('2026-11-25');
    expect(businessDate(new Date('2026-11-25T16:00:00Z'))).toBe('2026-11-26');
  });
});
