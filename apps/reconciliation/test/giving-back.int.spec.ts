import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { timelinePart } from '@scantill/contracts';
import fc from 'fast-check';
import { alipayRefundId, cancelRow, DATE, file, paymentId, refundId, refundRow, row, World, type GivenBack } from './world.js';

const NEXT = '2026-11-25';
const NEXT_NAME = 'transactionItems_20261125_000.csv';
const sale = { number: 1, minor: 1_000n };
const refund: GivenBack = { number: 1, refund: 1, minor: 400n };

let world: World;
let keys: Awaited<ReturnType<World['reset']>>;

beforeAll(async () => { world = await World.open(); });
afterAll(() => world.close());
beforeEach(async () => { keys = await world.reset(); });

async function kinds(date = DATE): Promise<string[]> {
  return (await world.breaks(keys.finance, '', date)).body.breaks.map(({ kind, transactionType, amountAtRisk }) => `${kind} ${transactionType} ${amountAtRisk.currency} ${amountAtRisk.minor}`).sort();
}

async function statuses(): Promise<string[]> {
  return (await world.expectations(keys.till, 1)).body.expectations.map(({ type, basis, status }) => `${type} ${basis} ${status}`).sort();
}

describe('a refund', () => {
  beforeEach(() => world.receive([world.succeeded(sale), world.refunded(refund)]));

  it('is expected as what leaves us, and counts as that in its day', async () => {
    await world.upload(keys.finance, file([row(sale), refundRow(refund)]));
    expect(await kinds()).toEqual([]);
    const { body } = await world.expectations(keys.till, 1);
    expect(body.expectations.find(({ type }) => type === 'REFUND')).toMatchObject({
      paymentId: paymentId(1), refundId: refundId(1), basis: 'refund', amount: { currency: 'USD', minor: '-400' }, alipayPaymentId: null, alipayRefundId: alipayRefundId(1), status: 'matched', matchedLine: { line: 3 },
    });
    expect((await world.day(keys.finance)).body.accounts).toMatchObject([{
      lines: { count: 2, amounts: [{ minor: '600' }] }, expected: { count: 2, amounts: [{ minor: '600' }] }, matched: { count: 2, amounts: [{ minor: '600' }] },
    }]);
  });

  it("is found by Alipay's id although its row repeats the request id of the payment, as in Alipay's own sample", async () => {
    await world.upload(keys.finance, file([row(sale), refundRow(refund, { transactionRequestId: paymentId(1) })]));
    expect(await statuses()).toEqual(['PAYMENT success matched', 'REFUND refund matched']);
  });

  it('is found by a request id only if that is its own', async () => {
    await world.upload(keys.finance, file([row(sale), refundRow(refund, { transactionId: 'X-1' })]));
    expect([await kinds(), await statuses()]).toEqual([[], ['PAYMENT success matched', 'REFUND refund matched']]);
    await world.upload(keys.finance, file([row(sale), refundRow(refund, { transactionId: 'X-1', transactionRequestId: paymentId(1) })]));
    expect(await kinds()).toEqual(['missing-at-alipay REFUND USD 400', 'refund-not-ours REFUND USD 400']);
  });

  it('is a break of its own where it is missing or differs, beside the other refunds of the payment', async () => {
    await world.receive([world.refunded({ ...refund, refund: 2, minor: 100n }), world.refunded({ ...refund, refund: 3, minor: 50n })]);
    await world.upload(keys.finance, file([row(sale), refundRow({ ...refund, refund: 3, minor: 55n })]));
    expect(await kinds()).toEqual(['amount-differs REFUND USD 5', 'missing-at-alipay REFUND USD 100', 'missing-at-alipay REFUND USD 400']);
    const { body } = await world.breaks(keys.finance);
    expect(body.breaks.map((each) => each.refundId).sort()).toEqual([refundId(1), refundId(2), refundId(3)]);
    await world.upload(keys.finance, file([row(sale), ...[[1, 400n], [2, 100n], [3, 50n]].map(([number, minor]) => refundRow({ ...refund, refund: Number(number), minor: BigInt(minor!) }))]));
    expect(await kinds()).toEqual([]);
  });

  it('is matched whatever day it was expected on', async () => {
    await world.upload(keys.finance, file([row(sale)]));
    expect(await kinds()).toEqual(['missing-at-alipay REFUND USD 400']);
    await world.upload(keys.finance, file([refundRow({ ...refund, paidAt: `${NEXT}T00:00:01+08:00` })]), NEXT_NAME);
    expect([await kinds(), await kinds(NEXT)]).toEqual([[], []]);
  });

  it('that bounced is expected to come back, and is no break by itself', async () => {
    await world.receive([world.reversed({ ...refund, paidAt: `${NEXT}T09:00:00+08:00` })]);
    await world.upload(keys.finance, file([row(sale), refundRow(refund)]));
    await world.upload(keys.finance, file([]), NEXT_NAME);
    expect([await kinds(), await kinds(NEXT)]).toEqual([[], []]);
    expect(await statuses()).toEqual(['PAYMENT success matched', 'REFUND refund matched', 'REFUND_REVERSAL reversal open']);
    await world.upload(keys.finance, file([row({ ...sale, minor: 400n }, { transactionType: 'REFUND_REVERSAL', transactionId: 'RR-1', transactionRequestId: '' })]), NEXT_NAME);
    expect([await kinds(NEXT), (await statuses())[2]]).toEqual([[], 'REFUND_REVERSAL reversal matched']);
  });
});

describe('money that came after the payment had ended', () => {
  beforeEach(() => world.receive([world.cancelled(1, false), world.lateSuccess(sale)]));

  it('and was given back by a refund is listed as payment and refund, and both are expected', async () => {
    await world.receive([world.refunded({ ...refund, minor: 1_000n, isGiveBack: true })]);
    await world.upload(keys.finance, file([row(sale), refundRow({ ...refund, minor: 1_000n })]));
    expect([await kinds(), await statuses()]).toEqual([[], ['CANCELLED closed open', 'PAYMENT late-success matched', 'REFUND give-back matched']]);
    await world.upload(keys.finance, file([row(sale)]));
    expect(await kinds()).toEqual(['missing-at-alipay REFUND USD 1000']);
  });

  it('and was not given back must be listed', async () => {
    await world.upload(keys.finance, file([]));
    expect(await kinds()).toEqual(['missing-at-alipay PAYMENT USD 1000']);
  });

  it('and was given back by a cancel comes to nothing, or is not listed at all', async () => {
    await world.receive([world.cancelled(1, true)]);
    await world.upload(keys.finance, file([]));
    expect(await kinds()).toEqual([]);
    await world.upload(keys.finance, file([row(sale), cancelRow(sale)]));
    expect([await kinds(), await statuses()]).toEqual([[], ['CANCELLED give-back matched', 'PAYMENT late-success matched']]);
    const nothing = { count: 2, amounts: [{ currency: 'USD', minor: '0' }] };
    expect((await world.day(keys.finance)).body.accounts).toMatchObject([{ lines: nothing, expected: nothing, matched: nothing }]);
  });

  it('and was given back by a cancel that names another store is told so', async () => {
    await world.receive([world.cancelled(1, true)]);
    await world.upload(keys.finance, file([row(sale), { ...cancelRow(sale), referenceStoreId: 'S999' }]));
    expect(await kinds()).toEqual(['wrong-store CANCEL USD 0']);
    await world.upload(keys.finance, file([row(sale), cancelRow(sale)]));
    expect(await kinds()).toEqual([]);
  });

  it('and was given back by a cancel that Alipay does not list is a break, in whatever order the files come', async () => {
    await world.receive([world.cancelled(1, true)]);
    await world.upload(keys.finance, file([row(sale)]));
    expect(await kinds()).toEqual(['missing-at-alipay CANCEL USD 1000']);
    await world.upload(keys.finance, file([cancelRow(sale)]), NEXT_NAME);
    expect([await kinds(), await kinds(NEXT)]).toEqual([[], []]);
    await world.upload(keys.finance, file([]), NEXT_NAME);
    expect(await kinds()).toEqual(['missing-at-alipay CANCEL USD 1000']);
    await world.upload(keys.finance, file([]));
    expect(await kinds()).toEqual([]);
  });
});

describe('a cancelled payment that Alipay lists, and its cancel', () => {
  it('comes to nothing, and is told where a line names another store', async () => {
    await world.receive([world.cancelled(1, true)]);
    await world.upload(keys.finance, file([row(sale, { referenceStoreId: 'S999' }), cancelRow(sale)]));
    expect([await kinds(), await statuses()]).toEqual([['wrong-store PAYMENT USD 0'], ['CANCELLED give-back matched']]);
    await world.upload(keys.finance, file([row(sale), cancelRow(sale)]));
    expect(await kinds()).toEqual([]);
  });
});

describe('a cancelled payment that Alipay lists twice under two ids', () => {
  const other = [row(sale, { transactionId: 'X-1' }), { ...cancelRow(sale), transactionId: 'X-1' }];

  it('comes to nothing once; the second time nobody expected', async () => {
    await world.receive([world.cancelled(1, true)]);
    expect((await world.upload(keys.finance, file([row(sale), cancelRow(sale), ...other]))).status).toBe(201);
    expect(await kinds()).toEqual(['cancelled-here-paid-there PAYMENT USD 1000', 'missing-with-us CANCEL USD 1000']);
  });

  it('is not undone by the cancel of the other id', async () => {
    await world.receive([world.cancelled(1, false), world.lateSuccess(sale), world.cancelled(1, true)]);
    expect((await world.upload(keys.finance, file([row(sale), ...other]))).status).toBe(201);
    expect(await kinds()).toEqual(['cancelled-here-paid-there PAYMENT USD 1000', 'missing-at-alipay CANCEL USD 1000', 'missing-with-us CANCEL USD 1000']);
    // The other id comes on a day of its own: what is matched already stays.
    await world.upload(keys.finance, file([row(sale), cancelRow(sale)]));
    expect((await world.upload(keys.finance, file(other.map((each) => ({ ...each, paymentTime: `${NEXT}T00:05:00+08:00` }))), NEXT_NAME)).status).toBe(201);
    expect([await kinds(), await kinds(NEXT)]).toEqual([[], ['cancelled-here-paid-there PAYMENT USD 1000', 'missing-with-us CANCEL USD 1000']]);
  });
});

describe('days on which money goes back', () => {
  /** Everything that a matching decides, without our ids and times. */
  const outcome = async () => [
    await world.database.query('select request_id, type, agrees from links order by request_id, type'),
    await world.database.query(`select kind, type, business_date::text, request_id, alipay_id, ours_minor, theirs_minor from breaks where status = 'open' order by id`),
  ];

  it('give the same result whatever the order of the lines, and however often they are matched', async () => {
    const ids = fc.integer({ min: 1, max: 3 });
    const paid = fc.tuple(ids, ids).map(([number, request]) => row({ ...sale, number }, { transactionRequestId: paymentId(request) }));
    const cancelled = fc.tuple(ids, ids).map(([number, request]) => ({ ...cancelRow({ ...sale, number }), transactionRequestId: paymentId(request) }));
    const refunded = fc.tuple(ids, ids, fc.constantFrom(400n, 1_000n)).map(([number, request, minor]) => refundRow({ number: request, refund: number, minor }, { transactionRequestId: refundId(request) }));
    const orders = fc.array(fc.oneof(paid, cancelled, refunded), { maxLength: 10 }).chain((rows) => fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })));
    await fc.assert(fc.asyncProperty(orders, async ([rows, shuffled]) => {
      const outcomes: unknown[] = [];
      for (const order of [rows, shuffled, rows]) {
        expect((await world.upload(keys.finance, file(order))).status).toBeLessThan(300);
        outcomes.push(await outcome());
      }
      expect(outcomes[1]).toEqual(outcomes[0]);
      expect(outcomes[2]).toEqual(outcomes[0]);
    }).beforeEach(async () => {
      keys = await world.reset();
      await world.receive([
        world.cancelled(1, false), world.lateSuccess(sale), world.cancelled(1, true), world.cancelled(2, true),
        world.succeeded({ ...sale, number: 3 }), world.refunded({ ...refund, number: 3, refund: 3 }), world.refunded({ ...refund, refund: 1, minor: 1_000n, isGiveBack: true }),
      ]);
    }), { numRuns: 15 });
  });
});

describe("the books' part of an order's time line", () => {
  it('has expectations, the lines that list them, breaks and their ends', async () => {
    await world.receive([world.succeeded(sale), world.refunded(refund)]);
    await world.upload(keys.finance, file([row(sale)]));
    await world.upload(keys.finance, file([row(sale), refundRow({ ...refund, minor: 300n })]));
    const { body } = await world.timeline(keys.till, 1);
    expect(timelinePart.safeParse(body).success).toBe(true);
    expect(body.entries.map(({ kind, detail }) => `${kind} ${String(detail['type'] ?? detail['kind'])}`).sort()).toEqual([
      'break.opened amount-differs', 'break.opened missing-at-alipay', 'break.resolved missing-at-alipay', 'expectation.recorded PAYMENT', 'expectation.recorded REFUND', 'line.differed REFUND', 'line.matched PAYMENT',
    ]);
    const times = body.entries.map(({ at }) => Date.parse(at));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(body.entries.find(({ kind }) => kind === 'line.differed')).toMatchObject({ service: 'reconciliation', detail: { refundId: refundId(1), fileName: 'transactionItems_20261124_000.csv', line: 3 } });
  });

  it('is for the chain of the order, and for its store', async () => {
    await world.receive([world.succeeded(sale)]);
    expect((await world.timeline(keys.store, 1)).body.entries).toHaveLength(1);
    for (const key of [keys.stranger, keys.otherStore]) expect((await world.timeline(key, 1)).body.entries).toEqual([]);
    expect([(await world.timeline(keys.till, 9)).body.entries, (await world.timeline('nobody', 1)).status]).toEqual([[], 401]);
  });
});
