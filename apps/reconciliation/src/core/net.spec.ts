import { describe, expect, it } from '@jest/globals';
import { money, type Money } from '@scantill/kernel';
import type { Settled, SettlementItem } from './listed.js';
import { checkNet } from './net.js';
import { FINDINGS_MAX, NetTally } from './net-tally.js';
import { parseQuote } from './quote.js';

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
    expect(checkNet(usd(1_000n), settled(usd(985n), [usd(-12n)]), terms)).toEqual({ kind: 'NetDiffers', expected: usd(988n), listed: usd(985n), fitsReversed: false });
    expect(checkNet(usd(1_000n), settled(usd(1_012n), [usd(-12n)]), terms)).toMatchObject({ kind: 'NetDiffers' });
  });

  it('cannot be told without the quote, with one of other currencies, or with fees in another currency', () => {
    expect(checkNet(krw(18_000n), settled(usd(1_450n), [usd(-50n)]), terms)).toEqual({ kind: 'QuoteMissing' });
    expect(checkNet(krw(18_000n), settled(usd(1_450n), [usd(-50n)], { quote: { left: 'EUR', right: 'KRW', digits: 1_200n, scale: 0 } }), terms)).toEqual({ kind: 'QuoteOfOthers' });
    expect(checkNet(usd(1_000n), settled(usd(988n), [krw(-12n)]), terms)).toEqual({ kind: 'FeeCurrencyDiffers' });
  });
});

describe('the net amounts of a file', () => {
  const item = (line: number, amount: Money, each: Settled): SettlementItem => ({
    line, raw: '', customerId: 'C', merchantId: null, storeId: null, at: null, type: 'PAYMENT', alipayId: String(line), originalAlipayId: null, requestId: null, reference: null, product: null, paidAt: null,
    amount, ...each, batchId: 'B1', settledAt: new Date(0),
  });
  const tally = (direction: 'as-written' | 'reversed' = 'as-written') => new NetTally({ direction, toleranceMinor: 2n, batchToleranceMinor: 100n });

  it('name the rows that are wrong, with a bound, and count all', () => {
    const all = tally();
    for (let line = 2; line < FINDINGS_MAX + 7; line += 1) all.add(item(line, usd(1_000n), settled(usd(900n), [])));
    all.add(item(9_999, usd(1_000n), settled(usd(1_000n), [])));
    all.add(item(10_000, usd(0n), settled(usd(-1n), [])));
    expect([all.findings.length, all.findingCount, all.checkedCount]).toEqual([FINDINGS_MAX, FINDINGS_MAX + 5, FINDINGS_MAX + 6]);
    expect(all.findings[0]).toEqual({ line: 2, alipayId: '2', fault: { kind: 'NetDiffers', expected: usd(1_000n), listed: usd(900n), fitsReversed: false } });
    expect(all.contradictsDirection).toBe(false);
  });

  it('contradict a setting under which every exchanged row is wrong and otherwise right', () => {
    const wrong = tally('reversed');
    wrong.add(item(2, krw(18_000n), settled(usd(1_450n), [usd(-50n)], { quote: wonPerDollar() })));
    wrong.add(item(3, krw(-9_001n), settled(usd(-726n), [usd(25n)], { quote: wonPerDollar() })));
    expect(wrong.contradictsDirection).toBe(true);
    wrong.add(item(4, usd(1_000n), settled(usd(900n), [])));
    expect(wrong.contradictsDirection).toBe(false);
  });

  it('may be off a little each, but not all to the same side', () => {
    const all = tally();
    for (let line = 2; line < 52; line += 1) all.add(item(line, usd(1_000n), settled(usd(998n), [])));
    expect([all.findingCount, all.driftedBatches]).toEqual([0, []]);
    all.add(item(52, usd(1_000n), settled(usd(999n), [])));
    expect(all.driftedBatches).toEqual([{ batchId: 'B1', currency: 'USD', driftMinor: -101n }]);
  });
});
