import { describe, expect, it } from '@jest/globals';
import { currencies, isCurrency, minorDigits } from './currency.js';

describe('a currency', () => {
  it('has the digits of ISO 4217: none, two or three', () => {
    const withDigits = (digits: number) => currencies.filter((currency) => minorDigits(currency) === digits);
    expect(withDigits(0)).toEqual(['CLP', 'JPY', 'KRW', 'VND']);
    expect(withDigits(3)).toEqual(['BHD', 'JOD', 'KWD', 'OMR', 'TND']);
    expect(withDigits(2)).toHaveLength(currencies.length - 9);
    expect(minorDigits('USD')).toBe(2);
  });

  it('is one only by its exact name', () => {
    expect(['USD', 'CNY'].every(isCurrency)).toBe(true);
    expect(['usd', 'USDT', '', 'constructor', '__proto__'].some(isCurrency)).toBe(false);
  });
});
