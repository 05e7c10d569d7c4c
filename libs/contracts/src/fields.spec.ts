import { describe, expect, it } from '@jest/globals';
import { MAX_MINOR_DIGITS, money } from '@scantill/kernel';
import { orderRequest } from './events/store-events.js';
import { amount, fromMoney, signedAmount, text, toMoney } from './fields.js';

const wanted = { orderId: 'A-1001', storeId: 'pier-1', amount: { currency: 'USD', minor: '1099' }, description: '2 x Latte' };

/** Where a request is wrong, as a client reads it. */
function failingPaths(changes: Readonly<Record<string, unknown>>): string[] {
  const parsed = orderRequest.safeParse({ ...wanted, ...changes });
  return parsed.success ? [] : parsed.error.issues.map(({ path }) => path.join('.'));
}

describe('an amount that somebody pays', () => {
  it('is a positive whole number of minor units of a known currency', () => {
    expect(failingPaths({})).toEqual([]);
    expect(failingPaths({ amount: { currency: 'USD', minor: '9'.repeat(MAX_MINOR_DIGITS) } })).toEqual([]);
  });

  it.each(['0', '-1', '00', '01', '10.99', '1e3', '1 099', ' 1', '', '9'.repeat(MAX_MINOR_DIGITS + 1), 1099, null])('is not %p', (minor) => {
    expect(failingPaths({ amount: { currency: 'USD', minor } })).toEqual(['amount.minor']);
  });

  it.each(['usd', 'XXX', '', 'toString', null])('is not in %p', (currency) => {
    expect(failingPaths({ amount: { currency, minor: '1099' } })).toEqual(['amount.currency']);
  });

  it('goes to money and back', () => {
    expect(toMoney(amount.parse(wanted.amount))).toEqual(money('USD', 1_099n));
    expect(fromMoney(money('USD', -5n))).toEqual({ currency: 'USD', minor: '-5' });
    expect(signedAmount.safeParse({ currency: 'USD', minor: '-0' }).success).toBe(false);
  });
});

describe('what a till asks for', () => {
  it('has a bound on everything, and nothing that we do not know', () => {
    expect(failingPaths({ orderId: 'x'.repeat(41) })).toEqual(['orderId']);
    expect(failingPaths({ orderId: 'a:b' })).toEqual(['orderId']);
    expect(failingPaths({ description: 'x'.repeat(257) })).toEqual(['description']);
    expect(failingPaths({ lines: Array.from({ length: 101 }, () => ({ name: 'Latte', quantity: 1 })) })).toEqual(['lines']);
    expect(failingPaths({ lines: [{ name: 'Latte', quantity: 0 }] })).toEqual(['lines.0.quantity']);
    expect(failingPaths({ validUntil: '2026-11-25T10:00:00' })).toEqual(['validUntil']);
    expect(orderRequest.safeParse({ ...wanted, price: 10.99 }).success).toBe(false);
  });

  it('keeps control characters out of what people read', () => {
    expect(text(10).safeParse('a\tb\nc').success).toBe(true);
    expect(text(10).safeParse('a\u001b[2J').success).toBe(false);
    expect(text(10).safeParse('\u0000').success).toBe(false);
  });
});
