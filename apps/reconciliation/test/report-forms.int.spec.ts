import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { reconciliationReportReadyV1, reportView, type LedgerAccountsView, type LedgerPeriodView, type ReportView } from '@scantill/contracts';
import { XMLParser } from 'fast-xml-parser';
import { Books } from './books.js';
import { unzipped } from './unzipped.js';
import { World } from './world.js';

const DAY = '2026-11-24';
const HOSTILE = '=HYPERLINK("https://example.com","a")';

let world: World;
let keys: Awaited<ReturnType<World['reset']>>;
let books: Books;

beforeAll(async () => { world = await World.open(); });
afterAll(() => world.close());
beforeEach(async () => {
  keys = await world.reset();
  world.platform.clock.set('2026-11-25T20:00:00+08:00');
  books = new Books(world.database);
});

/** A day on which 10.00 was sold and settled for 9.70, 2,500 yen were sold, and one line is somebody's joke. */
async function day(): Promise<void> {
  await books.expect({ on: DAY, requestId: 'p1', alipayId: 'a1', amount: 1000n, fee: -30n });
  await books.expect({ on: DAY, requestId: 'p2', alipayId: 'a2', amount: 2500n, currency: 'JPY' });
  await books.settle([{ on: DAY, batch: 'B1', alipayId: 'a1', amount: 1000n, net: 970n, fee: -30n }]);
  await books.bank([{ on: DAY, amount: 970n, text: 'B1', reference: '+41 B1' }]);
  await books.break({ id: 'a'.repeat(32), kind: 'missing-with-us', on: DAY, alipayId: HOSTILE, riskMinor: 500n, explanation: '@SUM(A1:A9)' });
}

interface SheetXml {
  readonly worksheet: {
    readonly sheetViews: { readonly sheetView: { readonly pane?: Readonly<Record<string, string>> } };
    readonly sheetData: { readonly row: readonly { readonly c?: CellXml | readonly CellXml[] }[] };
    readonly autoFilter?: Readonly<Record<string, string>>;
  };
}
interface CellXml { readonly '@r': string; readonly '@s': string; readonly '@t'?: string; readonly v?: string; readonly f?: unknown; readonly is?: { readonly t: string | { readonly '#text': string } } }

const xml = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '@', parseTagValue: false, trimValues: false });

async function sheets(query: string): Promise<Map<string, SheetXml['worksheet']>> {
  const { status, type, bytes } = await world.download(`/v1/reports.xlsx?${query}`, keys.finance);
  expect([status, type]).toEqual([200, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet']);
  const parts = await unzipped(bytes);
  const names = [...String(parts.get('xl/workbook.xml')).matchAll(/<sheet name="([^"]+)"/g)].map(([, name]) => name!);
  return new Map(names.map((name, index) => [name, (xml.parse(String(parts.get(`xl/worksheets/sheet${index + 1}.xml`))) as SheetXml).worksheet]));
}

const cellsOf = (sheet: SheetXml['worksheet']) => new Map(sheet.sheetData.row.flatMap(({ c }) => (c === undefined ? [] : [c].flat() as CellXml[])).map((cell) => [cell['@r'], cell]));
const textOf = ({ is, v }: CellXml) => (is === undefined ? v ?? '' : typeof is.t === 'string' ? is.t : is.t['#text']);

describe('a workbook', () => {
  beforeEach(day);

  it('has a summary and a sheet for each table, with real numbers and dates under a frozen head', async () => {
    const all = await sheets(`from=${DAY}`);
    expect([...all.keys()]).toEqual(['Summary', 'Sales', 'Bridge', 'Fees', 'Exchange', 'Pay-outs', 'Unsettled', 'Breaks', 'Journal']);
    const sales = all.get('Sales')!;
    const cells = cellsOf(sales);
    // 46350 days after 30 December 1899 is 24 November 2026.
    expect(['A1', 'A2', 'D2', 'F2', 'D3', 'F3'].map((at) => [at, cells.get(at)!['@t'] ?? 'number', textOf(cells.get(at)!)])).toEqual([
      ['A1', 'inlineStr', 'Date'], ['A2', 'number', '46350'], ['D2', 'inlineStr', 'JPY'], ['F2', 'number', '2500'], ['D3', 'inlineStr', 'USD'], ['F3', 'number', '10.00'],
    ]);
    expect(new Date(Date.UTC(1899, 11, 30) + 46_350 * 86_400_000).toISOString().slice(0, 10)).toBe(DAY);
    expect([sales.sheetViews.sheetView.pane?.['@ySplit'], sales.sheetViews.sheetView.pane?.['@state'], sales.autoFilter?.['@ref']]).toEqual(['1', 'frozen', 'A1:M3']);
    expect(['A4', 'F4', 'A5', 'F5'].map((at) => textOf(cells.get(at)!))).toEqual(['Total JPY', '2500', 'Total USD', '10.00']);
  });

  it('keeps what others wrote as text', async () => {
    const breaks = cellsOf((await sheets(`from=${DAY}`)).get('Breaks')!);
    const hostile = [...breaks.values()].filter((cell) => /^[=+\-@]/.test(textOf(cell)) && cell['@t'] !== undefined);
    expect(hostile.map((cell) => [textOf(cell), cell['@t'], cell.f])).toEqual([['=1+1', 'inlineStr', undefined], [HOSTILE, 'inlineStr', undefined], ['@SUM(A1:A9)', 'inlineStr', undefined]]);
    // Of a style that says so when it is edited, unlike other text.
    const styles = [...new Set(hostile.map((cell) => cell['@s']))];
    expect([styles.length, breaks.get('B2')!['@s'] === styles[0]]).toEqual([1, false]);
  });

  it('of a store has no sheets of the account', async () => {
    expect([...(await sheets(`from=${DAY}&store=S001`)).keys()]).toEqual(['Summary', 'Sales', 'Bridge', 'Fees', 'Exchange', 'Unsettled', 'Breaks']);
  });
});

describe('a table as CSV', () => {
  beforeEach(day);
  const csv = async (table: string, more = '', key = keys.finance) => (await world.call<{ code?: string }>('GET', `/v1/reports.csv?from=${DAY}&table=${table}${more}`, key));

  it("has amounts with the currency's digits", async () => {
    expect((await csv('sales')).text).toBe([
      'date,account,store,currency,sales,sales amount,refunds,refund amount,reversals,reversed,given back,given back amount,net',
      `${DAY},demo-usd,S001,JPY,1,2500,0,0,0,0,0,0,2500`, `${DAY},demo-usd,S001,USD,1,10.00,0,0.00,0,0.00,0,0.00,10.00`, '',
    ].join('\n'));
    expect((await csv('bridge')).text).toBe(['currency,item,amount', 'JPY,Sales,2500', 'JPY,Not settled yet in the period,-2500', 'JPY,Not explained,0', 'JPY,Paid by the bank,0', 'USD,Sales,10.00', 'USD,Fees,-0.30', 'USD,Not explained,0.00', 'USD,Paid by the bank,9.70', ''].join('\n'));
  });

  it('has no text that is a formula, and no table of the account for a store', async () => {
    expect((await csv('breaks')).text).toMatch(/,'=1\+1,,,"'=HYPERLINK\(""https:\/\/example\.com"",""a""\)",,'@SUM\(A1:A9\),/);
    expect((await csv('pay-outs')).text).toMatch(/,9\.70,'\+41 B1\n$/);
    expect((await csv('journal', '', keys.store)).body.code).toBe('report.not-of-a-store');
    expect((await csv('everything')).status).toBe(400);
  });
});

describe('an audit pack', () => {
  it('holds the files as they came, breaks with their history, comparisons and the report, and a hash of each', async () => {
    await day();
    const content = Buffer.from('a,b\n<END>\n');
    const sha256 = createHash('sha256').update(content).digest('hex');
    await mkdir(join(world.filesFolder, sha256.slice(0, 2)), { recursive: true });
    await writeFile(join(world.filesFolder, sha256.slice(0, 2), sha256), content);
    await world.database.query('delete from files');
    await books.file('transaction-items', DAY, { name: '../../etc/passwd', sha256 });
    await books.run(DAY, 1, 'f'.repeat(64));
    const { status, bytes } = await world.download(`/v1/reports/audit-pack.zip?from=${DAY}`, keys.finance);
    const parts = await unzipped(bytes);
    const path = `files/demo-usd/${DAY}/${sha256.slice(0, 12)}___.._etc_passwd`;
    expect([status, [...parts.keys()].at(-1)]).toEqual([200, 'manifest.json']);
    expect(parts.get(path)).toEqual(content);
    expect(reportView.safeParse(JSON.parse(String(parts.get('report.json')))).success).toBe(true);
    expect(JSON.parse(String(parts.get('runs.ndjson')))).toMatchObject({ date: DAY, version: 1, hash: 'f'.repeat(64) });
    expect(JSON.parse(String(parts.get('breaks.ndjson')))).toMatchObject({ breakId: 'a'.repeat(32), history: [{ number: 1, action: 'opened' }] });
    const manifest = JSON.parse(String(parts.get('manifest.json'))) as { received: unknown[]; contents: { path: string; sha256: string; bytes: number }[] };
    expect(manifest).toMatchObject({ chainId: 'demo', from: DAY, to: DAY, hasAllFiles: true, received: [{ path, sha256, name: '../../etc/passwd', isIntact: true }] });
    const hashed = [...parts].filter(([name]) => name !== 'manifest.json').map(([name, part]) => ({ path: name, sha256: createHash('sha256').update(part).digest('hex'), bytes: part.length }));
    expect(manifest.contents).toEqual(hashed);
    expect((await world.download(`/v1/reports/audit-pack.zip?from=${DAY}`, keys.store)).status).toBe(422);
  });
});

describe('a ledger', () => {
  const journal = async (from: string, to: string) => ((await world.ask<ReportView>('GET', `/v1/reports?from=${from}&to=${to}`, keys.finance)).body.journal?.lines ?? [])
    .map(({ date, accountNumber, debit, credit, corrects }) => `${date} ${accountNumber} ${debit === null ? 'credit' : 'debit'} ${(debit ?? credit)!.minor}${corrects === null ? '' : ` of ${corrects}`}`);
  const lock = (month: string, key = keys.ann) => world.ask<LedgerPeriodView>('PUT', `/v1/ledger-periods/${month}`, key, { status: 'locked' });

  it('has the accounts that a chain names, and those that everybody knows', async () => {
    const named = await world.ask<LedgerAccountsView>('PUT', '/v1/ledger-accounts', keys.ann, { accounts: { sales: { number: '8400', name: 'Erlöse' } } });
    expect(named.body.accounts).toMatchObject({ sales: { number: '8400', name: 'Erlöse', isDefault: false }, bank: { number: '1000', isDefault: true } });
    await books.expect({ on: DAY, requestId: 'p1', alipayId: 'a1', amount: 1000n });
    expect(await journal(DAY, DAY)).toEqual([`${DAY} 1200 debit 1000`, `${DAY} 8400 credit 1000`]);
    expect((await world.ask('PUT', '/v1/ledger-accounts', keys.finance, { accounts: {} })).status).toBe(403);
    expect((await world.ask('PUT', '/v1/ledger-accounts', keys.ann, { accounts: { nothing: { number: '1', name: 'x' } } })).status).toBe(400);
    expect((await world.ask<LedgerAccountsView>('GET', '/v1/ledger-accounts', keys.stranger)).body.accounts.sales).toMatchObject({ number: '4000' });
  });

  it('keeps a locked month as it was, and books what came later in the next month that is open', async () => {
    await books.expect({ on: '2026-10-30', requestId: 'p1', alipayId: 'a1', amount: 1000n });
    expect((await lock('2026-10', keys.robot)).body.code).toBe('ledger.person-needed');
    expect((await lock('2026-11')).body.code).toBe('ledger.month-not-over');
    expect(await lock('2026-10')).toMatchObject({ status: 200, body: { month: '2026-10', lockedBy: 'Ann Lee', entries: 1 } });
    // 2.50 more became known, and 1.00 of November.
    await books.expect({ on: '2026-10-31', requestId: 'p2', alipayId: 'a2', amount: 250n });
    await books.expect({ on: '2026-11-02', requestId: 'p3', alipayId: 'a3', amount: 100n });
    const october = ['2026-10-30 1200 debit 1000', '2026-10-30 4000 credit 1000'];
    const november = ['2026-11-01 1200 debit 250 of 2026-10', '2026-11-01 4000 credit 250 of 2026-10', '2026-11-02 1200 debit 100', '2026-11-02 4000 credit 100'];
    expect(await journal('2026-10-01', '2026-10-31')).toEqual(october);
    expect(await journal('2026-11-01', '2026-11-30')).toEqual(november);
    expect((await lock('2026-10', keys.ben)).body).toMatchObject({ lockedBy: 'Ann Lee', entries: 1 });
    // Locked as well, November keeps the correction, and December has none.
    world.platform.clock.set('2026-12-01T09:00:00+08:00');
    expect((await lock('2026-11')).body).toMatchObject({ entries: 2 });
    expect(await journal('2026-10-01', '2026-12-31')).toEqual([...october, ...november]);
    await expect(world.database.query('update ledger_entries set minor = 1')).rejects.toThrow('added and never changed');
  });
});

describe('a day that has been quiet', () => {
  it('is announced with the version of its report, once', async () => {
    await books.run(DAY, 3, 'f'.repeat(64));
    await books.break({ id: 'a'.repeat(32), kind: 'late', on: DAY, riskMinor: 500n });
    await world.database.query(`insert into due_work (kind, key, due_at) values ('report-ready', 'demo:demo-usd:${DAY}', '2026-11-25T11:00:00Z')`);
    await world.announceReports([`demo:demo-usd:${DAY}`]);
    const [event] = (await world.database.query<{ key: string; payload: string }>('select key, payload from outbox')).map(({ key, payload }) => ({ key, ...JSON.parse(payload) as { type: string; sequence: number; data: unknown } }));
    expect(event).toMatchObject({ key: `demo-usd:${DAY}`, type: 'reconciliation.report-ready', sequence: 3, data: { accountId: 'demo-usd', date: DAY, runs: 3, breaksOpen: 1, report: `/v1/reports?from=${DAY}&account=demo-usd` } });
    expect(reconciliationReportReadyV1.data.safeParse(event!.data).success).toBe(true);
    expect(await world.database.count(`due_work where kind = 'report-ready'`)).toBe(0);
  });
});
