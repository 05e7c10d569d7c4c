import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { BreakDetailView, BreakListView, BreakView } from '@scantill/contracts';
import { money, ok } from '@scantill/kernel';
import type { Tx } from '@scantill/platform';
import type { AccountPart } from '../src/flows/file-breaks.js';
import { inBulk, type Bulk } from '../src/outbound/bulk.js';
import { toRefusal, type Refusal } from '../src/outbound/file-refused.js';
import type { SftpSource } from '../src/outbound/sources.js';
import { alipayId, DATE, paymentId, World } from './world.js';

const DAY: AccountPart = { chainId: 'demo', accountId: 'demo-usd', report: 'transaction-items', partOf: DATE, sequence: 0, date: DATE };
const BATCH: AccountPart = { ...DAY, report: 'settlement-items', partOf: 'USD_2026112501', date: '2026-11-25' };
const TRUNCATED = toRefusal({ kind: 'EndMissing', endMarker: '<END>' });
const GAP: Refusal = { problem: 'file.refused', reason: 'part-missing', detail: 'part 001 is not there yet', faultCount: 0, faults: [] };
const TOTALS: Refusal = { problem: 'file.refused', reason: 'totals-differ', detail: 'the items come to 10.00 and TOTAL says 10.50', faultCount: 1, faults: [{ line: 4, column: 'settlementAmountValue', reason: 'is not the sum' }] };
const ANN = { kind: 'person', name: 'Ann Lee' } as const;
let world: World;
let keys: Awaited<ReturnType<World['reset']>>;

beforeAll(async () => { world = await World.open(); });
afterAll(() => world.close());
beforeEach(async () => {
  keys = await world.reset();
  world.platform.clock.set('2026-11-26T10:00:00+08:00');
});

const occasion = () => ({ at: world.platform.clock.now(), cause: { correlationId: 'specification', causationId: null } });
const inTx = (work: (tx: Tx) => Promise<void>) => world.platform.database.transaction(work);
const inOne = (work: (bulk: Bulk) => Promise<void>) => inBulk(world.platform.database, async (bulk) => ok(await work(bulk)));
const sha256 = (fileId: string) => createHash('sha256').update(fileId).digest('hex');

async function kept(status: 'refused' | 'pending' | 'in-force', { report, partOf, sequence, date }: AccountPart = DAY): Promise<string> {
  const id = randomUUID();
  const why = status === 'refused' ? ['file.refused', 'end-missing', 'cut short'] : [null, null, null];
  await world.database.query(`insert into files (id, chain_id, name, sha256, bytes, source, received_at, received_by, status, problem, reason, detail, account_id, report, part_of, business_date, sequence, lines, totals, figures)
    values ($1, 'demo', 'transactionItems.csv', $2, 1, 'upload', now(), 'Tess', $3, $4, $5, $6, 'demo-usd', $7, $8, $9, $10, 0, '[]', '{}')`, [id, sha256(id), status, ...why, report, partOf, date, sequence]);
  return id;
}

async function refused(refusal: Refusal, part = DAY, sides?: BreakSides): Promise<string> {
  const fileId = await kept('refused', part);
  await inTx((tx) => world.fileBreaks.refused(tx, part, { fileId, refusal, ...(sides === undefined ? {} : { sides }) }, occasion()));
  return fileId;
}
type BreakSides = NonNullable<Parameters<World['fileBreaks']['refused']>[2]['sides']>;

async function taken(part = DAY): Promise<string> {
  const fileId = await kept('in-force', part);
  await inTx((tx) => world.fileBreaks.taken(tx, part, fileId, occasion()));
  return fileId;
}

const list = async (query = '') => (await world.ask<BreakListView>('GET', `/v1/breaks?status=all${query}`, keys.finance)).body.breaks;
const show = async ({ breakId }: BreakView) => (await world.ask<BreakDetailView>('GET', `/v1/breaks/${breakId}`, keys.finance)).body;
const stands = async () => (await list()).map(({ kind, status }) => `${kind} ${status}`).sort();
const told = async () => (await world.database.query<{ payload: string }>('select payload from outbox order by id')).map(({ payload }) => (JSON.parse(payload) as { type: string }).type);

describe('a file that was refused', () => {
  it('because it was cut short is a break of its day, with the file as its proof, and no money at risk', async () => {
    const fileId = await refused(TRUNCATED);
    const [found] = await list('&family=file');
    expect(found).toMatchObject({
      kind: 'file-truncated', family: 'file', severity: 'high', status: 'open', accountId: 'demo-usd', businessDate: DATE, transactionType: 'transaction-items', ours: null, theirs: null,
      amountAtRisk: { currency: 'USD', minor: '0' }, dueOn: '2026-11-27', evidence: { file: { fileId, sha256: sha256(fileId), line: null, raw: '' } },
    });
    expect(await told()).toEqual(['reconciliation.break-opened']);
    expect((await world.ask('GET', `/v1/breaks/${found!.breakId}`, keys.stranger)).status).toBe(404);
  });

  it('is shown with its day, of which nothing else may be known', async () => {
    await refused(TRUNCATED);
    expect(await world.breaks(keys.finance)).toMatchObject({ status: 200, body: { date: DATE, breaks: [{ kind: 'file-truncated' }] } });
  });

  it('is the same break however often it comes like that, and ends when it comes as a whole', async () => {
    await refused(TRUNCATED);
    await refused(TRUNCATED);
    const [found] = await list();
    expect((await show(found!)).history).toHaveLength(1);
    const fileId = await taken();
    expect(await show(found!)).toMatchObject({ status: 'resolved', resolution: { by: 'evidence', file: { fileId, sha256: sha256(fileId), line: null } } });
    await refused(TRUNCATED);
    expect((await list()).map(({ breakId, status }) => [breakId, status])).toEqual([[found!.breakId, 'reopened']]);
    expect(await told()).toEqual(['reconciliation.break-opened', 'reconciliation.break-resolved', 'reconciliation.break-opened']);
  });

  it('because an earlier part is missing is a gap until that part comes, and no other one ends it', async () => {
    const missing = { ...DAY, sequence: 1 };
    for (let time = 0; time < 2; time += 1) await refused(GAP, missing);
    expect(await stands()).toEqual(['file-gap open']);
    for (const sequence of [0, 2]) await taken({ ...DAY, sequence });
    expect(await stands()).toEqual(['file-gap open']);
    await taken(missing);
    expect(await stands()).toEqual(['file-gap resolved']);
  });

  it('because its sums disagree risks what they are apart, and names the line', async () => {
    const sides = { ours: money('USD', 1000n), theirs: money('USD', 1050n) };
    await refused(TOTALS, BATCH, sides);
    expect(await list()).toMatchObject([{ kind: 'file-totals-differ', transactionType: 'settlement-items', businessDate: '2026-11-25', ours: { minor: '1000' }, theirs: { minor: '1050' }, amountAtRisk: { minor: '50' }, evidence: { file: { line: 4 } } }]);
    await taken({ ...BATCH, report: 'settlement-summary' });
    expect(await stands()).toEqual(['file-totals-differ open']);
    await taken(BATCH);
    expect(await stands()).toEqual(['file-totals-differ resolved']);
  });

  it('for what only its sender can mend is no break', async () => {
    await refused({ ...TRUNCATED, reason: 'rows-bad' });
    expect(await list()).toEqual([]);
  });

  it('twice at once is one break all the same', async () => {
    const fileIds = [await kept('refused'), await kept('refused'), await kept('refused'), await kept('refused')];
    await Promise.all(fileIds.map((fileId) => inTx((tx) => world.fileBreaks.refused(tx, DAY, { fileId, refusal: TRUNCATED }, occasion()))));
    expect((await show((await list())[0]!)).history).toHaveLength(1);
    expect(await told()).toEqual(['reconciliation.break-opened']);
  });
});

describe('another edition of a file that is in force', () => {
  const pending = async (sides?: BreakSides) => {
    const fileId = await kept('pending');
    await inTx((tx) => world.fileBreaks.pending(tx, DAY, { fileId, ...(sides === undefined ? {} : { sides }) }, occasion()));
    return fileId;
  };

  it('is a break until a person accepts it, and says who did', async () => {
    const fileId = await pending({ ours: money('USD', 1000n), theirs: money('USD', 900n) });
    expect(await list()).toMatchObject([{ kind: 'file-reissued', severity: 'medium', amountAtRisk: { minor: '100' }, evidence: { file: { fileId } } }]);
    await taken({ ...DAY, sequence: 1 });
    await taken();
    expect(await stands()).toEqual(['file-reissued open']);
    await inTx((tx) => world.fileBreaks.decided(tx, DAY, { fileId, by: ANN }, occasion()));
    const after = await show((await list())[0]!);
    expect(after).toMatchObject({ status: 'resolved', resolution: { by: 'evidence', file: { fileId } } });
    expect(after.history.at(-1)).toMatchObject({ action: 'closed-by-evidence', by: ANN, details: { fileId } });
  });

  it('ends like that too when it is put away; the next one opens it again', async () => {
    const inForce = await kept('in-force');
    await pending();
    for (let time = 0; time < 2; time += 1) await inTx((tx) => world.fileBreaks.decided(tx, DAY, { fileId: inForce, by: ANN }, occasion()));
    const [found] = await list();
    expect(await show(found!)).toMatchObject({ status: 'resolved', resolution: { file: { fileId: inForce } }, history: [{ action: 'opened' }, { action: 'closed-by-evidence' }] });
    await pending();
    expect(await stands()).toEqual(['file-reissued reopened']);
  });
});

async function expected(number: number, date: string, lateOn: string | null = null, payoutOn: string | null = null): Promise<void> {
  await world.database.query(`insert into expectations (request_id, type, payment_id, order_key, chain_id, store_id, account_id, currency, amount_minor, alipay_id, paid_at, business_date, basis, event_id, recorded_at, late_on, payout_on)
    values ($1, 'PAYMENT', $1, $2, 'demo', 'S001', 'demo-usd', 'USD', 1000, $3, now(), $4, 'success', 'e1', now(), $5, $6)`, [paymentId(number), `demo:A-${number}`, alipayId(number), date, lateOn, payoutOn]);
}

describe('a day whose transaction file does not come', () => {
  const source: SftpSource = {
    kind: 'sftp', id: 'alipay', accountId: 'demo-usd', host: '127.0.0.1', port: 1, user: 'u', password: 'p', privateKey: undefined, hostKeys: ['SHA256:x'], folder: '/v1/settlements', everySeconds: 900, daysBack: 7, listsEmptyDays: false,
  };
  beforeEach(async () => {
    await expected(1, DATE);
    await expected(2, '2026-11-23');
    world.platform.clock.set('2026-11-27T10:00:00+08:00');
  });

  it('is a break of its own from the third day, once, also where another report of that day is there', async () => {
    await kept('in-force', { ...BATCH, date: DATE });
    for (let time = 0; time < 2; time += 1) await world.lookForMissing(source);
    expect((await list()).map(({ kind, status, businessDate, transactionType, evidence }) => [kind, status, businessDate, transactionType, evidence.file]))
      .toEqual([['file-missing', 'open', '2026-11-23', 'transaction-items', null], ['file-missing', 'open', DATE, 'transaction-items', null]]);
    expect(await told()).toHaveLength(2);
    expect(await world.database.count('missing_days')).toBe(2);
  });

  it('is none any more when it is taken in', async () => {
    await world.lookForMissing(source);
    const fileId = await taken();
    expect((await list('&sort=newest')).map(({ status, resolution }) => [status, resolution])).toEqual([['resolved', { by: 'evidence', file: { fileId, sha256: sha256(fileId), line: null } }], ['open', null]]);
    expect(await world.database.count('missing_days')).toBe(1);
  });

  it('is none any more when its file was taken in while we looked', async () => {
    await world.lookForMissing(source);
    await kept('in-force');
    await world.lookForMissing(source);
    expect(await stands()).toEqual(['file-missing open', 'file-missing resolved']);
  });

  it('stays resolved when two persons agreed that it will not come', async () => {
    await world.lookForMissing(source);
    const [found] = await list();
    await world.ask('POST', `/v1/breaks/${found!.breakId}/propose-resolution`, keys.ann, { reason: 'Alipay confirmed that the day was empty' });
    await world.ask('POST', `/v1/breaks/${found!.breakId}/approve`, keys.ben, {});
    await world.lookForMissing(source);
    expect(await stands()).toEqual(['file-missing open', 'file-missing resolved']);
  });
});

describe('a settlement file that does not come by the day on which its money is late', () => {
  const LATE = { chainId: 'demo', accountId: 'demo-usd', lateOn: '2026-11-28' };
  const look = () => inOne((bulk) => world.fileBreaks.missingSettlements(bulk, LATE, occasion()));
  const settlement = (date: string) => ({ ...BATCH, partOf: `USD_${date}`, date });
  beforeEach(async () => {
    await expected(1, DATE, LATE.lateOn, '2026-11-25');
    await expected(2, DATE, LATE.lateOn, '2026-11-25');
  });

  it('is a break of the day of the pay-out, until a file of the days on which it could come is taken in', async () => {
    for (let time = 0; time < 2; time += 1) await look();
    expect((await list()).map(({ kind, businessDate, transactionType }) => [kind, businessDate, transactionType])).toEqual([['file-missing', '2026-11-25', 'settlement-items']]);
    for (const date of ['2026-11-24', '2026-11-28']) await taken(settlement(date));
    await taken({ ...DAY, date: '2026-11-25', partOf: '2026-11-25' });
    expect(await stands()).toEqual(['file-missing open']);
    const fileId = await taken(settlement('2026-11-27'));
    expect(await list()).toMatchObject([{ status: 'resolved', resolution: { file: { fileId } } }]);
  });

  it.each([['is there', '2026-11-26', 0], ['is of an earlier pay-out', '2026-11-24', 1], ['came too late to be it', '2026-11-28', 1]])('whose file %s: %s', async (_, date, breaks) => {
    await kept('in-force', settlement(date));
    await look();
    expect(await list()).toHaveLength(breaks);
  });

  it('is none where some of the money was paid out: that file came, and what it lacks is late for another reason', async () => {
    const fileId = await kept('in-force', settlement('2026-11-24'));
    await world.database.query(`insert into settled_lines (business_date, file_id, line, account_id, batch_id, class, type, alipay_id, currency, amount_minor, net_currency, net_minor, fee_minor, coupon_minor)
      values ('2026-11-24', $1, 2, 'demo-usd', '2026112401', 'order', 'PAYMENT', $2, 'USD', 1000, 'USD', 990, -10, 0)`, [fileId, alipayId(1)]);
    await look();
    expect(await list()).toEqual([]);
  });
});
