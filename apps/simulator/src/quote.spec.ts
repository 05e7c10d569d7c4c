import { describe, expect, it } from '@jest/globals';
import { currencies } from '@scantill/kernel';
import { priceIn } from './quote.js';

describe('a price in the wallet’s currency', () => {
  it('is the amount itself where the currency is the same', () => {
    expect(priceIn('CNY', 'CNY', '1099')).toEqual({ currency: 'CNY', value: '1099', quote: undefined });
  });

  it('minds the digits of both currencies', () => {
    // 1 / 0.14047 = 7.118957784, times 10.99
    expect(priceIn('CNY', 'USD', '1099')).toEqual({ currency: 'CNY', value: '7824', quote: { pair: 'USD/CNY', price: '7.11895778' } });
    expect(priceIn('KRW', 'USD', '100').value).toBe('1422');
    expect(priceIn('KRW', 'JPY', '1000').value).toBe('9374');
    expect(priceIn('CNY', 'KWD', '1000').value).toBe('2324');
  });

  it('keeps every digit of the largest amount', () => {
    expect(priceIn('PHP', 'PHP', '9999999999999999').value).toBe('9999999999999999');
    // 99,999,999,999,999.99 × 199.81507824
    expect(priceIn('KRW', 'CNY', '9999999999999999').value).toBe('19981507823999998');
  });

  it('is never nothing, in any currency', () => {
    for (const currency of currencies) expect(BigInt(priceIn('KRW', currency, '1').value)).toBeGreaterThan(0n);
  });
});
