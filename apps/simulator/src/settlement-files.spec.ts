import { readFileSync } from 'node:fs';
import { reportColumns } from '@scantill/alipay';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CLIENT_ID, CUSTOMER_ID, payRequest, TestSimulator } from '../test/start-simulator.js';
import { defectKinds } from './faults/file-defect.js';

const NOON = { CLOCK_START: '2026-10-10T12:00:00+08:00' };
let simulator: TestSimulator;

beforeEach(async () => {
  simulator = new TestSimulator();
  await simulator.start(NOON);
});
afterEach(() => simulator.remove());

interface Written { readonly report: string; readonly batchId: string; readonly rows: number; readonly remotePath: string; readonly path: string }
interface Closed { readonly files: readonly Written[]; readonly settlementFiles: readonly Written[]; readonly defects: readonly Record<string, string>[]; readonly unplanted: readonly Record<string, string>[] }

async function files(settings: Record<string, unknown>): Promise<void> {
  expect(await simulator.control(`accounts/${CLIENT_ID}/files`, settings)).toMatchObject({ status: 200, body: { files: settings } });
}

async function pay(id: string, value: string, changes: { currency?: string; settlementCurrency?: string } = {}) {
  const { currency = 'USD', settlementCurrency = currency } = changes;
  const issued = await simulator.issue(payRequest({ id, value, currency, changes: { settlementStrategy: { settlementCurrency } } }));
  await simulator.control('confirm', { code: issued.code });
  return issued;
}

async function refund(id: string, paymentId: string, value: string, currency = 'USD'): Promise<void> {
  expect(await simulator.client.refund({ refundRequestId: id, paymentId, refundAmount: { currency, value } })).toMatchObject({ status: 'S' });
}

const close = async (body: Record<string, unknown> = {}) => (await simulator.control('close-day', body)).body as unknown as Closed;

/** The rows of a file by the names of its columns, without what is empty. */
function rowsOf({ path }: Pick<Written, 'path'>): Record<string, string>[] {
  const [header = '', ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  expect(lines.at(-1)).toBe('<END>');
  const columns = header.split(',');
  // The one quoted cell that these payments have is their description.
  return lines.slice(0, -1).map((line) => {
    const cells = line.replace('"2 × Latte, ""large"""', 'Latte').split(',');
    return Object.fromEntries(columns.map((column, at) => [column, cells[at] ?? '']).filter(([, cell]) => cell !== ''));
  });
}

const amounts = (row: Record<string, string>) => [row['transactionType'] ?? row['summaryType'], row['settlementAmountValue'], row['feeAmountValue'] ?? row['paymentMethodFeeAmountValue']];

describe('an account without a settlement contract', () => {
  it('gets its transaction file alone', async () => {
    await pay('P1', '1000');
    expect(await close()).toMatchObject({ files: [{ rows: 1 }], settlementFiles: [], defects: [], unplanted: [] });
  });
});

describe('a settled day', () => {
  it('is paid out less its fees, a batch for each currency, with a summary that adds up', async () => {
    await files({ settlement: { feeRate: '0.012', feeFixed: 10, feeOnRefund: 'returned' } });
    const one = await pay('P1', '1000');
    const two = await pay('P2', '2050');
    await refund('RF_1', one.paymentId, '250');
    await simulator.client.cancel({ paymentId: two.paymentId });
    await pay('P3', '18000', { currency: 'KRW', settlementCurrency: 'EUR' });
    const { settlementFiles } = await close();
    expect(settlementFiles.map(({ report, rows, remotePath }) => [report, rows, remotePath])).toEqual([
      ['settlementItems', 1, `/v1/settlements/${CUSTOMER_ID}/20261011/settlementItems_EUR_2026101100000042017_000.csv`],
      ['settlementSummary', 2, `/v1/settlements/${CUSTOMER_ID}/20261011/settlementSummary_EUR_2026101100000042017_000.csv`],
      ['settlementItems', 4, `/v1/settlements/${CUSTOMER_ID}/20261011/settlementItems_USD_2026101100000201803_000.csv`],
      ['settlementSummary', 4, `/v1/settlements/${CUSTOMER_ID}/20261011/settlementSummary_USD_2026101100000201803_000.csv`],
    ]);
    const [euroItems, euroSummary, items, summary] = settlementFiles.map(rowsOf);
    // 10.00 × 1.2 % = 0.12, and 0.10; 20.50 × 1.2 % = 0.246 → 0.25, and 0.10; 2.50 × 1.2 % = 0.03; a cancel gives back all.
    expect(items?.map(amounts)).toEqual([['PAYMENT', '978', '-22'], ['PAYMENT', '2015', '-35'], ['REFUND', '-247', '3'], ['CANCEL', '-2015', '35']]);
    // 9.78 + 20.15 = 29.93; 29.93 − 2.47 − 20.15 = 7.31; −0.57 + 0.03 + 0.35 = −0.19
    expect(summary?.map(amounts)).toEqual([['PAYMENT', '2993', '-57'], ['REFUND', '-247', '3'], ['CANCEL', '-2015', '35'], ['TOTAL', '731', '-19']]);
    expect(summary?.map(({ count }) => count)).toEqual(['2', '1', '1', '4']);
    // 0.000703 ÷ 1.1736 = 0.00059901; 18,000 won × 0.00059901 = 10.78218 → 10.78; × 1.2 % = 0.12936 → 0.13, and 0.10
    expect(euroItems).toMatchObject([{ quoteCurrencyPair: 'KRW/EUR', quotePrice: '0.00059901', settlementAmountValue: '1055', settlementCurrency: 'EUR', feeAmountValue: '-23', settlementTime: '2026-10-11T10:00:00+08:00' }]);
    expect(euroSummary?.map(amounts)).toEqual([['PAYMENT', '1055', '-23'], ['TOTAL', '1055', '-23']]);
    const download = await fetch(`${simulator.url}/control/files${settlementFiles[0]?.remotePath}`);
    expect(await download.text()).toBe(readFileSync(settlementFiles[0]?.path ?? '', 'utf8'));
  });

  it('keeps its fee of a refund where the contract says so', async () => {
    await files({ settlement: { feeRate: '0.1', feeOnRefund: 'kept' } });
    const { paymentId } = await pay('P1', '1000');
    await refund('RF_1', paymentId, '1000');
    const { settlementFiles: [items] } = await close();
    expect(items && rowsOf(items).map(amounts)).toEqual([['PAYMENT', '900', '-100'], ['REFUND', '-1000', '0']]);
  });

  it('without transactions is a batch of zeros', async () => {
    await files({ settlement: {} });
    const { settlementFiles } = await close();
    expect(settlementFiles.map(({ remotePath, rows }) => [remotePath.split('/').at(-1), rows])).toEqual([
      ['settlementItems_USD_0000000000000000000_000.csv', 0], ['settlementSummary_USD_0000000000000000000_000.csv', 0],
    ]);
    expect(settlementFiles.map(rowsOf)).toEqual([[], []]);
  });
});

describe('a file', () => {
  it.each(['A', 'B', 'C'] as const)('of generation %s has its columns, and decimals where the account wants them', async (generation) => {
    await files({ generation, unit: 'major', settlement: { feeRate: '0.012' } });
    const { paymentId } = await pay('P1', '1000');
    await refund('RF_1', paymentId, '250');
    const failed = await simulator.issue(payRequest({ id: 'P2', value: '700' }));
    await simulator.control('decline', { code: failed.code });
    const { files: [transactions], settlementFiles: [items, summary] } = await close();
    for (const [report, file] of [['transactionItems', transactions], ['settlementItems', items], ['settlementSummary', summary]] as const) {
      expect(readFileSync(file?.path ?? '', 'utf8').split('\n')[0]).toBe(reportColumns[report][generation].join(','));
    }
    expect(items && rowsOf(items).map(amounts)).toEqual([['PAYMENT', '9.88', '-0.12'], ['REFUND', '-2.47', '0.03']]);
    expect(summary && rowsOf(summary).map(amounts)).toEqual([['PAYMENT', '9.88', '-0.12'], ['REFUND', '-2.47', '0.03'], ['TOTAL', '7.41', '-0.09']]);
    const listed = (transactions ? rowsOf(transactions) : []).map((row) => [row['transactionType'], row['transactionAmountValue'], row['status'], row['transactionId'] === paymentId]);
    expect(listed).toEqual(generation === 'C'
      ? [['PAYMENT', '10.00', 'SUCCESS', true], ['REFUND', '-2.50', 'SUCCESS', true], ['PAYMENT', '7.00', 'FAIL', false]]
      : [['PAYMENT', '10.00', undefined, true], ['REFUND', '-2.50', undefined, false]]);
  });

  it('comes in parts when it is long', async () => {
    await files({ rowsPerFile: 2, settlement: {} });
    for (const id of ['P1', 'P2', 'P3', 'P4', 'P5']) await pay(id, '100');
    const { files: parts, settlementFiles } = await close();
    expect(parts.map(({ remotePath, rows }) => [remotePath.slice(-8), rows])).toEqual([['_000.csv', 2], ['_001.csv', 2], ['_002.csv', 1]]);
    expect(parts.flatMap(rowsOf).map((row) => row['transactionRequestId'])).toEqual(['P1', 'P2', 'P3', 'P4', 'P5']);
    expect(settlementFiles.map(({ report, rows }) => `${report} ${rows}`)).toEqual(['settlementItems 2', 'settlementItems 2', 'settlementItems 1', 'settlementSummary 2']);
  });
});

describe('a planned defect', () => {
  /** Four payments in two currencies and a refund, closed with one defect in a report. */
  async function closedWith(defect: Record<string, unknown> | string) {
    await files({ settlement: { feeRate: '0.01' } });
    const { paymentId } = await pay('P1', '10000');
    await pay('P2', '20000');
    await pay('P3', '300000', { currency: 'KRW', settlementCurrency: 'USD' });
    await refund('RF_1', paymentId, '5000');
    return close({ seed: 7, defects: [defect] });
  }

  // Less 1 %: 300,000 won × 0.000703 = 210.90, − 2.11 = 208.79.
  const net = ['9900', '19800', '20879', '-4950'];
  it.each([
    ['row-missing', (rows: string[]) => expect(rows).toHaveLength(3)],
    ['row-extra', (rows: string[]) => expect(rows).toHaveLength(5)],
    ['row-duplicated', (rows: string[]) => expect([rows.length, new Set(rows).size]).toEqual([5, 4])],
    ['refund-reversal', (rows: string[]) => expect(rows).toEqual([...net, '4950'])],
    ['fee-wrong', (rows: string[]) => expect(rows.filter((row, at) => Number(row) === Number(net[at]) - 100)).toHaveLength(1)],
    ['net-wrong', (rows: string[]) => expect(rows.filter((row, at) => Number(row) === Number(net[at]) - 100)).toHaveLength(1)],
    // 0.000703 × 1.01 = 0.00071003; 300,000 × 0.00071003 = 213.009 → 213.01; − 2.13 = 210.88
    ['rate-wrong', (rows: string[]) => expect(rows[2]).toBe('21088')],
  ] as const)('%s is in the settlement items, and its summary says what they say', async (kind, check) => {
    const { settlementFiles: [items, summary], defects, unplanted } = await closedWith({ kind, report: 'settlementItems' });
    const rows = items ? rowsOf(items).map((row) => row['settlementAmountValue'] ?? '') : [];
    check(rows);
    expect([defects, unplanted]).toMatchObject([[{ kind, report: 'settlementItems', customerId: CUSTOMER_ID, transactionId: expect.any(String) }], []]);
    const total = rows.reduce((sum, row) => sum + BigInt(row), 0n);
    expect(summary && rowsOf(summary).at(-1)).toMatchObject({ summaryType: 'TOTAL', settlementAmountValue: String(total), count: String(rows.length) });
  });

  it.each([
    ['amount-wrong', ['10000 USD', '20000 USD', '300000 KRW', '-5000 USD']], ['currency-wrong', ['10000 USD', '20000 USD', '300000 KRW', '-5000 USD']],
    ['store-wrong', ['S001', 'S001', 'S001', 'S001']], ['type-unknown', ['PAYMENT', 'PAYMENT', 'PAYMENT', 'REFUND']],
  ] as const)('%s changes one row of the transaction file', async (kind, right) => {
    const { files: [file], defects } = await closedWith(kind);
    const rows = file ? rowsOf(file) : [];
    const shown = rows.map((row) => kind === 'store-wrong' ? row['referenceStoreId'] : kind === 'type-unknown' ? row['transactionType'] : `${row['transactionAmountValue']} ${row['transactionCurrency']}`);
    const at = shown.findIndex((each, index) => each !== right[index]);
    expect(shown.filter((each, index) => each !== right[index])).toHaveLength(1);
    expect(defects).toMatchObject([{ kind, report: 'transactionItems', transactionId: rows[at]?.['transactionId'] }]);
  });

  it('of a whole file cuts it short, leaves out part 0, or says another sum', async () => {
    const { files: [file], settlementFiles: [items, summary], defects } = await (async () => {
      await files({ settlement: {} });
      await pay('P1', '10000');
      return close({ defects: ['truncated', { kind: 'parts-gap', report: 'settlementItems' }, 'summary-wrong'] });
    })();
    expect(readFileSync(file?.path ?? '', 'utf8')).not.toContain('<END>');
    expect(items?.remotePath).toMatch(/_001\.csv$/);
    expect(summary && rowsOf(summary).map(amounts)).toEqual([['PAYMENT', '9941', '-60'], ['TOTAL', '9941', '-60']]);
    expect(defects.map(({ kind, report }) => `${kind} ${report}`)).toEqual(['truncated transactionItems', 'parts-gap settlementItems', 'summary-wrong settlementSummary']);
  });

  // 99.00 + 198.00 + 208.79 = 505.79; − 49.50 = 456.29, and a cent
  it('of a total changes that alone', async () => {
    const { settlementFiles: [, summary] } = await closedWith('total-wrong');
    expect(summary && rowsOf(summary).map((row) => row['settlementAmountValue'])).toEqual(['50579', '-4950', '45630']);
  });

  it('is named as not planted where there is nothing that it could happen to', async () => {
    expect(await close({ defects: ['row-missing', { kind: 'rate-wrong' }] })).toMatchObject({ defects: [], unplanted: [{ kind: 'row-missing' }, { kind: 'rate-wrong' }] });
  });

  it('is planted beside all others in one day, none in the same row', async () => {
    await files({ settlement: { feeRate: '0.01' } });
    for (let number = 1; number <= 12; number += 1) {
      const { paymentId } = await pay(`P${number}`, '300000', { currency: 'KRW', settlementCurrency: 'USD' });
      await refund(`RF_${number}`, paymentId, '1000', 'KRW');
    }
    const { defects, unplanted } = await close({ seed: 3, defects: defectKinds.map((kind) => ({ kind })) });
    expect([defects.map(({ kind }) => kind).sort(), unplanted]).toEqual([[...defectKinds].sort(), []]);
    const struck = defects.flatMap(({ report, transactionId }) => (transactionId === undefined ? [] : [`${report} ${transactionId}`]));
    expect(new Set(struck).size).toBe(struck.length);
  });

  it('is refused where it cannot happen', async () => {
    expect(await simulator.control('close-day', { defects: [{ kind: 'fee-wrong', report: 'transactionItems' }] })).toMatchObject({ status: 400, body: { problems: [{ path: 'defects.0.report' }] } });
    expect(await simulator.control('close-day', { defects: ['rain'] })).toMatchObject({ status: 400 });
  });
});
