import { describe, expect, it } from '@jest/globals';
import { money, toMajorText } from '@scantill/kernel';
import { bridges, type Bridge } from './bridge.js';
import { settlementMovements, type Movement, type SettledGroup } from './movement.js';
import type { PayOut } from './pay-out.js';

const DAY = { from: '2026-11-24', to: '2026-11-24' };
const usd = (minor: bigint) => money('USD', minor);
const krw = (minor: bigint) => money('KRW', minor);
const movement = (kind: Movement['kind'], amount: Movement['amount'], isExplained = true): Movement => ({ kind, date: DAY.from, accountId: 'demo-usd', count: 1, amount, isExplained });
const nothingForeseen = { count: 0, listed: 0n, expected: 0n };
const group = (more: Partial<SettledGroup>): SettledGroup => ({
  date: DAY.from, accountId: 'demo-usd', verdict: 'as-expected', isOfPeriod: true, isExplained: true, quote: null, count: 1, listed: usd(1000n), expected: usd(1000n), gross: usd(1000n), fee: -30n, coupon: 0n,
  foreseen: nothingForeseen, ...more,
});
const batch = (more: Partial<PayOut>): PayOut => ({ accountId: 'demo-usd', batchId: 'B1', settledOn: DAY.from, currency: 'USD', items: 970n, summary: 970n, isExplained: false, paid: { bookedOn: DAY.from, amount: usd(970n), reference: null }, ...more });
const told = ({ items, paid, remainder }: Bridge) => [...items.map(({ item, amount }) => `${item} ${toMajorText(amount)}`), `paid ${toMajorText(paid)}`, `remainder ${toMajorText(remainder)}`];
const of = (groups: readonly SettledGroup[]) => ({
  movements: groups.flatMap(settlementMovements), claims: groups.flatMap(({ expected, isOfPeriod }) => (expected === null ? [] : [{ amount: expected, isOfPeriod }])),
});

describe('a bridge', () => {
  it('leads from what was sold to what the bank has', () => {
    // 10.00 sold, settled and paid on one day: 10.00 − 0.30 = 9.70.
    const { movements, claims } = of([group({})]);
    const [bridge] = bridges({ ...DAY, movements: [movement('sale', usd(1000n)), ...movements], claims, payOuts: [batch({})], settled: [] });
    expect(told(bridge!)).toEqual(['sales 10.00', 'fees -0.30', 'paid 9.70', 'remainder 0.00']);
  });

  it('crosses from one period to the next', () => {
    // Sold 25.00 and gave back 5.00, nothing of it settled yet. Settled 10.00 of the day before, net 9.70, which the bank has not; it has 4.85 of another batch.
    const { movements, claims } = of([group({ isOfPeriod: false })]);
    const [bridge] = bridges({
      ...DAY, movements: [movement('sale', usd(2500n)), movement('refund', usd(-500n)), ...movements], claims, settled: [],
      payOuts: [batch({ paid: null }), batch({ batchId: 'B0', settledOn: '2026-11-23', items: 485n, summary: null, paid: { bookedOn: DAY.to, amount: usd(485n), reference: 'x' } })],
    });
    expect(told(bridge!)).toEqual(['sales 25.00', 'refunds -5.00', 'settled-later -20.00', 'sold-earlier 10.00', 'fees -0.30', 'paid-later -9.70', 'settled-before 4.85', 'paid 4.85', 'remainder 0.00']);
  });

  it('leaves the currency of the sale and enters that of the settlement', () => {
    // Alipay's own sample: 18,000 KRW at 1,200 is 15.00; the fee is 0.50, a coupon 1.00: 15.00 − 0.50 − 1.00 = 13.50.
    const { movements, claims } = of([group({ listed: krw(18_000n), expected: krw(18_000n), gross: usd(1500n), fee: -50n, coupon: 100n, quote: { pair: 'USD/KRW', price: '1200' } })]);
    const made = bridges({ ...DAY, movements: [movement('sale', krw(18_000n)), ...movements], claims, payOuts: [batch({ items: 1350n, summary: 1350n, paid: { bookedOn: DAY.to, amount: usd(1350n), reference: null } })], settled: [] });
    expect(made.map((bridge) => [bridge.currency, ...told(bridge)])).toEqual([
      ['KRW', 'sales 18000', 'exchanged -18000', 'paid 0', 'remainder 0'],
      ['USD', 'exchanged 15.00', 'fees -0.50', 'coupons -1.00', 'paid 13.50', 'remainder 0.00'],
    ]);
  });

  it.each([[true, ['breaks 0.02', 'remainder 0.00']], [false, ['remainder 0.02']]])('tells what differs, with a break: %s', (isExplained, [first, last]) => {
    // Listed 10.02 for 10.00: two cents that nobody sold.
    const { movements, claims } = of([group({ verdict: 'otherwise', listed: usd(1002n), gross: usd(1002n), fee: 0n, isExplained })]);
    const [bridge] = bridges({ ...DAY, movements: [movement('sale', usd(1000n)), ...movements], claims, payOuts: [batch({ items: 1002n, summary: 1002n, paid: { bookedOn: DAY.to, amount: usd(1002n), reference: null } })], settled: [] });
    expect(told(bridge!)).toEqual(['sales 10.00', ...(last === undefined ? [] : [first]), 'paid 10.02', last ?? first]);
  });

  it('shows what the bank has less than the summary says, and the summary more than its items', () => {
    // 9.70 of items, 9.80 of summary, 9.75 at the bank: +0.10 − 0.05 = +0.05.
    const { movements, claims } = of([group({})]);
    const parts = { ...DAY, movements: [movement('sale', usd(1000n)), ...movements], claims, settled: [] };
    const odd = batch({ summary: 980n, paid: { bookedOn: DAY.to, amount: usd(975n), reference: null } });
    expect(told(bridges({ ...parts, payOuts: [odd] })[0]!)).toEqual(['sales 10.00', 'fees -0.30', 'paid 9.75', 'remainder 0.05']);
    expect(told(bridges({ ...parts, payOuts: [{ ...odd, isExplained: true }] })[0]!)).toEqual(['sales 10.00', 'fees -0.30', 'breaks 0.05', 'paid 9.75', 'remainder 0.00']);
  });

  it('of a store ends with what was settled', () => {
    const { movements, claims } = of([group({})]);
    const [bridge] = bridges({ ...DAY, movements: [movement('sale', usd(1000n)), ...movements], claims, payOuts: null, settled: [usd(970n)] });
    expect(told(bridge!)).toEqual(['sales 10.00', 'fees -0.30', 'paid 9.70', 'remainder 0.00']);
  });

  it('takes what cancels itself, entries of the account and money of others as they are', () => {
    // PAYMENT 3.00 and CANCEL −3.00 of the same order, a reserve of −2.00 and 1.00 of another product: the batch is −1.00, and nobody pays it.
    const twice = [group({ verdict: 'cancelled', listed: usd(300n), expected: null, gross: usd(300n), fee: 0n }), group({ verdict: 'cancelled', listed: usd(-300n), expected: null, gross: usd(-300n), fee: 0n })];
    const [bridge] = bridges({ ...DAY, movements: [...of(twice).movements, movement('account-entry', usd(-200n)), movement('not-ours', usd(100n))], claims: [], payOuts: [batch({ items: -100n, summary: -100n, paid: null })], settled: [] });
    expect(told(bridge!)).toEqual(['account-entries -2.00', 'not-ours 1.00', 'paid-later 1.00', 'paid 0.00', 'remainder 0.00']);
  });
});
