import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { BreakListView, BreakDetailView } from '@scantill/contracts';
import { camt053, IBAN, summaryFile, type Booked } from './batch-files.js';
import { Intakes } from './intakes.js';
import { World } from './world.js';

/** A Tuesday; the bank has until the Tuesday after. */
const DAY = '2026-11-24';
const DUE_ON = '2026-12-01';
const BATCH = '2026112411021040123';
const NEXT_BATCH = '2026112511021040124';
const rows = [{ type: 'PAYMENT', count: 2, net: 1_450n, fee: -50n }, { type: 'REFUND', net: -725n, fee: 25n }];
const sums = rows.map((row) => ({ ...row, batchId: BATCH }));

let world: World;
let intakes: Intakes;
let keys: Awaited<ReturnType<World['reset']>>;

beforeAll(async () => {
  world = await World.open();
  intakes = await Intakes.open(world);
});
afterAll(async () => {
  await intakes.close();
  await world.close();
});
beforeEach(async () => {
  keys = await world.reset();
  world.platform.clock.set(`${DAY}T20:00:00+08:00`);
});

async function summary(batchId = BATCH, day = DAY, all: Parameters<typeof summaryFile>[2] = rows) {
  const taken = await intakes.summary(summaryFile(batchId, day, all));
  if (!taken.ok) throw new Error(`refused: ${taken.error.kind}`);
  return taken.value;
}

async function statement(bookings: readonly Booked[], closedOn = DUE_ON, id = 'S-1') {
  const taken = await intakes.statement(camt053(id, closedOn, bookings));
  if (!taken.ok) throw new Error(`refused: ${taken.error.kind}`);
  return taken.value;
}

const paid = (more: Partial<Booked> = {}): Booked => ({ day: '2026-11-26', amount: '7.25', text: `ALIPAY ${BATCH}`, ...more });

async function breaks(query = '') {
  return (await world.ask<BreakListView>('GET', `/v1/breaks${query}`, keys.ann)).body.breaks;
}

async function told(query = ''): Promise<string[]> {
  return (await breaks(query)).map(({ kind, transactionType, ours, theirs, amountAtRisk, causedBy }) => `${kind} ${transactionType} ${ours?.minor} ${theirs?.minor} at risk ${amountAtRisk.minor}${causedBy === null ? '' : ' caused'}`).sort();
}

async function resolved() {
  return (await breaks('?status=resolved')).map(({ kind, resolution }) => [kind, resolution?.by === 'evidence' ? [resolution.file?.fileId, resolution.file?.line] : null]);
}

describe('a batch whose items, summary and pay-out agree', () => {
  it('has no break, in whatever order they come', async () => {
    for (const order of [[0, 1, 2], [2, 1, 0], [1, 2, 0]]) {
      keys = await world.reset();
      const steps = [() => intakes.items(DAY, sums), () => summary(), () => statement([paid()])];
      for (const step of order) await steps[step]?.();
      expect(await breaks()).toEqual([]);
    }
  });

  it('may be paid without its id, by the exact amount alone', async () => {
    await summary();
    await statement([paid({ text: 'A TRANSFER' }), paid({ text: 'SOMEBODY ELSE', amount: '99.00' }), paid({ way: 'DBIT', amount: '7.25', text: 'RENT' })]);
    expect(await breaks()).toEqual([]);
  });

  it('is paid by what its items come to as long as there is no summary', async () => {
    await intakes.items(DAY, sums);
    await statement([paid()]);
    expect(await breaks()).toEqual([]);
  });

  it('may come in parts, and settle to nothing', async () => {
    await intakes.items(DAY, [{ batchId: BATCH, count: 1, net: 1_000n, fee: -30n }]);
    await summary(BATCH, DAY, [{ type: 'PAYMENT', count: 2, net: 1_450n, fee: -50n }]);
    expect(await told()).toEqual(['items-differ-from-summary PAYMENT 1000 1450 at risk 450']);
    await world.database.query(`update files set part_of = 'part 0' where report = 'settlement-items'`);
    await intakes.items(DAY, [{ batchId: BATCH, count: 1, net: 450n, fee: -20n }]);
    expect(await breaks()).toEqual([]);
    await summary('0000000000000000000', DAY, [{ type: 'PAYMENT', count: 0, net: 0n }]);
    await statement([paid({ amount: '14.50' })]);
    expect(await breaks()).toEqual([]);
  });
});

describe('items that differ from their summary', () => {
  it('are a break for each type, at risk what is paid out otherwise, with the row of the summary', async () => {
    await intakes.items(DAY, [{ batchId: BATCH, count: 2, net: 1_450n, fee: -50n }, { batchId: BATCH, type: 'CANCEL', net: -300n }]);
    const taken = await summary();
    expect(taken.compared).toEqual({ breaksOpened: 2, breaksResolved: 0 });
    expect(await told()).toEqual(['items-differ-from-summary CANCEL -300 undefined at risk 300', 'items-differ-from-summary REFUND undefined -725 at risk 725']);
    const [refund] = (await breaks()).filter(({ transactionType }) => transactionType === 'REFUND');
    const { body } = await world.ask<BreakDetailView>('GET', `/v1/breaks/${refund?.breakId}`, keys.ann);
    expect(body).toMatchObject({ alipayId: BATCH, businessDate: DAY, severity: 'high', evidence: { file: { fileId: taken.id, line: 4, raw: expect.stringContaining(`${BATCH},1022188000000000001,REFUND`) } } });
    const again = await intakes.items(DAY, sums);
    expect(again.compared).toEqual({ breaksOpened: 0, breaksResolved: 2 });
    expect(await resolved()).toEqual([['items-differ-from-summary', [again.id, null]], ['items-differ-from-summary', [again.id, null]]]);
  });

  it('risk nothing where only counts or fees differ, or where a break of a row is why', async () => {
    const items = await intakes.items(DAY, [{ ...sums[0], batchId: BATCH, net: 1_450n, count: 2, fee: -49n }, { batchId: BATCH, type: 'REFUND', net: -725n, fee: 25n }]);
    await summary();
    expect(await told()).toEqual(['items-differ-from-summary PAYMENT 1450 1450 at risk 0']);
    const wrong = await intakes.items(DAY, [{ batchId: BATCH, count: 2, net: 1_350n, fee: -50n }, { batchId: BATCH, type: 'REFUND', net: -725n, fee: 25n }]);
    expect(await told()).toEqual(['items-differ-from-summary PAYMENT 1350 1450 at risk 100']);
    await rowBreak(wrong.id, 'net-differs');
    await intakes.compareBatchesAgain(wrong.id);
    expect(await told('?kind=items-differ-from-summary')).toEqual(['items-differ-from-summary PAYMENT 1350 1450 at risk 0 caused']);
    expect(items.id).not.toBe(wrong.id);
  });

  it('have a cause only where rows with breaks are as many as are too many', async () => {
    const items = await intakes.items(DAY, [{ batchId: BATCH, count: 4, net: 2_900n, fee: -100n }, { batchId: BATCH, type: 'REFUND', net: -725n, fee: 25n }]);
    await summary();
    await rowBreak(items.id, 'duplicate-line', 2);
    await intakes.compareBatchesAgain(items.id);
    expect(await told('?kind=items-differ-from-summary')).toEqual(['items-differ-from-summary PAYMENT 2900 1450 at risk 1450']);
    await rowBreak(items.id, 'duplicate-line', 3);
    await intakes.compareBatchesAgain(items.id);
    expect(await told('?kind=items-differ-from-summary')).toEqual(['items-differ-from-summary PAYMENT 2900 1450 at risk 0 caused']);
  });
});

/** As the matching of the file's rows would have found it. */
async function rowBreak(fileId: string, kind: string, line = 2): Promise<void> {
  await world.database.query(`insert into settled_lines (business_date, file_id, line, account_id, batch_id, class, type, alipay_id, currency, amount_minor, net_currency, net_minor, fee_minor, coupon_minor)
    values ($1::date, $2, $3::int, 'demo-usd', $4, 'order', 'PAYMENT', 'A' || $3::int, 'USD', 100, 'USD', 100, 0, 0)`, [DAY, fileId, line, BATCH]);
  await world.database.query(`insert into breaks (id, kind, chain_id, account_id, business_date, type, alipay_id, risk_currency, risk_minor, file_id, line, raw, opened_at, due_on)
    values ('row' || $3::int, $1, 'demo', 'demo-usd', $4::date, 'PAYMENT', 'A' || $3::int, 'USD', 100, $2, $3::int, '', now(), $4::date)`, [kind, fileId, line, DAY]);
}

describe('a pay-out that differs from its summary', () => {
  it('is a break at risk of the difference, and closes with the booking that completes it', async () => {
    await summary();
    await statement([paid({ amount: '7.00' })]);
    expect(await told()).toEqual(['summary-differs-from-bank TOTAL 725 700 at risk 25']);
    const rest = await statement([paid({ amount: '0.25', reference: BATCH, text: 'the rest' })], DUE_ON, 'S-2');
    expect(rest.compared).toEqual({ breaksOpened: 0, breaksResolved: 1 });
    expect((await resolved())[0]?.[0]).toBe('summary-differs-from-bank');
  });

  it('is all at risk where the bank booked another currency', async () => {
    await summary();
    await statement([paid({ amount: '6.90', currency: 'EUR' })]);
    expect(await told()).toEqual(['summary-differs-from-bank TOTAL 725 undefined at risk 725']);
  });

  it('risks nothing where the summary is wrong: its money is counted with its items', async () => {
    await intakes.items(DAY, sums);
    await summary(BATCH, DAY, [{ ...rows[0], type: 'PAYMENT', net: 1_550n, count: 2, fee: -50n }, { type: 'REFUND', net: -725n, fee: 25n }]);
    await statement([paid()]);
    expect(await told()).toEqual(['items-differ-from-summary PAYMENT 1450 1550 at risk 100', 'summary-differs-from-bank TOTAL 825 725 at risk 0 caused']);
    await summary();
    expect(await breaks()).toEqual([]);
  });
});

describe('a pay-out that is not there', () => {
  it('is missing once a statement covers the days of the bank, and closes with the booking that is it', async () => {
    await summary();
    await statement([paid({ amount: '3.00', text: 'RENT' })], '2026-11-30');
    expect(await breaks()).toEqual([]);
    await statement([], DUE_ON, 'S-2');
    expect(await told()).toEqual(['payout-missing TOTAL 725 undefined at risk 725']);
    const found = await statement([paid({ day: '2026-12-09' })], '2026-12-09', 'S-3');
    expect(await breaks()).toEqual([]);
    expect(await resolved()).toEqual([['payout-missing', [found.id, 1]]]);
    await statement([paid({ day: '2026-12-09', amount: '7.26' })], '2026-12-09', 'S-3');
    expect(await told()).toEqual(['summary-differs-from-bank TOTAL 725 726 at risk 1']);
  });

  it('is missing without any statement when the contract bears with it no longer', async () => {
    // Two working days after the first of December.
    const missingOn = '2026-12-03';
    await world.database.query(`update directory_entries set data = data || '{"bank": {"number": "${IBAN}"}}', position = nextval('directory_positions') where id = 'demo-usd'`);
    await world.platform.directory.refresh();
    await world.ask('PUT', '/v1/contracts/demo-usd/2026-01-01', keys.ann, { feeRate: '0.02', feeFixed: '0', feeOnRefund: 'returned', period: { every: 'day', workingDays: 1 }, tolerance: { amount: '0.02', workingDays: 1 } });
    await summary();
    const due = await world.database.query<{ key: string; due_at: Date }>(`select key, due_at from due_work where kind = 'open-missing-payouts'`);
    expect(due).toEqual([{ key: `demo:demo-usd:${missingOn}`, due_at: new Date(`${missingOn}T00:00:00+08:00`) }]);
    world.platform.clock.set('2026-12-02T23:59:59+08:00');
    await intakes.openMissingPayouts.run(due.map(({ key }) => key));
    expect(await breaks()).toEqual([]);
    world.platform.clock.set(`${missingOn}T00:00:00+08:00`);
    await intakes.openMissingPayouts.run(due.map(({ key }) => key));
    expect(await told()).toEqual(['payout-missing TOTAL 725 undefined at risk 725']);
    expect(await world.database.count('due_work', [])).toBe(0);
    await statement([paid()]);
    expect(await breaks()).toEqual([]);
  });

  it('is not looked for in an account of whose bank nothing is known', async () => {
    await world.ask('PUT', '/v1/contracts/demo-usd/2026-01-01', keys.ann, { feeRate: '0.02', feeFixed: '0', feeOnRefund: 'returned', period: { every: 'day', workingDays: 1 } });
    await summary();
    expect(await world.database.count('due_work', [])).toBe(0);
    world.platform.clock.set('2027-01-20T00:00:00+08:00');
    await intakes.openMissingPayouts.run(['demo:demo-usd:2026-12-03']);
    expect(await breaks()).toEqual([]);
  });

  it('waits for the minimum of the contract, and then comes with what accumulated', async () => {
    await world.ask('PUT', '/v1/contracts/demo-usd/2026-01-01', keys.ann, { feeRate: '0.02', feeFixed: '0', feeOnRefund: 'returned', minimumSettlement: '10.00', period: { every: 'day', workingDays: 1 } });
    await summary();
    await statement([], '2026-12-31');
    expect(await breaks()).toEqual([]);
    await summary(NEXT_BATCH, '2026-11-25', [{ type: 'PAYMENT', net: 300n }]);
    expect(await told()).toEqual(['payout-missing TOTAL 1025 undefined at risk 1025']);
    await statement([paid({ day: '2026-11-27', amount: '10.25', text: 'A TRANSFER' })], '2026-12-31', 'S-2');
    expect(await breaks()).toEqual([]);
  });
});

describe('a booking that two batches fit', () => {
  it('is not guessed at, until one of them is named', async () => {
    await summary();
    await summary(NEXT_BATCH, '2026-11-25');
    await statement([paid({ text: 'A TRANSFER' })], '2026-11-27');
    expect(await told()).toEqual(['ambiguous TOTAL 725 undefined at risk 725', 'ambiguous TOTAL 725 undefined at risk 725']);
    const named = await statement([paid({ text: 'A TRANSFER', reference: NEXT_BATCH })], '2026-11-27', 'S-2');
    expect(await breaks()).toEqual([]);
    expect((await resolved()).map(([kind]) => kind)).toEqual(['ambiguous', 'ambiguous']);
    expect(named.compared.breaksResolved).toBe(2);
  });
});

describe('everything that can be wrong at once', () => {
  const other = (n: number) => `202611240000000000${n}`;
  const payment = (net: bigint) => [{ type: 'PAYMENT', net }];
  const steps = [
    () => intakes.items(DAY, [{ batchId: other(1), net: 1_000n }]), () => summary(other(1), DAY, payment(1_100n)),
    () => intakes.items(DAY, [{ batchId: other(2), net: 2_000n }]), () => summary(other(2), DAY, payment(2_000n)),
    () => summary(other(3), '2026-11-20', payment(3_000n)),
    () => summary(other(4), DAY, payment(4_000n)), () => summary(other(5), '2026-11-25', payment(4_000n)),
    () => summary(other(6), '2026-11-25', [{ type: 'REFUND', net: -500n }]), () => summary(other(7), '2026-11-25', payment(6_000n)),
    () => statement([paid({ amount: '10.00', text: other(1) }), paid({ amount: '20.01', text: other(2) })], '2026-11-27', 'S-1'),
    () => statement([paid({ amount: '20.01', text: other(2) }), paid({ amount: '40.00', text: '' }), paid({ amount: '55.00', text: '' })], '2026-11-28', 'S-2'),
  ];

  it('gives the same breaks in whatever order the files come', async () => {
    const outcomes: unknown[] = [];
    for (const order of [steps, [...steps].reverse(), [...steps.slice(5), ...steps.slice(0, 5)]]) {
      keys = await world.reset();
      for (const step of order) await step();
      outcomes.push((await breaks()).map(({ breakId, kind, businessDate, ours, theirs, amountAtRisk, causedBy }) => ({ breakId, kind, businessDate, ours, theirs, amountAtRisk, causedBy })).sort((one, two) => (one.breakId < two.breakId ? -1 : 1)));
    }
    expect(outcomes[1]).toEqual(outcomes[0]);
    expect(outcomes[2]).toEqual(outcomes[0]);
    expect(await told()).toEqual([
      'ambiguous TOTAL 4000 undefined at risk 4000', 'ambiguous TOTAL 4000 undefined at risk 4000', 'items-differ-from-summary PAYMENT 1000 1100 at risk 100',
      'payout-missing TOTAL 3000 undefined at risk 3000', 'summary-differs-from-bank TOTAL 1100 1000 at risk 0 caused', 'summary-differs-from-bank TOTAL 2000 2001 at risk 1',
    ]);
  });
});
