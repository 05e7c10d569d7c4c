import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type BreakListView, type RunsView } from '@scantill/contracts';
import { reportColumns } from '@scantill/alipay';
import { alipayId, file, refundRow, row, settledFile, settledName, SETTLED_NAME, SETTLED_ON, settledRow, World, type Columns, type Sale } from './world.js';

const NEXT_BATCH = '2026112611021040124';
const NEXT = { settlementBatchId: NEXT_BATCH, settlementTime: '2026-11-26T10:00:00+08:00' };
const TERMS = { feeRate: '0.02', feeFixed: '0.10', feeOnRefund: 'returned', rateMode: 'locked', period: { every: 'day', workingDays: 1 } };
/** 10.00, of which 0.30 are the fee. */
const sale: Sale = { number: 1, minor: 1_000n };
const FEE = -30n;

let world: World;
let keys: Awaited<ReturnType<World['reset']>>;
let now: number;

beforeAll(async () => { world = await World.open(); });
afterAll(() => world.close());
beforeEach(async () => {
  now = Date.parse('2026-11-26T12:00:00+08:00');
  await begin();
});

async function begin(): Promise<void> {
  keys = await world.reset();
  tick();
}

function tick(): void {
  world.platform.clock.set(new Date(now += 10_000).toISOString());
}

const agree = () => world.ask('PUT', '/v1/contracts/demo-usd/2026-01-01', keys.ann, TERMS);
const settle = (rows: readonly Columns[], name = SETTLED_NAME) => world.send(keys.finance, settledFile(rows), name);
const told = async () => (await world.ask<BreakListView>('GET', '/v1/breaks', keys.ann)).body.breaks.map(({ kind, transactionType, businessDate, ours, theirs, amountAtRisk }) =>
  `${kind} ${transactionType} ${businessDate.slice(5)} ${ours?.minor ?? '-'} ${theirs?.minor ?? '-'} at risk ${amountAtRisk.minor}`).sort();

/** Compares again what is due. */
async function rematch(): Promise<void> {
  tick();
  await world.rematch((await world.database.query<{ key: string }>(`select key from due_work where kind = 'match-day' order by key`)).map(({ key }) => key));
}

describe('a payment that is paid out twice', () => {
  beforeEach(async () => { await agree(); });

  const first = () => settle([settledRow(row(sale), FEE)]);
  const second = () => settle([settledRow(row(sale), FEE, NEXT)], settledName(NEXT_BATCH));

  it.each([['one after the other', [first, second]], ['the later one first', [second, first]]])('in two batches is there twice, on the later day, with what was paid out too much: %s', async (_order, uploads) => {
    await world.receive([world.succeeded(sale)]);
    for (const upload of uploads) {
      tick();
      expect((await upload()).status).toBe(201);
    }
    await rematch();
    expect(await told()).toEqual(['duplicate-line PAYMENT 11-26 - 970 at risk 970']);
    tick();
    await world.upload(keys.finance, settledFile([]), settledName(NEXT_BATCH), '&account=demo-usd');
    await rematch();
    expect(await told()).toEqual([]);
  });

  it('once when it was due and once again weeks later is there twice, on the later day', async () => {
    await world.receive([world.succeeded(sale)]);
    await first();
    for (const day of ['2026-12-01', '2026-12-02', '2026-12-20']) {
      tick();
      const batch = `${day.replaceAll('-', '')}11021040199`;
      expect(await settle([settledRow(row(sale), FEE, { settlementBatchId: batch, settlementTime: `${day}T10:00:00+08:00` })], settledName(batch))).toMatchObject({ status: 201 });
    }
    expect(await told()).toEqual(['01', '02', '20'].map((day) => `duplicate-line PAYMENT 12-${day} - 970 at risk 970`));
  });

  it('in one batch has its fee judged once', async () => {
    await world.receive([world.succeeded(sale)]);
    const dear = settledRow(row(sale), FEE - 5n);
    expect(await settle([dear, dear])).toMatchObject({ status: 201 });
    expect(await told()).toEqual(['duplicate-line PAYMENT 11-25 - 965 at risk 965', 'fee-differs PAYMENT 11-25 -30 -35 at risk 5']);
  });

  it.each([
    ['of more', settledRow(row({ ...sale, minor: 2_000n }), -50n)], ['of less', settledRow(row({ ...sale, minor: 500n }), -20n)],
    ['at a higher fee', settledRow(row(sale), FEE - 5n)], ['of another store', settledRow(row(sale, { referenceStoreId: 'S002' }), FEE)],
  ])('in one batch is there once as we know it, before or after a row %s', async (_, copy) => {
    const right = settledRow(row(sale), FEE);
    const hashes = new Set<string>();
    for (const rows of [[right, copy], [copy, right]]) {
      await begin();
      await agree();
      await world.receive([world.succeeded(sale)]);
      expect(await settle(rows)).toMatchObject({ status: 201 });
      expect(await told()).toEqual([`duplicate-line PAYMENT 11-25 - ${copy['settlementAmountValue']} at risk ${copy['settlementAmountValue']}`]);
      for (const { hash } of (await world.ask<RunsView>('GET', `/v1/days/${SETTLED_ON}/runs`, keys.finance)).body.runs) hashes.add(hash);
    }
    expect(hashes.size).toBe(1);
  });
});

describe('a refund of generation C', () => {
  const refund = { number: 1, refund: 1, minor: 400n };
  const columns = reportColumns.settlementItems.C.filter((name) => name !== 'PSP' && name !== 'ARN');
  const refunded = settledRow(refundRow(refund, { transactionId: alipayId(1) }));
  const settleC = (rows: readonly Columns[]) => world.send(keys.finance, file(rows.map((each) => ({ ...each, settlementInitiatedDate: each['settlementTime'] ?? '' })), columns), SETTLED_NAME);

  it.each([['in a batch of its own', false], ['together with its payment', true]])('that we hear of after it was paid out, %s, is matched there a little later, although its row carries the id of the payment', async (_, isTogether) => {
    if (!isTogether) await world.receive([world.succeeded(sale)]);
    await settleC([refunded]);
    await rematch();
    expect(await told()).toEqual(['missing-with-us REFUND 11-25 - -400 at risk 400']);
    tick();
    await world.receive([...(isTogether ? [world.succeeded(sale)] : []), world.refunded(refund)]);
    await rematch();
    expect(await told()).toEqual([]);
  });

  it('that is paid out twice is listed twice, also under another id', async () => {
    await world.receive([world.succeeded(sale), world.refunded(refund)]);
    await settleC([settledRow(row(sale)), refunded, { ...refunded, transactionId: 'X-1' }]);
    expect(await told()).toEqual(['duplicate-line REFUND 11-25 - -400 at risk 400']);
  });

  it('that nobody here knows is a break of its own, also where its payment has others, or is of a type that nobody knows', async () => {
    await world.receive([world.succeeded(sale)]);
    const [first, second] = [1, 2].map((number) => settledRow(refundRow({ ...refund, refund: number }, { transactionId: alipayId(1) })));
    const fees = settledRow(row({ number: 7, minor: 30n }, { transactionType: 'FEE_CREDIT' }));
    expect(await settleC([settledRow(row(sale)), first!, second!, fees, fees])).toMatchObject({ status: 201 });
    expect(await told()).toEqual([...Array(2).fill('missing-with-us REFUND 11-25 - -400 at risk 400'), ...Array(2).fill('unknown-type FEE_CREDIT 11-25 - 30 at risk 30')]);
  });
});
