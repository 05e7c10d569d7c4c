import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { contractHistoryView, contractsView, contractView, type BreakListView, type ContractHistoryView, type ContractsView, type ContractView } from '@scantill/contracts';
import { DATE, file, refundRow, row, settledFile, SETTLED_NAME, settledRow, World } from './world.js';

/** 2 % and ten cents; paid out on the next working day, late after one more. */
const terms = { feeRate: '0.02', feeFixed: '0.10', feeOnRefund: 'returned', period: { every: 'day', workingDays: 1 } };
const sale = { number: 1, minor: 1000n };
// DATE is a Tuesday: paid out on Wednesday, tolerated on Thursday, late on Friday.
const LATE_ON = '2026-11-27';

let world: World;
let keys: Awaited<ReturnType<World['reset']>>;

beforeAll(async () => { world = await World.open(); });
afterAll(() => world.close());
beforeEach(async () => {
  keys = await world.reset();
  world.platform.clock.set(`${DATE}T20:00:00+08:00`);
});

const put = (validFrom: string, body: object = terms, key = keys.ann, account = 'demo-usd') => world.ask<ContractView>('PUT', `/v1/contracts/${account}/${validFrom}`, key, body);
const expectations = async () => (await world.expectations(keys.till, 1)).body.expectations.map(({ type, expectedFee, payoutOn }) => [type, expectedFee?.minor ?? null, payoutOn]);
const late = async (query = '') => (await world.ask<BreakListView>('GET', `/v1/breaks?kind=late${query}`, keys.ann)).body.breaks;

describe('a contract', () => {
  it('is written once, and each change is a version with its author', async () => {
    const first = await put('2026-01-01');
    expect([first.status, contractView.safeParse(first.body).success]).toEqual([201, true]);
    expect(first.body).toMatchObject({ version: 1, settlementCurrency: 'USD', feeBase: 'after-fx', tolerance: { amount: '0.02', workingDays: 1 }, validUntil: null, changedBy: { kind: 'person', name: 'Ann Lee' } });
    expect(await put('2026-01-01')).toMatchObject({ status: 200, body: { version: 1 } });
    expect(await put('2026-01-01', { ...terms, feeRate: '0.018' }, keys.ben)).toMatchObject({ status: 200, body: { version: 2, feeRate: '0.018' } });
    const { body } = await world.ask<ContractHistoryView>('GET', '/v1/contracts/demo-usd/2026-01-01', keys.finance);
    expect(contractHistoryView.safeParse(body).success).toBe(true);
    expect(body.versions.map(({ version, feeRate, changedBy, supersededAt }) => [version, feeRate, changedBy.name, supersededAt === null])).toEqual([[2, '0.018', 'Ben Ong', true], [1, '0.02', 'Ann Lee', false]]);
  });

  it('does not overlap another of its account, also not by the back door', async () => {
    await put('2026-01-01', { ...terms, validUntil: '2026-06-30' });
    expect((await put('2026-06-30')).body.code).toBe('contract.overlaps');
    expect((await put('2026-07-01')).status).toBe(201);
    expect((await put('2026-01-01', { ...terms, validUntil: null })).body.code).toBe('contract.overlaps');
    await expect(world.database.query(`insert into contracts select account_id, '2026-02-01', 1, chain_id, '2026-02-02', terms, changed_at, changed_by_kind, changed_by from contracts limit 1`)).rejects.toThrow('contracts_one_at_a_time');
    const { body } = await world.ask<ContractsView>('GET', '/v1/contracts?account=demo-usd', keys.finance);
    expect([contractsView.safeParse(body).success, body.contracts.map(({ validFrom }) => validFrom)]).toEqual([true, ['2026-01-01', '2026-07-01']]);
  });

  it('is refused where it cannot be', async () => {
    for (const wrong of [{ feeRate: '1.5' }, { feeRate: 0.02 }, { feeRate: '2e-2' }, { period: { every: 'week', workingDays: 1 } }, { period: { every: 'month', workingDays: 31 } }, { holidays: ['2026-02-30'] }, { validUntil: '2025-12-31' }, { feeOnRefund: undefined }, { more: 1 }]) {
      expect([wrong, (await put('2026-01-01', { ...terms, ...wrong })).status]).toEqual([wrong, 400]);
    }
    expect((await put('2026-01-01', terms, keys.ann, 'other-usd')).body.code).toBe('contract.unknown-account');
    expect([(await put('2026-01-01', terms, keys.finance)).status, (await world.ask('GET', '/v1/contracts', keys.till)).status, (await world.ask('GET', '/v1/contracts/demo-usd/2026-01-01', keys.finance)).status]).toEqual([403, 403, 404]);
  });
});

describe('an expectation that opens', () => {
  it('carries the fee and the day of the pay-out of the contract in force on its day', async () => {
    await put('2026-01-01');
    await world.receive([world.succeeded(sale), world.refunded({ number: 1, refund: 1, minor: 500n })]);
    // 10.00 × 2 % + 0.10 = 0.30; half of it comes back.
    expect(await expectations()).toEqual([['PAYMENT', '-30', '2026-11-25'], ['REFUND', '15', '2026-11-25']]);
  });

  it('knows the payment that is refunded later, and keeps what was foreseen when the contract changes', async () => {
    await put('2026-01-01');
    await world.receive([world.succeeded(sale)]);
    await put('2026-01-01', { ...terms, feeRate: '0.01' });
    await world.receive([world.refunded({ number: 1, refund: 1, minor: 500n })]);
    expect(await expectations()).toEqual([['PAYMENT', '-30', '2026-11-25'], ['REFUND', '10', '2026-11-25']]);
  });

  it('carries neither without a contract of its day, and no fee before the rate of exchange is known', async () => {
    await put('2026-12-01');
    await world.receive([world.succeeded(sale)]);
    expect(await expectations()).toEqual([['PAYMENT', null, null]]);
    await put('2026-01-01', { ...terms, validUntil: '2026-11-30' });
    await world.receive([world.succeeded({ number: 2, minor: 1600n, currency: 'JPY' })]);
    expect((await world.expectations(keys.till, 2)).body.expectations).toMatchObject([{ expectedFee: null, payoutOn: '2026-11-25' }]);
  });
});

describe('money that is not paid out in time', () => {
  // 10.00 × 2 % + 0.10 = 0.30, and 7.00 × 2 % + 0.10 = 0.24.
  const paidOut = [settledRow(row(sale), -30n), settledRow(row({ number: 2, minor: 700n }), -24n)];
  const dueWork = () => world.database.query(`select key, due_at from due_work where kind = 'open-late'`);

  const open = async () => (await world.ask<BreakListView>('GET', '/v1/breaks?family=timing', keys.ann)).body.breaks;
  const fileMissing = async () => (await world.ask<BreakListView>('GET', '/v1/breaks?kind=file-missing', keys.ann)).body.breaks.map(({ transactionType, businessDate, amountAtRisk }) => [transactionType, businessDate, amountAtRisk.minor]);

  beforeEach(async () => {
    await put('2026-01-01');
    await world.receive([world.succeeded(sale), world.succeeded({ number: 2, minor: 700n })]);
  });

  it('is looked at on the day on which it is late, once for all of the day', async () => {
    expect(await dueWork()).toEqual([{ key: `demo:demo-usd:${LATE_ON}`, due_at: new Date(`${LATE_ON}T00:00:00+08:00`) }]);
  });

  it('is a break before any file says so, and closes when a settlement file lists it', async () => {
    await world.openLate('2026-11-26');
    expect(await late()).toEqual([]);
    world.platform.clock.set(`${LATE_ON}T00:00:01+08:00`);
    await world.openLate(LATE_ON);
    expect(await dueWork()).toEqual([]);
    expect((await late()).map(({ ours, amountAtRisk, causedBy, storeId }) => [ours?.minor, amountAtRisk.minor, causedBy, storeId]).sort()).toEqual([['1000', '1000', null, 'S001'], ['700', '700', null, 'S001']]);
    await world.openLate(LATE_ON);
    expect(await fileMissing()).toEqual([['settlement-items', '2026-11-25', '0']]);
    // That it was sold is not that it was paid out.
    await world.upload(keys.finance, file([row(sale), row({ number: 2, minor: 700n })]));
    expect(await late()).toHaveLength(2);
    const { body } = await world.upload(keys.finance, settledFile(paidOut), SETTLED_NAME);
    expect([body, await fileMissing()]).toMatchObject([{ lines: 2, breaksOpened: 0, breaksResolved: 2 }, []]);
    expect((await late('&status=resolved')).map(({ resolution }) => resolution)).toMatchObject([{ by: 'evidence', file: { fileId: body.fileId } }, { by: 'evidence', file: { fileId: body.fileId } }]);
  });

  it('is no break when it was paid out in time, and one when its line is taken back', async () => {
    await world.upload(keys.finance, settledFile(paidOut), SETTLED_NAME);
    world.platform.clock.set(`${LATE_ON}T00:00:01+08:00`);
    await world.openLate(LATE_ON);
    expect([await late(), await fileMissing()]).toEqual([[], []]);
    await world.upload(keys.finance, settledFile(paidOut.slice(0, 1)), SETTLED_NAME);
    expect((await late()).map(({ ours }) => ours?.minor)).toEqual(['700']);
  });

  it('is counted once when its file comes without it: late for that reason, and no money at risk twice', async () => {
    world.platform.clock.set(`${LATE_ON}T00:00:01+08:00`);
    await world.openLate(LATE_ON);
    await world.upload(keys.finance, file([row(sale)]));
    const breaks = await open();
    const cause = breaks.find(({ kind }) => kind === 'missing-at-alipay');
    expect(breaks.map(({ kind, amountAtRisk, causedBy }) => [kind, amountAtRisk.minor, causedBy]).sort()).toEqual([['late', '0', cause?.breakId], ['late', '1000', null], ['missing-at-alipay', '700', null]]);
    await world.upload(keys.finance, settledFile(paidOut.slice(0, 1)), SETTLED_NAME);
    expect((await open()).map(({ kind, amountAtRisk }) => [kind, amountAtRisk.minor]).sort()).toEqual([['late', '0'], ['missing-at-alipay', '700']]);
    // Its line is there after all: what is late by itself is at risk.
    await world.upload(keys.finance, file([row(sale), row({ number: 2, minor: 700n })]));
    expect((await open()).map(({ kind, amountAtRisk, causedBy }) => [kind, amountAtRisk.minor, causedBy])).toEqual([['late', '700', null]]);
    await world.upload(keys.finance, settledFile(paidOut), SETTLED_NAME);
    expect(await open()).toEqual([]);
  });

  it('of a refund is late like any other', async () => {
    const refund = { number: 1, refund: 1, minor: 400n };
    await world.receive([world.refunded(refund)]);
    world.platform.clock.set(`${LATE_ON}T00:00:01+08:00`);
    await world.openLate(LATE_ON);
    expect((await late()).map(({ transactionType, ours }) => [transactionType, ours?.minor]).sort()).toEqual([['PAYMENT', '1000'], ['PAYMENT', '700'], ['REFUND', '-400']]);
    // 4.00 of 10.00 were given back, and of the fee of 0.30 as much.
    await world.upload(keys.finance, settledFile([...paidOut, settledRow(refundRow(refund), 12n)]), SETTLED_NAME);
    expect(await late()).toEqual([]);
  });

  it('that we hear of when it is late already is looked at now', async () => {
    world.platform.clock.set('2026-12-10T09:00:00+08:00');
    await world.openLate(LATE_ON);
    await world.receive([world.succeeded({ number: 3, minor: 300n })]);
    expect(await dueWork()).toEqual([{ key: `demo:demo-usd:${LATE_ON}`, due_at: new Date('2026-12-10T09:00:00+08:00') }]);
    await world.openLate(LATE_ON);
    expect((await late()).map(({ ours }) => ours?.minor).sort()).toEqual(['1000', '300', '700']);
  });
});
