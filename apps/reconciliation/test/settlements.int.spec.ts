import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { runsView, type BreakDetailView, type BreakListView, type FileView, type RunsView } from '@scantill/contracts';
import { reportColumns } from '@scantill/alipay';
import { alipayId, BATCH, cancelRow, DATE, file, refundRow, row, settledFile, settledName, SETTLED_NAME, SETTLED_ON, settledRow, World, type Columns, type Sale } from './world.js';

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
  keys = await world.reset();
  now = Date.parse('2026-11-26T12:00:00+08:00');
  tick();
});

function tick(): void {
  world.platform.clock.set(new Date(now += 10_000).toISOString());
}

const contract = (more: object = {}) => world.ask('PUT', '/v1/contracts/demo-usd/2026-01-01', keys.ann, { ...TERMS, ...more });
const settle = (rows: readonly Columns[], name = SETTLED_NAME) => world.send(keys.finance, settledFile(rows), name);
const list = async (query = '') => (await world.ask<BreakListView>('GET', `/v1/breaks${query}`, keys.ann)).body.breaks;
const told = async (query = '') => (await list(query)).map(({ kind, transactionType, businessDate, ours, theirs, amountAtRisk, causedBy }) =>
  `${kind} ${transactionType} ${businessDate.slice(5)} ${ours?.minor ?? '-'} ${theirs?.minor ?? '-'} at risk ${amountAtRisk.currency} ${amountAtRisk.minor}${causedBy === null ? '' : ' caused'}`).sort();
const runs = async (date: string, method: 'GET' | 'POST' = 'GET', key = keys.finance) => world.ask<RunsView>(method, `/v1/days/${date}/runs`, key);

/** Compares again what is due. */
async function rematch(): Promise<void> {
  tick();
  await world.rematch((await world.database.query<{ key: string }>(`select key from due_work where kind = 'match-day' order by key`)).map(({ key }) => key));
}

describe('what is paid out', () => {
  beforeEach(async () => {
    await contract();
    await world.receive([world.succeeded(sale)]);
  });

  it.each([['lately', '2026-11-24'], ['long ago', '2026-08-01']])('agrees where principal, fee and net amount do, and was paid %s', async (_, day) => {
    const other = { ...sale, number: 2, paidAt: `${day}T10:00:00+08:00` };
    await world.receive([world.succeeded(other)]);
    expect(await settle([settledRow(row(sale), FEE), settledRow(row(other), FEE)])).toMatchObject({ status: 201, body: { lines: 2, breaksOpened: 0 } });
    expect(await told()).toEqual([]);
  });

  it('with another fee than the contract says, beyond its tolerance, risks what the fee is off', async () => {
    await settle([settledRow(row(sale), FEE - 2n)]);
    expect(await told()).toEqual([]);
    await world.upload(keys.finance, settledFile([settledRow(row(sale), FEE - 5n)]), SETTLED_NAME);
    expect(await told()).toEqual(['fee-differs PAYMENT 11-25 -30 -35 at risk USD 5']);
    expect(await list()).toMatchObject([{ orderId: 'A-1', storeId: 'S001', evidence: { file: { line: 2, raw: expect.stringContaining('965,USD,,,-35') } } }]);
  });

  it('with a net amount that its own figures do not come to risks the difference', async () => {
    await settle([settledRow(row(sale), FEE, { settlementAmountValue: '980' })]);
    expect(await told()).toEqual(['net-differs PAYMENT 11-25 970 980 at risk USD 10']);
  });

  it('of another amount than was paid is told by its principal, and its fee is that of the amount that is there', async () => {
    // 20.00 × 2 % + 0.10 = 0.50.
    await settle([settledRow(row({ ...sale, minor: 2_000n }), -50n)]);
    expect(await told()).toEqual(['amount-differs PAYMENT 11-25 1000 2000 at risk USD 1000']);
  });

  it('cannot be listed under the two names that Alipay has for one batch; under each alone it can', async () => {
    const other = `SETTLEMENT_DETAIL_${BATCH}_${SETTLED_ON.replaceAll('-', '')}.csv`;
    await settle([settledRow(row(sale), FEE)]);
    expect(await settle([settledRow(row(sale), FEE - 1n)], other)).toMatchObject({ status: 422, body: { code: 'file.refused', detail: expect.stringContaining(SETTLED_NAME) } });
    expect(await settle([settledRow(row(sale), FEE, NEXT)], other.replace(BATCH, NEXT_BATCH))).toMatchObject({ status: 201 });
    expect(await told()).toEqual(['duplicate-line PAYMENT 11-26 - 970 at risk USD 970']);
  });

  it('and was never sold is missing with us', async () => {
    await settle([settledRow(row(sale), FEE), settledRow(row({ number: 9, minor: 500n }), -20n)]);
    expect(await told()).toEqual(['missing-with-us PAYMENT 11-25 - 500 at risk USD 500']);
  });

  it('under a type that nobody knows is for a person', async () => {
    await settle([settledRow(row(sale), FEE), settledRow(row({ number: 9, minor: 500n }, { transactionType: 'NEW_TYPE' }))]);
    expect(await told()).toEqual(['unknown-type NEW_TYPE 11-25 - 500 at risk USD 500']);
    await world.upload(keys.finance, settledFile([settledRow(row(sale), FEE)]), SETTLED_NAME);
    const [found] = await list();
    const { history } = (await world.ask<BreakDetailView>('GET', `/v1/breaks/${found?.breakId}`, keys.ann)).body;
    expect([found?.status, history.map(({ action }) => action)]).toEqual(['open', ['opened', 'no-longer-found']]);
  });

  it('again because a refund came back is a break of its own, however it is named', async () => {
    const refund = { number: 1, refund: 1, minor: 400n };
    await world.receive([world.refunded(refund)]);
    await settle([settledRow(row(sale), FEE), settledRow(refundRow(refund), 12n), settledRow(row({ number: 1, minor: 400n }, { transactionType: 'REFUND_REVERSAL', transactionId: 'X-1', originalTransactionId: '' }), -12n)]);
    expect(await told()).toEqual(['refund-reversed REFUND_REVERSAL 11-25 - 400 at risk USD 400']);
  });

  it('as a payment and the cancel that undoes it, which come to nothing, is no break; one of them alone is', async () => {
    const cancelled = { number: 2, minor: 700n };
    await world.receive([world.cancelled(2, true)]);
    const [paid, undone] = [settledRow(row(cancelled), -24n), settledRow(cancelRow(cancelled), 24n)];
    await settle([settledRow(row(sale), FEE), paid, undone]);
    expect(await told()).toEqual([]);
    await world.upload(keys.finance, settledFile([settledRow(row(sale), FEE), paid]), SETTLED_NAME);
    expect(await told()).toEqual(['missing-with-us PAYMENT 11-25 - 700 at risk USD 700']);
  });
});

describe('a payment that we hear of after it was paid out', () => {
  it.each([[false], [true]])('is matched there a little later, although nothing else changes (its transaction file comes in between: %s)', async (isListed) => {
    await contract();
    await settle([settledRow(row(sale), FEE)]);
    expect(await told()).toEqual(['missing-with-us PAYMENT 11-25 - 1000 at risk USD 1000']);
    tick();
    await world.receive([world.succeeded(sale)]);
    tick();
    if (isListed) await world.upload(keys.finance, file([row(sale)]));
    await rematch();
    await rematch();
    expect(await told()).toEqual([]);
  });
});

describe('an exchanged payment', () => {
  /** At 150 yen for a dollar 15.00, less 2 % and 0.10. */
  const usual = (number: number) => settledRow(row({ number, minor: 2_250n, currency: 'JPY' }), 0n, { settlementAmountValue: '1460', settlementCurrency: 'USD', feeAmountValue: '-40', feeCurrency: 'USD', quoteCurrencyPair: 'USD/JPY', quotePrice: '150' });
  /** At 155: 14.516… → 14.52, less 0.29 + 0.10. */
  const dear: Columns = { ...usual(3), settlementAmountValue: '1413', feeAmountValue: '-39', quotePrice: '155.00' };

  beforeEach(() => world.receive([1, 2, 3].map((number) => world.succeeded({ number, minor: 2_250n, currency: 'JPY' }))));

  it('at another rate than the rest of its day differs where the rate is locked, by what that is', async () => {
    await contract();
    await settle([usual(1), usual(2), dear]);
    expect(await told()).toEqual(['fx-differs PAYMENT 11-25 1500 1452 at risk USD 48']);
    await world.upload(keys.finance, settledFile([usual(1), usual(2), usual(3)]), SETTLED_NAME);
    expect(await told()).toEqual([]);
  });

  it('may have any rate that its figures agree with where it is not locked', async () => {
    await contract({ rateMode: 'unlocked' });
    await settle([usual(1), usual(2), dear]);
    expect(await told()).toEqual([]);
  });

  it('whose every price is right only the other way round says that the account is set wrongly: nothing is taken in', async () => {
    const reversed = (number: number) => ({ ...usual(number), quoteCurrencyPair: 'JPY/USD' });
    expect(await settle([reversed(1), reversed(2), reversed(3)])).toMatchObject({ status: 422, body: { code: 'file.refused', detail: expect.stringMatching(/as-written.*files\.quotes/) } });
    expect(await told()).toEqual([]);
    expect(await settle([usual(1), usual(2), usual(3)])).toMatchObject({ status: 201, body: { lines: 3, breaksOpened: 0 } });
  });

  it('without a rate that says what it is worth differs by all of it', async () => {
    await contract();
    await settle([usual(1), usual(2), { ...usual(3), quoteCurrencyPair: '', quotePrice: '' }]);
    expect(await told()).toEqual(['fx-differs PAYMENT 11-25 - 1460 at risk USD 1460']);
  });
});

describe('what is wrong in the transaction file, too', () => {
  const wrong = row({ ...sale, minor: 1_001n });
  const uploads = [() => world.upload(keys.finance, file([wrong])), () => settle([settledRow(wrong, FEE)])];

  it.each([['before', uploads], ['after', uploads.toReversed()]])('is a consequence that risks nothing, when that comes %s', async (_when, steps) => {
    await contract();
    await world.receive([world.succeeded(sale)]);
    for (const step of steps) {
      tick();
      await step();
    }
    await rematch();
    expect(await told()).toEqual(['amount-differs PAYMENT 11-24 1000 1001 at risk USD 1', 'amount-differs PAYMENT 11-25 1000 1001 at risk USD 0 caused']);
    const [cause, consequence] = (await list()).toSorted((one, other) => (one.businessDate < other.businessDate ? -1 : 1));
    expect(consequence?.causedBy).toBe(cause?.breakId);
    tick();
    await world.upload(keys.finance, file([row(sale)]));
    await rematch();
    expect(await told()).toEqual(['amount-differs PAYMENT 11-25 1000 1001 at risk USD 1']);
  });
});

describe('another edition of a settlement file', () => {
  const right = [settledRow(row(sale), FEE)];

  beforeEach(async () => {
    await contract();
    await world.receive([world.succeeded(sale)]);
  });

  it('that says the same of every transaction, and more of its fees, takes its place by itself', async () => {
    const early = await settle([settledRow(row(sale), 0n)]);
    expect(await told()).toEqual(['fee-differs PAYMENT 11-25 -30 0 at risk USD 30']);
    expect(await settle(right)).toMatchObject({ status: 201, body: { supersedes: early.body.fileId, breaksResolved: 1 } });
    expect(await told('?status=all')).toEqual(['fee-differs PAYMENT 11-25 -30 0 at risk USD 30']);
    expect(await told()).toEqual([]);
  });

  it.each([
    ['drops a row', [], 970], ['has one more', [...right, settledRow(row({ number: 2, minor: 500n }), -20n)], 480], ['changes a principal', [settledRow(row({ ...sale, minor: 1_100n }), FEE)], 100],
    ['moves a row to another batch', [settledRow(row(sale), FEE, { settlementBatchId: NEXT_BATCH })], 0],
  ])('that %s waits for a person, and changes nothing until then', async (_what, rows, risk) => {
    const before = await settle(right);
    const [hash] = (await runs(SETTLED_ON)).body.runs;
    const query = rows.length === 0 ? '&account=demo-usd' : '';
    const { status, body } = await world.send(keys.finance, settledFile(rows), SETTLED_NAME, query);
    expect([status, body as object]).toMatchObject([202, { status: 'pending' }]);
    expect(await list()).toMatchObject([{ kind: 'file-reissued', transactionType: 'settlement-items', amountAtRisk: { currency: 'USD', minor: String(risk) } }]);
    expect([await world.database.query('select batch_id, amount_minor from settled_lines l join files f on f.id = l.file_id'), (await runs(SETTLED_ON)).body.runs]).toEqual([[{ batch_id: BATCH, amount_minor: 1_000n }], [hash]]);
    expect([(await world.accept(keys.finance, body.fileId)).status, (await world.accept<{ code: string }>(keys.robot, body.fileId)).body.code, (await world.accept(keys.stranger, body.fileId)).status]).toEqual([403, 'file.person-needed', 404]);
    tick();
    expect(await world.accept(keys.ben, body.fileId)).toMatchObject({ status: 201, body: { supersedes: before.body.fileId, lines: rows.length } });
    expect((await world.accept<{ code: string }>(keys.ann, body.fileId)).body.code).toBe('file.not-pending');
    const [reissued] = await list('?status=resolved&kind=file-reissued');
    expect((await world.ask<BreakDetailView>('GET', `/v1/breaks/${reissued?.breakId}`, keys.ann)).body.history.at(-1)).toMatchObject({ action: 'closed-by-evidence', by: { kind: 'person', name: 'Ben Ong' } });
    expect((await world.ask<FileView>('GET', `/v1/files/${body.fileId}`, keys.finance)).body.status).toBe('in-force');
  });
});

describe('the comparisons of a day', () => {
  it('are versions, the newest first, each with its hash, figures and files', async () => {
    await world.receive([world.succeeded(sale)]);
    const listed = await world.upload(keys.finance, file([row(sale)]));
    const { status, body } = await runs(DATE);
    expect([status, runsView.safeParse(body).success]).toEqual([200, true]);
    expect(body).toMatchObject({ date: DATE, runs: [{ accountId: 'demo-usd', kind: 'transactions', version: 1, lines: 1, matched: 1, breaksOpen: 0, files: [{ sha256: listed.body.sha256 }] }] });
    tick();
    const again = await runs(DATE, 'POST');
    expect(again.body.runs.map(({ version }) => version)).toEqual([2, 1]);
    expect(new Set(again.body.runs.map(({ hash }) => hash)).size).toBe(1);
    tick();
    await world.upload(keys.finance, file([row({ ...sale, minor: 1n })]));
    const changed = (await runs(DATE)).body.runs;
    expect([changed.map(({ version, breaksOpened }) => [version, breaksOpened]), changed[0]?.hash === changed[1]?.hash]).toEqual([[[3, 1], [2, 0], [1, 0]], false]);
  });

  it('are of sales and of settlements where a day has both', async () => {
    await world.receive([world.succeeded(sale)]);
    await world.upload(keys.finance, file([row(sale)]));
    await settle([settledRow(row(sale), FEE)]);
    await world.upload(keys.finance, file([]), `transactionItems_${SETTLED_ON.replaceAll('-', '')}_000.csv`, '&account=demo-usd');
    expect((await runs(SETTLED_ON, 'POST')).body.runs.map(({ kind, version }) => `${kind} ${version}`).sort()).toEqual(['settlement 1', 'settlement 2', 'transactions 1', 'transactions 2']);
  });

  it('are none of a day of which nothing came, and nobody else sees them', async () => {
    await world.receive([world.succeeded(sale)]);
    expect([(await runs(DATE)).body.runs, (await runs(DATE, 'POST')).body.code]).toEqual([[], 'day.not-found']);
    await world.upload(keys.finance, file([row(sale)]));
    expect([(await runs(DATE, 'GET', keys.stranger)).body.runs, (await runs(DATE, 'POST', keys.stranger)).status, (await runs(DATE, 'GET', keys.store)).status, (await runs(DATE, 'POST', keys.till)).status]).toEqual([[], 404, 403, 403]);
  });
});
