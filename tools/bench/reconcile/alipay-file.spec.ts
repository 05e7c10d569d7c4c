import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { writeAlipayFile } from './alipay-file.ts';
import { saleAt } from './sales.ts';

const folder = mkdtempSync(join(tmpdir(), 'scantill-bench-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function rowsOf(report: 'transaction-items' | 'settlement-items', rows: number) {
  const file = await writeAlipayFile(folder, report, rows);
  const text = readFileSync(file.path, 'utf8');
  const [header, ...lines] = text.replaceAll('"2 x Latte, ""large"""', 'Latte').trimEnd().split('\n');
  const columns = header?.split(',') ?? [];
  return { ...file, text, end: lines.pop(), rows: lines.map((line) => Object.fromEntries(line.split(',').map((cell, at) => [columns[at], cell]))) };
}

describe('a file of the benchmark', () => {
  it.each([['transaction-items', 'transactionItems_20261124_000.csv', 15, 219], ['settlement-items', 'settlementItems_USD_2026112500000201803_000.csv', 24, 263]] as const)('of %s has all columns of generation A, and as many bytes in a row as Alipay\'s', async (report, name, columns, bytes) => {
    const file = await rowsOf(report, 5_000);
    expect(basename(file.path)).toBe(name);
    expect(file.end).toBe('<END>');
    expect(file.rows).toHaveLength(5_000);
    expect(file.columns).toHaveLength(columns);
    expect(file.rows.every((row) => Object.keys(row).length === columns)).toBe(true);
    expect(Buffer.byteLength(file.text)).toBe(file.bytes);
    expect(Math.round(file.bytes / 5_000)).toBe(bytes);
  });

  it('lists what is paid out less its fee', async () => {
    const { rows } = await rowsOf('settlement-items', 100);
    for (const row of rows) expect(Number(row['settlementAmountValue'])).toBe(Number(row['transactionAmountValue']) + Number(row['feeAmountValue']));
    // 47.27 × 0.6 % = 0.28362 → 0.28
    expect(rows[1]).toMatchObject({ transactionAmountValue: '4727', feeAmountValue: '-28', settlementAmountValue: '4699' });
  });
});

describe('the sales of the benchmark', () => {
  const sales = Array.from({ length: 2_000 }, (_, row) => saleAt(row, 2_000));

  it('have ids of their own, in the order of time', () => {
    expect(new Set(sales.map(({ alipayId }) => alipayId)).size).toBe(2_000);
    expect(new Set(sales.map(({ requestId }) => requestId)).size).toBe(2_000);
    expect(sales.map(({ paidAt }) => paidAt)).toEqual(sales.map(({ paidAt }) => paidAt).sort());
  });

  it('are given back as a whole, each by a payment that was made before', () => {
    const refunds = sales.filter(({ type }) => type === 'REFUND');
    expect(refunds).toHaveLength(80);
    for (const refund of refunds) {
      const payment = sales.find(({ alipayId }) => alipayId === refund.originalId);
      expect(payment).toMatchObject({ type: 'PAYMENT', requestId: refund.paymentRequestId, minor: -refund.minor, feeMinor: -refund.feeMinor, storeId: refund.storeId, orderId: refund.orderId });
    }
  });
});
