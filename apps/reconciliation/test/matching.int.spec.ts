import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TRANSACTION_ITEMS_COLUMNS } from '@scantill/alipay';
import fc from 'fast-check';
import { alipayId, cancelRow, DATE, file, paymentId, refundRow, row, sales, World, type Sale } from './world.js';

const NEXT = '2026-11-25';
const NEXT_NAME = 'transactionItems_20261125_000.csv';

let world: World;
let keys: Awaited<ReturnType<World['reset']>>;

beforeAll(async () => { world = await World.open(); });
afterAll(() => world.close());
beforeEach(async () => { keys = await world.reset(); });

/** Everything that a matching decides, without our ids and times. */
async function outcome(): Promise<unknown> {
  const matches = await world.database.query('select request_id, type, agrees from links order by request_id, type');
  const breaks = await world.database.query(
    'select kind, type, business_date::text, order_key, payment_id, alipay_id, ours_minor, theirs_minor, risk_minor from breaks where status = $1 order by id', ['open'],
  );
  return { matches, breaks };
}

async function kinds(date = DATE): Promise<string[]> {
  return (await world.breaks(keys.finance, '', date)).body.breaks.map(({ kind, transactionType, amountAtRisk }) => `${kind} ${transactionType} ${amountAtRisk.currency} ${amountAtRisk.minor}`).sort();
}

describe('a day that Alipay lists as we know it', () => {
  it('is matched as a whole, without a break', async () => {
    await world.receive(sales(40).map((sale) => world.succeeded(sale)));
    const imported = await world.upload(keys.finance, file(sales(40).map((sale) => row(sale))));
    expect(imported).toMatchObject({ status: 201, body: { lines: 40, matched: 40, breaksOpened: 0, alreadyImported: false, totals: [{ currency: 'USD', minor: '40820' }] } });
    const { body } = await world.day(keys.finance);
    expect(body.accounts).toMatchObject([{
      complete: true, lines: { count: 40 }, expected: { count: 40, amounts: [{ currency: 'USD', minor: '40820' }] }, matched: { count: 40, amounts: [{ currency: 'USD', minor: '40820' }] }, breaks: [],
    }]);
    expect((await world.expectations(keys.till, 1)).body.expectations).toMatchObject([{ status: 'matched', matchedLine: { line: 2 } }]);
  });

  it('is matched by our request id where we do not know the id of Alipay', async () => {
    await world.receive([world.reported({ number: 1, minor: 900n })]);
    await world.upload(keys.finance, file([row({ number: 1, minor: 900n })]));
    expect(await kinds()).toEqual([]);
  });

  it("is matched by the order's id only where no other id says otherwise, and never by a guess", async () => {
    await world.receive([world.reported({ number: 1, minor: 900n })]);
    await world.upload(keys.finance, file([row({ number: 1, minor: 900n }, { transactionRequestId: '' })]));
    expect(await kinds()).toEqual([]);
    await world.upload(keys.finance, file([row({ number: 1, minor: 900n }, { transactionRequestId: paymentId(99) })]));
    expect(await kinds()).toEqual(['missing-at-alipay PAYMENT USD 900', 'missing-with-us PAYMENT USD 900']);
    await world.upload(keys.finance, file([row({ number: 1, minor: 900n }, { transactionRequestId: '' }), row({ number: 1, minor: 900n }, { transactionRequestId: '', transactionId: alipayId(2) })]));
    expect(await kinds()).toEqual(['ambiguous PAYMENT USD 900', 'ambiguous PAYMENT USD 900', 'missing-at-alipay PAYMENT USD 0']);
  });
});

describe('a day that differs', () => {
  beforeEach(() => world.receive(sales(5).map((sale) => world.succeeded(sale))));

  it('has exactly one break for one changed amount, at risk the difference', async () => {
    const imported = await world.upload(keys.finance, file(sales(5).map((sale) => row(sale.number === 3 ? { ...sale, minor: sale.minor + 25n } : sale))));
    expect(imported.body).toMatchObject({ matched: 4, breaksOpened: 1 });
    const { body } = await world.breaks(keys.finance);
    expect(body.breaks).toMatchObject([{
      kind: 'amount-differs', status: 'open', orderId: 'A-3', paymentId: paymentId(3), alipayId: alipayId(3), ours: { minor: '1003' }, theirs: { minor: '1028' }, amountAtRisk: { currency: 'USD', minor: '25' },
      evidence: { file: { sha256: imported.body.sha256, line: 4, raw: expect.stringContaining(`${alipayId(3)},,${paymentId(3)},demo_A-3`) }, eventId: expect.any(String) },
    }]);
    expect((await world.expectations(keys.till, 3)).body.expectations[0]?.status).toBe('differs');
  });

  it('has the whole amount at risk where one side is missing', async () => {
    await world.upload(keys.finance, file([...sales(4).map((sale) => row(sale)), row({ number: 77, minor: 500n })]));
    expect(await kinds()).toEqual(['missing-at-alipay PAYMENT USD 1005', 'missing-with-us PAYMENT USD 500']);
  });

  it('does not compare amounts of two currencies', async () => {
    await world.upload(keys.finance, file(sales(5).map((sale) => row(sale.number === 2 ? { ...sale, currency: 'JPY' } : sale))));
    expect(await kinds()).toEqual(['currency-differs PAYMENT USD 1002']);
  });

  it('names a repeated line once for every copy, and keeps the copy that agrees', async () => {
    const [first] = sales(1) as [Sale];
    await world.upload(keys.finance, file([row({ ...first, minor: 1n }), ...sales(5).map((sale) => row(sale)), row(first)]));
    expect(await kinds()).toEqual(['duplicate-line PAYMENT USD 1', 'duplicate-line PAYMENT USD 1001']);
  });

  it('names a line that another store repeats, and keeps the copy of the store that sold', async () => {
    const [first] = sales(1) as [Sale];
    const elsewhere = row(first, { referenceStoreId: 'S002' });
    for (const rows of [[...sales(5).map((sale) => row(sale)), elsewhere], [elsewhere, ...sales(5).map((sale) => row(sale))]]) {
      const imported = await world.upload(keys.finance, file(rows));
      expect(imported.body).toMatchObject({ matched: 5 });
      expect(await kinds()).toEqual(['duplicate-line PAYMENT USD 1001']);
    }
    await world.upload(keys.finance, file([elsewhere, elsewhere, ...sales(5).slice(1).map((sale) => row(sale))]));
    expect(await kinds()).toEqual(['duplicate-line PAYMENT USD 1001', 'wrong-store PAYMENT USD 0']);
  });

  it('has a break for each line of a type that nobody knows, and for each refund of generation C that nobody knows', async () => {
    const credit = row({ number: 9, minor: 30n }, { transactionType: 'FEE_CREDIT', transactionId: alipayId(1) });
    expect(await world.upload(keys.finance, file([...sales(5).map((sale) => row(sale)), credit, credit]))).toMatchObject({ status: 201 });
    expect(await kinds()).toEqual(Array(2).fill('unknown-type FEE_CREDIT USD 30'));
    const refunds = [1, 1, 2].map((refund) => refundRow({ number: 1, refund, minor: 400n }, { transactionId: alipayId(1) }));
    const rows = [...sales(5).map((sale) => row(sale)), ...refunds].map((each) => ({ ...each, status: 'SUCCESS' }));
    expect(await world.upload(keys.finance, file(rows, [...TRANSACTION_ITEMS_COLUMNS, 'status']))).toMatchObject({ status: 201 });
    const told = await kinds();
    expect(told.filter((each) => !each.startsWith('unknown-type'))).toEqual(['duplicate-line REFUND USD 400', ...Array(2).fill('refund-not-ours REFUND USD 400')]);
  });

  it('lists refunds and cancels that we know nothing of, with their type', async () => {
    await world.upload(keys.finance, file([...sales(5).map((sale) => row(sale)), row({ number: 1, minor: -400n }, { transactionType: 'REFUND', transactionId: 'R-1' })]));
    expect(await kinds()).toEqual(['missing-with-us REFUND USD 400']);
  });
});

describe('a payment that was cancelled', () => {
  const sale = { number: 1, minor: 700n };

  it('is expected not to be listed, or to come to nothing', async () => {
    await world.receive([world.cancelled(1, true)]);
    await world.upload(keys.finance, file([]));
    expect(await kinds()).toEqual([]);
    await world.upload(keys.finance, file([row(sale), cancelRow(sale)]));
    expect(await kinds()).toEqual([]);
  });

  it('is a break while only one of the two is listed, also when the other comes the next day', async () => {
    await world.receive([world.cancelled(1, false)]);
    await world.upload(keys.finance, file([row(sale)]));
    expect(await kinds()).toEqual(['cancelled-here-paid-there PAYMENT USD 700']);
    await world.upload(keys.finance, file([cancelRow(sale)]), NEXT_NAME);
    expect([await kinds(), await kinds(NEXT)]).toEqual([[], []]);
    await world.upload(keys.finance, file([]), NEXT_NAME);
    expect(await kinds()).toEqual(['cancelled-here-paid-there PAYMENT USD 700']);
  });

  it('is a break when the amounts do not come to nothing', async () => {
    await world.receive([world.cancelled(1, true)]);
    await world.upload(keys.finance, file([row(sale), cancelRow({ ...sale, minor: 699n })]));
    expect(await kinds()).toEqual(['cancelled-here-paid-there PAYMENT USD 700', 'missing-with-us CANCEL USD 699']);
  });
});

describe('lines and days', () => {
  it('match whatever day the payment was expected on', async () => {
    await world.receive([world.succeeded({ number: 1, minor: 800n, paidAt: `${DATE}T23:59:59+08:00` })]);
    await world.upload(keys.finance, file([]));
    expect(await kinds()).toEqual(['missing-at-alipay PAYMENT USD 800']);
    await world.upload(keys.finance, file([row({ number: 1, minor: 800n, paidAt: `${NEXT}T00:00:00+08:00` })]), NEXT_NAME);
    expect([await kinds(), await kinds(NEXT)]).toEqual([[], ['wrong-day PAYMENT USD 0']]);
    await world.upload(keys.finance, file([]), NEXT_NAME);
    expect(await kinds()).toEqual(['missing-at-alipay PAYMENT USD 800']);
  });

  it('know a line again that another day lists too, in whatever order the files come', async () => {
    const [sale] = sales(1) as [Sale];
    const uploads = [() => world.upload(keys.finance, file([row(sale)])), () => world.upload(keys.finance, file([row({ ...sale, paidAt: `${NEXT}T09:00:00+08:00` })]), NEXT_NAME)];
    const outcomes: unknown[] = [];
    for (const order of [uploads, [...uploads].reverse()]) {
      keys = await world.reset();
      await world.receive([world.succeeded(sale)]);
      for (const upload of order) expect((await upload()).status).toBe(201);
      outcomes.push(await outcome());
    }
    expect(outcomes[0]).toEqual(outcomes[1]);
    expect(await kinds(NEXT)).toEqual(['duplicate-line PAYMENT USD 1001']);
  });

  it('give the same result whatever the order of the lines, and however often they are matched', async () => {
    const ids = fc.integer({ min: 1, max: 6 });
    const stores = fc.constantFrom('S001', 'S001', 'S002');
    const line = fc.oneof(
      fc.record({ sale: fc.constantFrom(...sales(6)), store: stores }).map(({ sale, store }) => row(sale, { referenceStoreId: store })),
      fc.record({ refund: fc.constantFrom(1, 2), store: stores }).map(({ refund, store }) => refundRow({ number: 3, refund, minor: 400n }, { referenceStoreId: store })),
      fc.record({ number: ids, request: ids, order: ids, minor: fc.constantFrom(1_001n, 1_002n, 1_003n), isCancel: fc.boolean(), store: stores }).map(({ number, request, order, minor, isCancel, store }) =>
        row({ number, minor: isCancel ? -minor : minor }, {
          transactionType: isCancel ? 'CANCEL' : 'PAYMENT', transactionRequestId: paymentId(request), referenceTransactionId: `demo_A-${order}`, referenceStoreId: store,
        })),
    );
    // Two payments of Alipay's name one request of ours, alike in all but their ids.
    const sharing = [4, 5].map((number) => row({ number, minor: 1_002n }, { transactionRequestId: paymentId(2) }));
    const orders = fc.array(line, { maxLength: 10 }).chain((rows) => fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })));
    await fc.assert(fc.asyncProperty(orders, async ([rows, shuffled]) => {
      const outcomes: unknown[] = [];
      for (const editions of [[rows, shuffled], [shuffled, rows]]) {
        keys = await world.reset();
        await world.receive([...sales(3).map((sale) => world.succeeded(sale)), world.refunded({ number: 3, refund: 1, minor: 400n }), world.cancelled(4, true), world.cancelled(5, false)]);
        for (const edition of editions) {
          expect((await world.upload(keys.finance, file(edition))).status).toBeLessThan(300);
          outcomes.push(await outcome());
        }
      }
      for (const other of outcomes) expect(other).toEqual(outcomes[0]);
    }), { numRuns: 12, examples: [[[sharing, [...sharing].reverse()]]] });
  });
});
