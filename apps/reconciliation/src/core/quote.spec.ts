import { describe, expect, it } from '@jest/globals';
import { money, type Currency } from '@scantill/kernel';
import fc from 'fast-check';
import { exchange, parseQuote, type Quote } from './quote.js';

function quoteOf(pair: string, price: string): Quote {
  const quote = parseQuote(pair, price);
  if (!quote.ok) throw new Error(quote.error.reason);
  return quote.value;
}

describe('a quote', () => {
  it.each([
    // 18,000 won ÷ 1,200 won per dollar = 15.00 dollars: the price is for the left currency.
    ['USD/KRW', '1200', 'KRW', 18_000n, 'USD', 1_500n],
    ['USD/KRW', '1200', 'USD', 1_500n, 'KRW', 18_000n],
    // 12.34 × 0.7712 = 9.516608 → 9.52
    ['SGD/USD', '0.7712', 'SGD', 1_234n, 'USD', 952n],
    // Half to even: 0.05 × 0.5 = 0.025 → 0.02; 0.15 × 0.5 = 0.075 → 0.08; negative alike.
    ['SGD/USD', '0.5', 'SGD', 5n, 'USD', 2n], ['SGD/USD', '0.5', 'SGD', 15n, 'USD', 8n], ['SGD/USD', '0.5', 'SGD', -15n, 'USD', -8n],
    // Three digits to none: 1.234 dinar × 480.5 = 592.937 → 593 yen.
    ['KWD/JPY', '480.5', 'KWD', 1_234n, 'JPY', 593n],
  ] as const)('%s at %s makes of %s %s so many %s: %s', (pair, price, from, minor, to, expected) => {
    expect(exchange(money(from, minor), to, quoteOf(pair, price))).toEqual(money(to, expected));
  });

  it('may be meant the other way round', () => {
    expect(exchange(money('KRW', 18_000n), 'USD', quoteOf('KRW/USD', '1200'), 'reversed')).toEqual(money('USD', 1_500n));
  });

  it('says nothing of other currencies', () => {
    expect(exchange(money('EUR', 1n), 'USD', quoteOf('USD/KRW', '1200'))).toBeUndefined();
    expect(exchange(money('KRW', 1n), 'EUR', quoteOf('USD/KRW', '1200'))).toBeUndefined();
  });

  it.each([['USDKRW', '1', 'pair'], ['USD/XXX', '1', 'pair'], ['USD/KRW', '', 'price'], ['USD/KRW', '0.00', 'price'], ['USD/KRW', '-1', 'price'], ['USD/KRW', '1e3', 'price'], ['USD/KRW', '1,2', 'price']])(
    '%s at "%s" is refused for its %s', (pair, price, part) => {
      expect(parseQuote(pair, price)).toMatchObject({ ok: false, error: { part } });
    });

  it('comes back within one unit where the other currency is the finer one', () => {
    fc.assert(fc.property(fc.bigInt({ min: -10_000_000n, max: 10_000_000n }), fc.integer({ min: 1_000_000, max: 99_999_999 }), (minor, price) => {
      const quote = quoteOf('USD/JPY', `${price}.5`);
      const there = exchange(money('USD', minor), 'JPY', quote);
      expect(there && exchange(there, 'USD' satisfies Currency, quote)).toEqual(money('USD', minor));
    }));
  });
});
