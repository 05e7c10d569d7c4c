import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { reportView, toMoney, type ReportView, type WireAmount } from '@scantill/contracts';
import { format } from '@scantill/kernel';
import { Books } from './books.js';
import { World } from './world.js';

const MONDAY = '2026-11-23';
const TUESDAY = '2026-11-24';
const WEDNESDAY = '2026-11-25';

let world: World;
let keys: Awaited<ReturnType<World['reset']>>;
let books: Books;

beforeAll(async () => { world = await World.open(); });
afterAll(() => world.close());
beforeEach(async () => {
  keys = await world.reset();
  world.platform.clock.set(`${WEDNESDAY}T20:00:00+08:00`);
  books = new Books(world.database);
});

const say = (amount: WireAmount) => format(toMoney(amount));
const report = (query: string, key = keys.finance) => world.ask<ReportView>('GET', `/v1/reports?${query}`, key);
const bridgesOf = ({ bridge }: ReportView) => bridge.map(({ items, paid, remainder }) => [...items.map(({ item, amount }) => `${item} ${say(amount)}`), `paid ${say(paid)}`, `remainder ${say(remainder)}`]);

/** Two days of a shop: what is sold on Monday is settled on Tuesday, and at the bank on Wednesday. */
async function trade(): Promise<void> {
  await books.expect({ on: MONDAY, requestId: 'p1', alipayId: 'a1', amount: 1000n, fee: -30n });
  await books.expect({ on: MONDAY, requestId: 'p2', alipayId: 'a2', amount: 2500n, fee: -75n, storeId: 'S002' });
  await books.expect({ on: MONDAY, type: 'REFUND', requestId: 'r1', alipayId: 'b1', amount: -400n, fee: 12n });
  await books.expect({ on: TUESDAY, requestId: 'p3', alipayId: 'a3', amount: 18_000n, currency: 'KRW' });
  await books.expect({ on: TUESDAY, requestId: 'p4', alipayId: 'a4', amount: 700n });
  await books.settle([
    // 10.00 − 0.30; 25.00 − 0.80, five cents more than agreed; −4.00 + 0.12; a reserve of −2.00: 9.70 + 24.20 − 3.88 − 2.00 = 28.02.
    { on: TUESDAY, batch: 'B1', alipayId: 'a1', amount: 1000n, net: 970n, fee: -30n },
    { on: TUESDAY, batch: 'B1', alipayId: 'a2', amount: 2500n, net: 2420n, fee: -80n },
    { on: TUESDAY, batch: 'B1', alipayId: 'b1', type: 'REFUND', amount: -400n, net: -388n, fee: 12n },
    { on: TUESDAY, batch: 'B1', alipayId: 'x1', type: 'RESERVE', class: 'account-entry', amount: 0n, net: -200n },
    // 18,000 KRW at 1,200 is 15.00; less 0.50 and a coupon of 1.00 it is 13.50.
    { on: WEDNESDAY, batch: 'B2', alipayId: 'a3', amount: 18_000n, currency: 'KRW', net: 1350n, fee: -50n, coupon: 100n, quote: ['USD/KRW', '1200'] },
  ]);
  await books.summary(TUESDAY, 'B1', 2802n);
  await books.bank([{ on: TUESDAY, amount: 99n, text: 'Somebody else' }, { on: WEDNESDAY, amount: 2802n, text: 'ALIPAY PAYOUT B1' }]);
}

describe('a report', () => {
  beforeEach(trade);

  it('of a day tells what was sold, settled and paid on it, and what lies between two days', async () => {
    const monday = await report(`from=${MONDAY}`);
    expect([monday.status, reportView.safeParse(monday.body).error]).toEqual([200, undefined]);
    // 10.00 + 25.00 − 4.00 = 31.00, all of it settled later.
    expect(monday.body.sales.map(({ sales, refunds, net }) => [sales.count, say(sales.amount), refunds.count, say(refunds.amount), say(net)])).toEqual([[2, '35.00 USD', 1, '-4.00 USD', '31.00 USD']]);
    expect(bridgesOf(monday.body)).toEqual([['sales 35.00 USD', 'refunds -4.00 USD', 'settled-later -31.00 USD', 'paid 0.00 USD', 'remainder 0.00 USD']]);

    const tuesday = await report(`from=${TUESDAY}`);
    expect(bridgesOf(tuesday.body)).toEqual([
      ['sales 18000 KRW', 'settled-later -18000 KRW', 'paid 0 KRW', 'remainder 0 KRW'],
      // Sold 7.00, not settled. Settled 31.00 of Monday, less fees of 0.30 + 0.80 − 0.12 = 0.98, less the reserve: 28.02, which the bank has on Wednesday.
      ['sales 7.00 USD', 'settled-later -7.00 USD', 'sold-earlier 31.00 USD', 'fees -0.98 USD', 'account-entries -2.00 USD', 'paid-later -28.02 USD', 'paid 0.00 USD', 'remainder 0.00 USD'],
    ]);
    // −0.98 listed, −0.93 foreseen: five cents too much.
    expect(tuesday.body.fees.map(({ lines, listed, linesWithExpectation, expected, variance }) => [lines, say(listed), linesWithExpectation, say(expected), say(variance)])).toEqual([[3, '-0.98 USD', 3, '-0.93 USD', '-0.05 USD']]);
  });

  it('of a period adds them up, currency by currency', async () => {
    const { body } = await report(`from=${MONDAY}&to=${WEDNESDAY}&account=demo-usd`);
    expect(bridgesOf(body)).toEqual([
      ['sales 18000 KRW', 'exchanged -18000 KRW', 'paid 0 KRW', 'remainder 0 KRW'],
      // 42.00 − 4.00 − 7.00 (not settled) + 15.00 − (0.98 + 0.50) − 1.00 − 2.00 − 13.50 (not paid) = 28.02.
      ['sales 42.00 USD', 'refunds -4.00 USD', 'settled-later -7.00 USD', 'exchanged 15.00 USD', 'fees -1.48 USD', 'coupons -1.00 USD', 'account-entries -2.00 USD', 'paid-later -13.50 USD', 'paid 28.02 USD', 'remainder 0.00 USD'],
    ]);
    expect(body.exchange.map(({ pair, price, lines, amount, gross }) => [pair, price, lines, say(amount), say(gross)])).toEqual([['USD/KRW', '1200', 1, '18000 KRW', '15.00 USD']]);
    expect(body.payOuts?.map(({ batchId, settledOn, items, summary, paid }) => [batchId, settledOn, items?.minor, summary?.minor ?? null, paid?.bookedOn ?? null])).toEqual([['B1', TUESDAY, '2802', '2802', WEDNESDAY], ['B2', WEDNESDAY, '1350', null, null]]);
    expect(body.unsettled.map(({ age, count, amount }) => [age, count, say(amount)])).toEqual([['0-1', 1, '7.00 USD']]);
  });

  it('has a journal of which the debits are the credits', async () => {
    const { body } = await report(`from=${MONDAY}&to=${WEDNESDAY}`);
    const lines = body.journal!.lines;
    const side = (of: 'debit' | 'credit', currency: string) => lines.reduce((sum, line) => sum + (line.currency === currency ? BigInt(line[of]?.minor ?? 0n) : 0n), 0n);
    for (const currency of ['USD', 'KRW']) expect([currency, side('debit', currency)]).toEqual([currency, side('credit', currency)]);
    // What Alipay owes at the end: 7.00 not settled, and 13.50 not paid out.
    const receivable = lines.filter(({ accountNumber, currency }) => accountNumber === '1200' && currency === 'USD').reduce((sum, { debit, credit }) => sum + BigInt(debit?.minor ?? 0n) - BigInt(credit?.minor ?? 0n), 0n);
    expect(receivable).toBe(2050n);
  });

  it('of a store ends with what was settled, and says nothing of the account', async () => {
    const own = await report(`from=${MONDAY}&to=${WEDNESDAY}`, keys.store);
    expect(own.body).toMatchObject({ storeId: 'S001', payOuts: null, journal: null });
    // 10.00 + 7.00 − 4.00 in dollars and all of the won: 6.00 + 15.00 − 0.30 + 0.12 − 0.50 − 1.00 = 19.32.
    expect(bridgesOf(own.body)[1]).toEqual(['sales 17.00 USD', 'refunds -4.00 USD', 'settled-later -7.00 USD', 'exchanged 15.00 USD', 'fees -0.68 USD', 'coupons -1.00 USD', 'paid 19.32 USD', 'remainder 0.00 USD']);
    expect((await report(`from=${MONDAY}&store=S002`, keys.store)).body.code).toBe('auth.forbidden');
    expect((await report(`from=${MONDAY}&store=S002`)).body.sales.map(({ sales }) => say(sales.amount))).toEqual(['25.00 USD']);
  });

  it('is of its own chain, and of days that there can be', async () => {
    expect((await report(`from=${MONDAY}&to=${WEDNESDAY}`, keys.stranger)).body).toMatchObject({ sales: [], fees: [], payOuts: [], bridge: [] });
    expect((await report(`from=${MONDAY}&account=demo-usd`, keys.stranger)).body.sales).toEqual([]);
    for (const query of ['', 'from=2026-02-30', `from=${TUESDAY}&to=${MONDAY}`, `from=${MONDAY}&to=2027-12-28`, `from=${MONDAY}&more=1`]) expect([query, (await report(query)).status]).toEqual([query, 400]);
    // 400 days, and 401.
    expect([(await report(`from=2025-10-22&to=${WEDNESDAY}`)).status, (await report(`from=2025-10-21&to=${WEDNESDAY}`)).status]).toEqual([200, 400]);
    expect((await report(`from=${MONDAY}`, keys.till)).body.code).toBe('auth.forbidden');
  });
});

describe('what differs', () => {
  it('is unexplained until a break names it', async () => {
    // Sold for 10.00 and listed with 10.02; 3.00 that nobody knows.
    await books.expect({ on: MONDAY, requestId: 'p1', alipayId: 'a1', amount: 1000n });
    await books.settle([{ on: MONDAY, batch: 'B1', alipayId: 'a1', amount: 1002n, net: 1002n }, { on: MONDAY, batch: 'B1', alipayId: 'a9', amount: 300n, net: 300n }]);
    expect(bridgesOf((await report(`from=${MONDAY}`)).body)).toEqual([['sales 10.00 USD', 'paid-later -13.02 USD', 'paid 0.00 USD', 'remainder 3.02 USD']]);
    await books.break({ id: 'a'.repeat(32), kind: 'amount-differs', on: MONDAY, alipayId: 'a1', riskMinor: 2n });
    expect(bridgesOf((await report(`from=${MONDAY}`)).body)).toEqual([['sales 10.00 USD', 'breaks 0.02 USD', 'paid-later -13.02 USD', 'paid 0.00 USD', 'remainder 3.00 USD']]);
    await books.break({ id: 'b'.repeat(32), kind: 'missing-with-us', on: MONDAY, alipayId: 'a9', riskMinor: 300n });
    const { body } = await report(`from=${MONDAY}`);
    expect(bridgesOf(body)).toEqual([['sales 10.00 USD', 'breaks 3.02 USD', 'paid-later -13.02 USD', 'paid 0.00 USD', 'remainder 0.00 USD']]);
    expect(body.breaks.counts.map(({ kind, age, count, amountAtRisk }) => [kind, age, count, say(amountAtRisk)])).toEqual([['amount-differs', '2-3', 1, '0.02 USD'], ['missing-with-us', '2-3', 1, '3.00 USD']]);
    expect([body.breaks.list.length, body.breaks.isWhole]).toEqual([2, true]);
  });

  it('is not explained by a break of the same payment that is not about its amounts', async () => {
    await books.expect({ on: MONDAY, requestId: 'p1', alipayId: 'a1', amount: 1000n });
    await books.settle([{ on: MONDAY, batch: 'B1', alipayId: 'a1', amount: 1002n, net: 1002n }]);
    await books.break({ id: 'a'.repeat(32), kind: 'never-acknowledged', on: MONDAY, alipayId: 'a1', riskMinor: 1000n });
    expect(bridgesOf((await report(`from=${MONDAY}`)).body)).toEqual([['sales 10.00 USD', 'paid-later -10.02 USD', 'paid 0.00 USD', 'remainder 0.02 USD']]);
  });

  it('counts the same transaction once, and its copy as a difference', async () => {
    await books.expect({ on: MONDAY, requestId: 'p1', alipayId: 'a1', amount: 1000n });
    await books.settle([{ on: MONDAY, batch: 'B1', alipayId: 'a1', amount: 1000n, net: 1000n }, { on: MONDAY, batch: 'B1', alipayId: 'a1', amount: 1000n, net: 1000n }]);
    expect(bridgesOf((await report(`from=${MONDAY}`)).body)).toEqual([['sales 10.00 USD', 'paid-later -20.00 USD', 'paid 0.00 USD', 'remainder 10.00 USD']]);
  });

  it('is nothing where a cancel undid what was paid, whether we knew of the payment or not', async () => {
    // p1 was known to be paid and given back, p2 was not known: both are listed as PAYMENT and CANCEL.
    await books.expect({ on: MONDAY, requestId: 'p1', alipayId: 'a1', amount: 1000n, basis: 'late-success' });
    await books.expect({ on: MONDAY, requestId: 'p1', type: 'CANCELLED', basis: 'give-back', amount: 0n });
    await books.expect({ on: MONDAY, requestId: 'p2', type: 'CANCELLED', basis: 'closed', amount: 0n });
    await books.settle([
      ...[1000n, -1000n].map((amount) => ({ on: TUESDAY, batch: 'B1', alipayId: 'a1', requestId: 'p1', type: amount > 0n ? 'PAYMENT' : 'CANCEL', amount, net: amount })),
      ...[500n, -500n].map((amount) => ({ on: TUESDAY, batch: 'B1', alipayId: 'a2', requestId: 'p2', type: amount > 0n ? 'PAYMENT' : 'CANCEL', amount, net: amount })),
    ]);
    const { body } = await report(`from=${MONDAY}&to=${TUESDAY}`);
    expect(bridgesOf(body)).toEqual([['sales 10.00 USD', 'given-back -10.00 USD', 'paid 0.00 USD', 'remainder 0.00 USD']]);
    expect(body.unsettled).toEqual([]);
  });

  it('finds a refund by our own id where Alipay names its payment', async () => {
    await books.expect({ on: MONDAY, type: 'REFUND', requestId: 'r1', alipayId: 'b1', amount: -400n });
    await books.settle([{ on: MONDAY, batch: 'B1', alipayId: 'a1', requestId: 'r1', type: 'REFUND', amount: -400n, net: -400n }]);
    const { body } = await report(`from=${MONDAY}`);
    expect(bridgesOf(body)).toEqual([['refunds -4.00 USD', 'paid-later 4.00 USD', 'paid 0.00 USD', 'remainder 0.00 USD']]);
    expect(body.unsettled).toEqual([]);
  });
});
