import { describe, expect, it } from '@jest/globals';
import { money, type Money } from '@scantill/kernel';
import type { Settled, SettlementItem } from './listed.js';
import { checkNet } from './net.js';
import { parseQuote } from './quote.js';
import { QuoteCheck } from './quote-check.js';

const usd = (minor: bigint) => money('USD', minor);
const krw = (minor: bigint) => money('KRW', minor);
const wonPerDollar = (pair = 'USD/KRW') => {
  const quote = parseQuote(pair, '1200');
  return quote.ok ? quote.value : null;
};
const settled = (net: Money, fees: readonly Money[], changes: Partial<Settled> = {}): Settled => ({ net, quote: null, fees: fees.map((amount, index) => ({ name: `fee${index}`, amount })), coupon: null, ...changes });
const terms = { direction: 'as-written', toleranceMinor: 2n } as const;

describe('the net amount of a row', () => {
  it.each([
    // 10.00 − 0.12 = 9.88, and a refund the other way round
    ['a payment', usd(1_000n), settled(usd(988n), [usd(-12n)])],
    ['a refund with its fee given back', usd(-1_000n), settled(usd(-988n), [usd(12n)])],
    ['a payment without a fee', usd(1_000n), settled(usd(1_000n), [])],
    // 18,000 won ÷ 1,200 = 15.00; − 0.50 = 14.50
    ['an exchanged payment', krw(18_000n), settled(usd(1_450n), [usd(-50n)], { quote: wonPerDollar() })],
    // 15.00 − 0.50 − 1.00 = 13.50
    ['a payment with a coupon', krw(18_000n), settled(usd(1_350n), [usd(-50n)], { quote: wonPerDollar(), coupon: usd(100n) })],
    // 100.00 − 2.50 − 0.30 − 0.07 = 97.13
    ['several fees', usd(10_000n), settled(usd(9_713n), [usd(-250n), usd(-30n), usd(-7n)])],
    ['two units off', usd(1_000n), settled(usd(986n), [usd(-12n)])],
    ['an entry of the account', usd(0n), settled(usd(-3_000n), [])],
  ])('is right: %s', (_, amount, each) => {
    expect(checkNet(amount, each, terms)).toBeUndefined();
  });

  it('is not gross + fee − coupon', () => {
    expect(checkNet(usd(1_000n), settled(usd(985n), [usd(-12n)]), terms)).toEqual({ kind: 'NetDiffers', expected: usd(988n), listed: usd(985n) });
    expect(checkNet(usd(1_000n), settled(usd(1_012n), [usd(-12n)]), terms)).toMatchObject({ kind: 'NetDiffers' });
  });

  it('cannot be told without the quote, with one of other currencies, or with fees in another currency', () => {
    expect(checkNet(krw(18_000n), settled(usd(1_450n), [usd(-50n)]), terms)).toEqual({ kind: 'QuoteMissing' });
    expect(checkNet(krw(18_000n), settled(usd(1_450n), [usd(-50n)], { quote: { left: 'EUR', right: 'KRW', digits: 1_200n, scale: 0 } }), terms)).toEqual({ kind: 'QuoteOfOthers' });
    expect(checkNet(usd(1_000n), settled(usd(988n), [krw(-12n)]), terms)).toEqual({ kind: 'FeeCurrencyDiffers' });
  });
});

describe('the quotes of a file', () => {
  const item = (amount: Money, each: Settled): SettlementItem => ({
    line: 2, raw: '', customerId: 'C', merchantId: null, storeId: null, at: null, type: 'PAYMENT', alipayId: 'A', originalAlipayId: null, requestId: null, reference: null, product: null, paidAt: null,
    amount, ...each, batchId: 'B1', settledAt: new Date(0),
  });
  // 18,000 won ÷ 1,200 = 15.00; − 0.50 = 14.50
  const paid = item(krw(18_000n), settled(usd(1_450n), [usd(-50n)], { quote: wonPerDollar() }));
  // −9,001 ÷ 1,200 = −7.50; + 0.25 = −7.25, and Alipay may round it up
  const refunded = item(krw(-9_001n), settled(usd(-726n), [usd(25n)], { quote: wonPerDollar() }));
  const check = (direction: 'as-written' | 'reversed', items: readonly SettlementItem[]) => {
    const quotes = new QuoteCheck(direction);
    for (const each of items) quotes.add(each);
    return quotes;
  };

  it('contradict a setting under which every exchanged row is wrong and otherwise right', () => {
    expect(check('reversed', [paid, refunded, paid]).contradictsDirection).toBe(true);
    expect(check('reversed', [paid, refunded, paid, item(usd(1_000n), settled(usd(900n), []))]).contradictsDirection).toBe(true);
    expect(check('as-written', [paid, refunded, paid]).contradictsDirection).toBe(false);
  });

  it('do not where a row is wrong either way, where one is right as it is, or where there are few', () => {
    const wrong = item(krw(18_000n), settled(usd(1_400n), [usd(-50n)], { quote: wonPerDollar() }));
    expect(check('reversed', [paid, refunded, paid, wrong]).contradictsDirection).toBe(false);
    expect(check('reversed', [paid, refunded]).contradictsDirection).toBe(false);
    const some = check('reversed', [paid, refunded, paid]);
    some.addRight();
    expect(some.contradictsDirection).toBe(false);
  });

  it('are judged by rows that say something, and although one in a hundred is wrong', () => {
    // Nothing exchanged is nothing either way.
    const small = item(krw(0n), settled(usd(-50n), [usd(-50n)], { quote: wonPerDollar() }));
    const wrong = item(krw(18_000n), settled(usd(1_400n), [usd(-50n)], { quote: wonPerDollar() }));
    expect(check('reversed', [paid, refunded, paid, small]).contradictsDirection).toBe(true);
    const many = Array.from({ length: 100 }, () => paid);
    expect(check('reversed', [...many, wrong]).contradictsDirection).toBe(true);
    expect(check('reversed', [...many, wrong, wrong]).contradictsDirection).toBe(false);
  });
});
