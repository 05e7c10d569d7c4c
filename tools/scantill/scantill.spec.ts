import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { scantill } from './scantill.ts';
import { targetOf } from './target.ts';
import { TestService } from './test-service.ts';

let service: TestService;
let folder: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'scantill-cli-'));
  service = new TestService();
  await service.start();
  service.on('GET /v1/files', { body: { files: [], next: null } });
});
afterEach(async () => {
  await service.stop();
  rmSync(folder, { recursive: true });
});

async function run(args: readonly string[], { env = {}, isTTY = false }: { env?: Record<string, string>; isTTY?: boolean } = {}) {
  const said = { stdout: '', stderr: '' };
  const code = await scantill(['reconcile', ...args], {
    cwd: folder,
    env: { SCANTILL_RECONCILIATION_URL: service.url, SCANTILL_API_KEY: 'sk_finance', ...env },
    stdout: { write: (text) => (said.stdout += String(text)) },
    stderr: { isTTY, write: (text) => (said.stderr += String(text)) },
  });
  return { code, ...said };
}

const FILE = '0199-file';
const NAME = 'transactionItems_20261124_000.csv';
const file = (changes: Record<string, unknown> = {}) => ({
  fileId: FILE, name: NAME, status: 'in-force', accountId: 'demo-usd', date: '2026-11-24', sequence: 0, lines: 10_000, totals: [{ currency: 'USD', minor: '123456' }], progress: null, refusal: null, ...changes,
});
const underWay = (stage: string, rows: number) => file({ status: 'received', accountId: null, date: null, lines: null, totals: null, progress: { stage, rows, rowsPerSecond: 120_000, cancelledBy: null } });
const breakOf = (changes: Record<string, unknown> = {}) => ({
  breakId: 'ab'.repeat(16), kind: 'missing-at-alipay', status: 'open', accountId: 'demo-usd', storeId: 'S001', orderId: 'A-1', businessDate: '2026-11-24',
  amountAtRisk: { currency: 'JPY', minor: '1234' }, causedBy: null, ageDays: 2, owner: null, dueOn: '2026-11-27', ...changes,
});
const breaks = (...found: readonly Record<string, unknown>[]) => ({ body: { breaks: found, next: null } });

/** A file is received and then taken in. */
function takenIn(...ends: readonly Record<string, unknown>[]): void {
  service.on('POST /v1/files', { status: 202, body: underWay('waiting', 0) });
  service.on(`GET /v1/files/${FILE}`, ...(ends.length === 0 ? [file()] : ends).map((body) => ({ body })));
  service.on('GET /v1/breaks', breaks());
}

describe('an import', () => {
  it('sends the file as it is, follows it to its end, and is clean when nothing is open', async () => {
    takenIn(underWay('reading', 5_000), file());
    writeFileSync(join(folder, NAME), 'a,b\r\n1,2\n<END>\n');
    const { code, stdout, stderr } = await run(['import', NAME, '--account', 'demo-usd']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(`${NAME}: in-force, demo-usd 2026-11-24, 10,000 rows, 1234.56 USD\ndemo-usd: no open breaks\n`);
    const [sent] = service.of('POST /v1/files');
    expect(sent).toMatchObject({ key: 'Bearer sk_finance', query: { name: NAME, account: 'demo-usd', waitSeconds: '0' }, body: 'a,b\r\n1,2\n<END>\n' });
  });

  it('ends with 3 when the account has open breaks, however many pages they fill', async () => {
    takenIn();
    service.on('GET /v1/breaks', { body: { breaks: [breakOf(), breakOf({ amountAtRisk: { currency: 'USD', minor: '5' } })], next: 'more' } }, breaks(breakOf({ kind: 'late' })));
    writeFileSync(join(folder, NAME), '<END>\n');
    const { code, stdout } = await run(['import', NAME]);
    expect(code).toBe(3);
    expect(stdout).toContain('demo-usd: 3 open breaks\n            2  missing-at-alipay          1234 JPY, 0.05 USD\n            1  late                       1234 JPY\n');
    expect(service.of('GET /v1/breaks').map(({ query }) => query)).toEqual([{ account: 'demo-usd', limit: '200' }, { account: 'demo-usd', limit: '200', after: 'more' }]);
  });

  it('says where a refused file is wrong, goes on with the others, and ends with 1', async () => {
    takenIn(file({ status: 'refused', accountId: null, refusal: { problem: 'file.refused', reason: 'bad-rows', detail: '2 rows cannot be read', faultCount: 2, faults: [{ line: 7, column: 'paymentTime', reason: 'is not a time' }, { line: null, column: null, reason: 'more' }] } }), file());
    writeFileSync(join(folder, 'bad.csv'), 'x');
    writeFileSync(join(folder, NAME), '<END>\n');
    const { code, stdout } = await run(['import', 'bad.csv', NAME]);
    expect(code).toBe(1);
    expect(stdout).toContain('bad.csv: refused, 2 rows cannot be read (bad-rows)\n  line 7, paymentTime: is not a time\n  more\n');
    expect(stdout).toContain(`${NAME}: in-force`);
  });

  it('says so where the same file is known already', async () => {
    takenIn();
    service.on('POST /v1/files', { body: { fileId: FILE, alreadyImported: true } });
    writeFileSync(join(folder, NAME), '<END>\n');
    expect((await run(['import', NAME])).stdout).toContain(`${NAME}: is in force already`);
  });

  it('ends with 3 when a person has to accept the file', async () => {
    takenIn(file({ status: 'pending' }));
    writeFileSync(join(folder, NAME), '<END>\n');
    const { code, stdout } = await run(['import', NAME]);
    expect(code).toBe(3);
    expect(stdout).toContain(`POST /v1/files/${FILE}/accept`);
  });

  it('does not wait when it is not to', async () => {
    takenIn(underWay('reading', 1));
    writeFileSync(join(folder, NAME), '<END>\n');
    const { code, stdout } = await run(['import', NAME, '--no-wait']);
    expect(code).toBe(0);
    expect(stdout).toBe(`${NAME}: reading; GET /v1/files/${FILE} says how far it is\n`);
    expect(service.of('GET /v1/breaks')).toEqual([]);
  });

  it('shows at a terminal how far it is', async () => {
    takenIn(underWay('reading', 250_000), file());
    writeFileSync(join(folder, NAME), '<END>\n');
    const { stderr } = await run(['import', NAME], { isTTY: true });
    expect(stderr).toContain('sending, 100 %');
    expect(stderr).toContain('reading, 250,000 rows, 120,000/s');
  });

  it('goes on waiting while the service is away for a moment', async () => {
    takenIn();
    service.on(`GET /v1/files/${FILE}`, { status: 503, body: { title: 'Try again in a moment' } }, { body: file() });
    writeFileSync(join(folder, NAME), '<END>\n');
    expect(await run(['import', NAME])).toMatchObject({ code: 0, stderr: '' });
  });

  it('answers as JSON for scripts', async () => {
    takenIn();
    writeFileSync(join(folder, NAME), '<END>\n');
    const { stdout } = await run(['import', 'missing.csv', NAME, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ files: [{ error: expect.stringContaining('there is no file') }, { path: NAME, file: { status: 'in-force' } }], openBreaks: { 'demo-usd': [] } });
  });
});

describe('breaks', () => {
  it('are a table with the digits of their currency, and exit code 3', async () => {
    service.on('GET /v1/breaks', breaks(breakOf(), breakOf({ kind: 'late', amountAtRisk: { currency: 'KWD', minor: '1' }, causedBy: 'cd'.repeat(16) })));
    const { code, stdout } = await run(['breaks', '--kind', 'missing-at-alipay,late', '--store', 'S001']);
    expect(code).toBe(3);
    const [header, first, second, sum] = stdout.split('\n');
    expect(header).toMatch(/^break +day +kind +status +account +store +order +at risk +age +owner +due$/);
    expect(first).toMatch(/^(ab){16} {2}2026-11-24 {2}missing-at-alipay {2}open {4}demo-usd {2}S001 {3}A-1 {4}1234 JPY +2 d {9}2026-11-27$/);
    expect(second).toContain('by cdcdcdcd');
    expect(sum).toBe('2 breaks');
    expect(service.of('GET /v1/breaks')[0]?.query).toEqual({ kind: 'missing-at-alipay,late', store: 'S001', status: 'unresolved', sort: 'oldest', limit: '200' });
  });

  it('of one day leave out the others and do not read on', async () => {
    const day = (businessDate: string) => breakOf({ businessDate });
    service.on('GET /v1/breaks', { body: { breaks: [day('2026-11-23'), day('2026-11-24'), day('2026-11-25')], next: 'more' } });
    const { stdout } = await run(['breaks', '--date', '20261124', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ breaks: [{ businessDate: '2026-11-24' }], isCut: false });
    expect(service.of('GET /v1/breaks')).toHaveLength(1);
  });

  it('that are none, or resolved, are clean', async () => {
    service.on('GET /v1/breaks', breaks());
    expect(await run(['breaks'])).toMatchObject({ code: 0, stdout: 'no breaks\n' });
    service.on('GET /v1/breaks', breaks(breakOf({ status: 'resolved' })));
    expect(await run(['breaks', '--status', 'all'])).toMatchObject({ code: 0 });
  });

  it('beyond the limit are said to be there', async () => {
    service.on('GET /v1/breaks', breaks(breakOf(), breakOf()));
    expect((await run(['breaks', '--limit', '1'])).stdout).toContain('1 break, and there are more: --limit shows them\n');
  });
});

describe('a run', () => {
  const dayRun = { accountId: 'demo-usd', kind: 'transactions', version: 3, at: '2026-11-26T01:00:00Z', hash: 'f'.repeat(64), lines: 1, matched: 1, breaksOpened: 0, breaksResolved: 2, breaksOpen: 0 };

  it('prints its figures and its hash', async () => {
    const earlier = { ...dayRun, version: 2, hash: 'e'.repeat(64), breaksOpen: 2 };
    service.on('POST /v1/days/2026-11-24/runs', { body: { runs: [dayRun, earlier, { ...dayRun, accountId: 'demo-jpy', breaksOpen: 1 }] } });
    const { code, stdout } = await run(['run', '2026-11-24', '--account', 'demo-usd']);
    expect(code).toBe(0);
    expect(stdout).toBe(`demo-usd transactions, run 3: 1 line, 1 matched, 0 open breaks (0 new, 2 resolved)\n  ${'f'.repeat(64)}\n`);
    expect(service.asked[0]?.query).toEqual({ account: 'demo-usd' });
  });

  it('with open breaks ends with 3', async () => {
    service.on('POST /v1/days/2026-11-24/runs', { body: { runs: [dayRun, { ...dayRun, kind: 'settlement', breaksOpen: 1 }] } });
    expect(await run(['run', '2026-11-24'])).toMatchObject({ code: 3 });
  });
});

describe('a report', () => {
  it('is written whole, or not at all', async () => {
    service.on('GET /v1/reports.csv', { body: 'day,sales\n' });
    const { code, stdout } = await run(['report', '2026-11-01', '2026-11-30', '--format', 'csv', '--table', 'sales', '--output', 'november.csv']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${join(folder, 'november.csv')}\n` });
    expect(readFileSync(join(folder, 'november.csv'), 'utf8')).toBe('day,sales\n');
    expect(service.asked[0]?.query).toEqual({ from: '2026-11-01', to: '2026-11-30', table: 'sales' });
    expect(await run(['report', '2026-11-01', '--format', 'json', '--output', 'none.json'])).toMatchObject({ code: 1, stderr: expect.stringContaining('request.not-found') });
    expect(readdirSync(folder)).toEqual(['november.csv']);
  });

  it('of one day goes to stdout where that is asked for', async () => {
    service.on('GET /v1/reports', { body: { sales: [] } });
    expect(await run(['report', '2026-11-01', '--format', 'json', '--output', '-'])).toMatchObject({ code: 0, stdout: '{"sales":[]}' });
    expect(service.asked[0]?.query).toEqual({ from: '2026-11-01', to: '2026-11-01' });
  });
});

describe('what cannot be done', () => {
  it('ends with 1 and what to do', async () => {
    const refused = { status: 401, body: { title: 'The API key is not known or no longer valid', code: 'auth.unknown-key' } };
    service.on('GET /v1/files', refused);
    service.on('GET /v1/breaks', { status: 400, body: { title: 'The request does not have the required form', code: 'request.malformed', errors: [{ path: 'kind.0', message: 'is no kind' }] } });
    expect(await run(['import', 'x.csv'])).toEqual({ code: 1, stdout: '', stderr: 'The API key is not known or no longer valid (auth.unknown-key). SCANTILL_API_KEY or --key-file has the key.\n' });
    expect(await run(['breaks', '--kind', 'x'])).toMatchObject({ code: 1, stderr: 'The request does not have the required form (request.malformed).\n  kind.0: is no kind\n' });
    expect(await run(['breaks', '--url', 'http://127.0.0.1:1'])).toMatchObject({ code: 1, stderr: expect.stringContaining('Does the reconciliation service run there?') });
    expect(await run(['breaks'], { env: { SCANTILL_API_KEY: '' } })).toMatchObject({ code: 1, stderr: expect.stringContaining('No API key is named') });
  });

  it.each([[['breaks', '--date', '2026-02-30']], [['run']], [['run', 'yesterday']], [['report', '2026-11-01']], [['report', '2026-11-01', '--format', 'pdf', '--output', 'x']], [['breaks', '--api-key', 'sk']], [['tidy']]])('a wrong line (%j) is refused with how it goes', async (args) => {
    const { code, stderr } = await run(args);
    expect(code).toBe(1);
    expect(stderr).toContain('Usage:');
    expect(service.asked).toEqual([]);
  });

  it('every command explains itself', async () => {
    for (const command of [[], ['import'], ['run'], ['breaks'], ['report']]) expect(await run([...command, '--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('Exit codes: 0 clean, 3 there are breaks') });
  });
});

describe('the service that is asked', () => {
  const io = { cwd: '/', env: {}, stdout: { write: () => true }, stderr: { write: () => true } };

  it('is that of the running demo where none is named, and its key goes nowhere else', () => {
    const demoFile = join(folder, 'demo.json');
    expect(() => targetOf({}, io, demoFile)).toThrow('No reconciliation service is named');
    writeFileSync(demoFile, JSON.stringify({ reconciliation: { url: 'http://127.0.0.1:8084' }, apiKeys: { 'finance-1': { key: 'sk_demo' } } }));
    expect(targetOf({}, io, demoFile)).toEqual({ url: 'http://127.0.0.1:8084', key: 'sk_demo' });
    expect(() => targetOf({ url: 'https://recon.example/' }, io, demoFile)).toThrow('No API key is named');
  });

  it('is told by the line before the environment, and the key by its file', () => {
    writeFileSync(join(folder, 'key'), 'sk_file\n');
    const env = { SCANTILL_RECONCILIATION_URL: 'http://one', SCANTILL_API_KEY: 'sk_env' };
    expect(targetOf({}, { ...io, env })).toEqual({ url: 'http://one', key: 'sk_env' });
    expect(targetOf({ url: 'http://two/', keyFile: 'key' }, { ...io, cwd: folder, env })).toEqual({ url: 'http://two', key: 'sk_file' });
    expect(() => targetOf({ url: 'recon:8084' }, { ...io, env })).toThrow('is no address');
  });
});
