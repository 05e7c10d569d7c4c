import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TRANSACTION_ITEMS_COLUMNS, type TransactionItem } from '@scantill/alipay';
import { catalogue } from '@scantill/contracts';
import { DATE, file, NAME, row, sales, World } from './world.js';

let world: World;
let keys: Awaited<ReturnType<World['reset']>>;

beforeAll(async () => { world = await World.open(); });
afterAll(() => world.close());
beforeEach(async () => { keys = await world.reset(); });

const part = (sequence: number) => `transactionItems_20261124_${String(sequence).padStart(3, '0')}.csv`;
const usual = () => sales(3).map((sale) => row(sale));

async function eventTypes(): Promise<string[]> {
  const rows = await world.database.query<{ payload: string }>('select payload from outbox order by id');
  return rows.map(({ payload }) => {
    const { type, version, data } = JSON.parse(payload) as { type: string; version: number; data: unknown };
    catalogue.find((definition) => definition.type === type && definition.version === version)!.data.parse(data);
    return type.replace('reconciliation.', '');
  });
}

describe('a file', () => {
  beforeEach(() => world.receive(sales(3).map((sale) => world.succeeded(sale))));

  it('is kept as it came, under its SHA-256, and told of', async () => {
    const content = file(usual());
    const { body } = await world.upload(keys.finance, content);
    expect(body).toMatchObject({ sha256: createHash('sha256').update(content).digest('hex'), accountId: 'demo-usd', date: DATE, sequence: 0, lines: 3, supersedes: null });
    expect(await readFile(join(world.filesFolder, body.sha256.slice(0, 2), body.sha256), 'utf8')).toBe(content);
    expect(await readdir(join(world.filesFolder, 'incoming'))).toEqual([]);
    expect(await eventTypes()).toEqual(['file-imported', 'run-completed']);
    expect(await world.database.query('select distinct key from outbox')).toEqual([{ key: `demo-usd:${DATE}` }]);
  });

  it('comes as a form just as well', async () => {
    expect(await world.uploadForm(keys.finance, file(usual()))).toMatchObject({ status: 201, body: { name: NAME, matched: 3 } });
    expect(await world.uploadForm(keys.finance, file(usual()), NAME, 'document')).toMatchObject({ status: 400, body: { code: 'request.malformed' } });
  });

  it('changes nothing when it comes again', async () => {
    const first = await world.upload(keys.finance, file(usual()));
    const events = await eventTypes();
    const again = await world.upload(keys.finance, file(usual()));
    expect(again).toMatchObject({ status: 200, body: { fileId: first.body.fileId, alreadyImported: true, lines: 3, matched: 3, breaksOpened: 0 } });
    expect([await world.database.count('files'), await world.database.count('lines'), await eventTypes()]).toEqual([1, 3, events]);
  });

  it('supersedes the one before it, which stays; breaks that are gone are resolved, and open again when they come back', async () => {
    const [wrong, right] = [file(sales(3).map((sale) => row({ ...sale, minor: sale.minor - 1n }))), file(usual())];
    const first = await world.upload(keys.finance, wrong);
    const second = await world.upload(keys.finance, right);
    expect([first.body.breaksOpened, second.body]).toMatchObject([3, { supersedes: first.body.fileId, breaksOpened: 0, breaksResolved: 3, matched: 3 }]);
    expect((await world.day(keys.finance)).body.accounts).toMatchObject([{ breaks: [], files: [{ status: 'superseded' }, { status: 'in-force' }], lines: { count: 3 } }]);
    const third = await world.upload(keys.finance, wrong);
    expect(third.body).toMatchObject({ breaksOpened: 3, alreadyImported: false });
    const ids = new Set((await world.breaks(keys.finance)).body.breaks.map(({ breakId }) => breakId));
    const ofLines = `breaks where kind = 'amount-differs'`;
    expect([ids.size, await world.database.count(ofLines), await world.database.count(`${ofLines} and sequence = 3`)]).toEqual([3, 3, 3]);
    const [opened, resolved] = ['break-opened', 'break-resolved'].map((type) => Array.from({ length: 3 }, () => type)) as [string[], string[]];
    // Between them the edition that waits, until somebody accepts it.
    const accepted = ['break-opened', 'break-resolved'];
    expect((await eventTypes()).filter((type) => type.startsWith('break'))).toEqual([...opened, ...accepted, ...resolved, ...accepted, ...opened]);
  });

  it('may be one part of a day; the day grows with its parts and has no gap', async () => {
    expect(await world.upload(keys.finance, file([]), part(1), '&account=demo-usd')).toMatchObject({ status: 422, body: { detail: expect.stringContaining('part 000') } });
    const [first, second] = [usual().slice(0, 2), usual().slice(2)];
    expect((await world.upload(keys.finance, file(first), part(0))).body).toMatchObject({ matched: 2, breaksOpened: 1 });
    expect(await world.upload(keys.finance, file(second), part(2))).toMatchObject({ status: 422, body: { detail: expect.stringContaining('part 001') } });
    expect((await world.upload(keys.finance, file(second), part(1))).body).toMatchObject({ matched: 1, lines: 1, breaksResolved: 1 });
    expect((await world.day(keys.finance)).body.accounts).toMatchObject([{ complete: true, lines: { count: 3 }, matched: { count: 3 }, breaks: [] }]);
  });

  it('is read by the names of its columns, with more columns, quotes, CR LF and a surplus comma', async () => {
    const columns = ['colour', ...[...TRANSACTION_ITEMS_COLUMNS].reverse()];
    const rows = usual().map((each, index) => ({ ...each, orderDescription: index === 0 ? '"Kaffee, ""groß""\nund \\Kuchen\t☕"' : '' })) as TransactionItem[];
    const content = `\uFEFF${file(rows, columns).replaceAll('\n', '\r\n').replace('<END>', '<END>,')}`;
    expect(await world.upload(keys.finance, content)).toMatchObject({ status: 201, body: { lines: 3, matched: 3, breaksOpened: 0 } });
    expect(await world.upload(keys.finance, file(usual()).replace(/USD$/gm, 'USD,'))).toMatchObject({ status: 201, body: { matched: 3 } });
  });

  it('may be empty, if it is clear whose it is', async () => {
    expect(await world.upload(keys.finance, file([]))).toMatchObject({ status: 201, body: { lines: 0, totals: [], breaksOpened: 3 } });
  });
});

describe('a file that is refused', () => {
  const fault = (path: string, message: string) => ({ status: 422, body: { code: 'file.refused', errors: [{ path, message: expect.stringContaining(message) }] } });
  const changed = (changes: Partial<TransactionItem>) => file([...usual().slice(0, 2), row({ number: 3, minor: 1_003n }, changes)]);

  it.each([
    ['no end marker', file(usual()).replace('<END>\n', ''), NAME, { status: 422, body: { detail: expect.stringContaining('<END>') } }],
    ['a missing column', file(usual(), TRANSACTION_ITEMS_COLUMNS.filter((name) => name !== 'transactionCurrency')), NAME, fault('transactionCurrency', 'is missing')],
    ['another number of columns', file(usual()).replace('PAYMENT,', 'PAYMENT,extra,'), NAME, fault('line 2', 'has 16 columns instead of 15')],
    ['a decimal point', changed({ transactionAmountValue: '10.03' }), NAME, fault('line 4, transactionAmountValue', 'decimal point')],
    ['no amount', changed({ transactionAmountValue: '' }), NAME, fault('line 4, transactionAmountValue', 'is empty')],
    ['an unknown currency', changed({ transactionCurrency: 'XXX' }), NAME, fault('line 4, transactionCurrency', 'not a currency')],
    ['no id of Alipay', changed({ transactionId: '' }), NAME, fault('line 4, transactionId', 'empty')],
    ['no time', changed({ paymentTime: '2026-13-24T10:00:00+08:00' }), NAME, fault('line 4, paymentTime', 'not a time')],
    ['a payment of another day', changed({ paymentTime: '2026-11-25T00:00:00+08:00' }), NAME, fault('line 4, paymentTime', 'is on 2026-11-25')],
    ['another kind of file', file(usual()), 'settlementItems_USD_1_000.csv', { status: 422, body: { detail: expect.stringContaining('required columns are missing: settlementBatchId') } }],
    ['a day that there is not', file(usual()), 'transactionItems_20261131_000.csv', { status: 422, body: { code: 'file.refused' } }],
    ['a foreign account', file(usual().map((each) => ({ ...each, customerId: '1022188000000000002' }))), NAME, { status: 422, body: { detail: expect.stringContaining('no such account') } }],
    ['two accounts', changed({ customerId: '1022188000000000002' }), NAME, { status: 422, body: { detail: expect.stringContaining('names several') } }],
    ['no status in generation C', file(usual().slice(0, 1), [...TRANSACTION_ITEMS_COLUMNS, 'status']), NAME, fault('line 2, status', 'is empty')],
    ['rows after the end', `${file(usual())}1,2\n`, NAME, fault('line 6', 'comes after <END>')],
  ])('for %s leaves nothing behind but itself', async (what, content, name, expected) => {
    await world.receive(sales(3).map((sale) => world.succeeded(sale)));
    expect(await world.upload(keys.finance, content, name)).toMatchObject(expected);
    expect(await world.database.query('select name, status from files')).toEqual([{ name, status: 'refused' }]);
    for (const table of ['lines', 'rest_lines', 'links', 'settled_lines', 'batch_sums', 'due_work']) expect([table, await world.database.count(table)]).toEqual([table, 0]);
    // That it was cut short is told to whoever waits for the rest of it.
    const breaks = what === 'no end marker' ? [{ kind: 'file-truncated' }] : [];
    expect([await world.database.query('select kind from breaks'), await eventTypes()]).toEqual([breaks, breaks.map(() => 'break-opened')]);
    expect(await readdir(join(world.filesFolder, 'incoming'))).toEqual([]);
  });

  it('lists every fault with its line and column, up to a thousand', async () => {
    const { body } = await world.upload(keys.finance, file(sales(1_020).map((sale) => row(sale, { transactionAmountValue: '1.5' }))));
    expect([body.errors?.length, body.errors?.[0]?.path, body.detail]).toEqual([1_000, 'line 2, transactionAmountValue', expect.stringContaining('1020 faults')]);
  });

  it('is not accepted without a name or in another form', async () => {
    const headers = { 'content-type': 'text/csv' };
    expect(await world.call('POST', '/v1/files', keys.finance, { payload: file(usual()), headers })).toMatchObject({ status: 400, body: { errors: [{ path: 'name' }] } });
    expect(await world.call('POST', '/v1/files', keys.finance, { payload: '{}', headers: { 'content-type': 'application/json' } })).toMatchObject({ status: 415 });
  });
});

describe('a payment that we hear of after its line', () => {
  it('is matched by itself a little later', async () => {
    await world.upload(keys.finance, file(usual()));
    expect((await world.day(keys.finance)).body.accounts[0]?.breaks).toMatchObject([{ kind: 'missing-with-us', count: 3 }]);
    await world.database.query('delete from due_work');
    await world.receive(sales(3).map((sale) => world.succeeded(sale)));
    const due = await world.database.query<{ key: string }>('select key from due_work');
    expect(due).toEqual([{ key: `demo:demo-usd:${DATE}` }]);
    await world.rematch(due.map(({ key }) => key));
    expect((await world.day(keys.finance)).body.accounts).toMatchObject([{ matched: { count: 3 }, breaks: [] }]);
  });

  it('takes the amount of a success over what was only reported', async () => {
    await world.receive([world.reported({ number: 1, minor: 5n })]);
    await world.receive([world.succeeded({ number: 1, minor: 1_001n })]);
    await world.receive([world.reported({ number: 1, minor: 7n })]);
    expect((await world.expectations(keys.till, 1)).body.expectations).toMatchObject([{ basis: 'success', amount: { minor: '1001' }, status: 'open' }]);
  });
});
