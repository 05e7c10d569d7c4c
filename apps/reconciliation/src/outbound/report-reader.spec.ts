import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseReportName, type AmountUnit, type Report } from '@scantill/alipay';
import { toMajorText, type Money } from '@scantill/kernel';
import { describe, expect, it } from '@jest/globals';
import { BatchSums, sumOfRow } from '../core/batch-sums.js';
import type { Settled, SettlementItem, SummaryRow, TransactionItem } from '../core/listed.js';
import { checkNet } from '../core/net.js';
import { checkSummary, compareSums } from '../core/summary.js';
import { ReportReader } from './report-reader.js';
import type { ItemsOf } from './report-rows.js';

const SAMPLES = join(import.meta.dirname, 'samples');
const units = { A: 'minor', B: 'major', C: 'major' } as const satisfies Record<string, AmountUnit>;
type Generation = keyof typeof units;

function readAll<R extends Report>(report: R, content: Uint8Array | string, unit: AmountUnit) {
  const reader = new ReportReader(report, unit);
  const first = reader.push(typeof content === 'string' ? new TextEncoder().encode(content) : content);
  const { items, refused } = reader.finish();
  return { items: [...first, ...items], refused, faults: reader.faults, faultCount: reader.faultCount };
}

function sampleOf(report: Report, generation: Generation): Uint8Array {
  const folder = join(SAMPLES, generation);
  const name = readdirSync(folder).find((each) => each.endsWith('.csv') && parseReportName(each)?.report === report) ?? '';
  return readFileSync(join(folder, name));
}

function sample<R extends Report>(report: R, generation: Generation): readonly ItemsOf[R][] {
  const { items, refused, faults } = readAll(report, sampleOf(report, generation), units[generation]);
  expect([refused, faults]).toEqual([undefined, []]);
  return items;
}

const text = (amount: Money | null) => (amount === null ? '' : `${toMajorText(amount)} ${amount.currency}`);
const settledText = ({ net, fees, coupon }: Pick<Settled, 'net' | 'fees' | 'coupon'>) => [text(net), ...fees.map(({ name, amount }) => `${name} ${toMajorText(amount)}`), ...(coupon ? [`coupon ${toMajorText(coupon)}`] : [])].join(', ');
const itemText = (item: SettlementItem) => `${item.type} …${item.alipayId.slice(-3)} ${text(item.amount)} → ${settledText(item)}`;
const rowText = (row: SummaryRow) => `${row.type} ${row.count} → ${settledText(row)}`;
const lineText = (item: TransactionItem) => `${item.type} ${item.status ?? ''} …${item.alipayId.slice(-3)} ${item.requestId} ${item.reference} ${text(item.amount)} → ${item.settled === null ? '' : settledText(item.settled)}`;

describe('the samples of generation A', () => {
  it('read as they were worked out', () => {
    expect(sample('transactionItems', 'A').map(lineText)).toEqual([
      'PAYMENT  …612 20190326L648423000404 null 18000 KRW → ', 'REFUND  …675 20190326L648423000404 null -9000 KRW → ', 'PAYMENT  …613 20190326L648423000405 null 18000 KRW → ',
    ]);
    expect(sample('settlementItems', 'A').map(itemText)).toEqual([
      'PAYMENT …612 18000 KRW → 14.50 USD, fee -0.50', 'REFUND …675 -9000 KRW → -7.25 USD, fee 0.25', 'PAYMENT …613 18000 KRW → 13.50 USD, fee -0.50, coupon 1.00',
    ]);
    expect(sample('settlementSummary', 'A').map(rowText)).toEqual([
      'TOTAL 3 → 20.75 USD, fee -0.75, coupon 1.00', 'PAYMENT 2 → 28.00 USD, fee -1.00, coupon 1.00', 'REFUND 1 → -7.25 USD, fee 0.25',
    ]);
  });

  it('read in every column', () => {
    expect(sample('settlementItems', 'A')[1]).toEqual({
      line: 3, at: expect.any(Number), raw: expect.stringMatching(/^2018122611021040123,1022188000000000001,.*,USD,,$/), customerId: '1022188000000000001', merchantId: null, storeId: 'S001', type: 'REFUND',
      alipayId: '2018122519074102000000000041675', originalAlipayId: '2018122519074101000000000112612', requestId: '20190326L648423000404', reference: null, product: 'IN_STORE_PAYMENT',
      paidAt: new Date('2018-12-25T01:30:00Z'), amount: { currency: 'KRW', minor: -9_000n }, net: { currency: 'USD', minor: -725n },
      quote: { left: 'USD', right: 'KRW', digits: 1_200n, scale: 0 }, fees: [{ name: 'fee', amount: { currency: 'USD', minor: 25n } }], coupon: null,
      batchId: '2018122611021040123', settledAt: new Date('2018-12-26T01:30:00Z'),
    });
  });
});

describe('the samples of generation B', () => {
  it('read as they were worked out', () => {
    expect(sample('transactionItems', 'B').map(lineText)).toEqual([
      'PAYMENT  …001 REQ-1 demo_A-1 120.50 SGD → ', 'PAYMENT  …002 REQ-2 demo_A-2 8.05 SGD → ', 'REFUND  …003 REF-1 demo_A-1 -20.50 SGD → ', 'CANCEL  …002 REQ-2 demo_A-2 -8.05 SGD → ',
    ]);
    expect(sample('settlementItems', 'B').map(itemText)).toEqual([
      'PAYMENT …001 120.50 SGD → 117.60 SGD, fee -2.41, taxFee -0.19, processingFee -0.30', 'PAYMENT …002 8.05 SGD → 7.58 SGD, fee -0.16, taxFee -0.01, processingFee -0.30',
      'REFUND …003 -20.50 SGD → -20.06 SGD, fee 0.41, taxFee 0.03, processingFee 0.00', 'CANCEL …002 -8.05 SGD → -7.58 SGD, fee 0.16, taxFee 0.01, processingFee 0.30',
      'SETTLEMENT_FEE …009 0.00 SGD → -1.50 SGD',
    ]);
    expect(sample('settlementSummary', 'B').map(rowText)).toEqual([
      'PAYMENT 2 → 125.18 SGD, fee -2.57, taxFee -0.20, processingFee -0.60', 'REFUND 1 → -20.06 SGD, fee 0.41, taxFee 0.03, processingFee 0.00',
      'CANCEL 1 → -7.58 SGD, fee 0.16, taxFee 0.01, processingFee 0.30', 'SETTLEMENT_FEE 1 → -1.50 SGD', 'TOTAL 5 → 96.04 SGD, fee -2.00, taxFee -0.16, processingFee -0.30',
    ]);
  });
});

describe('the samples of generation C', () => {
  it('read as they were worked out', () => {
    const first = '82.91 EUR, paymentMethodFee -1.70, withholdingTax -0.17, fxFee -0.43';
    const refund = '-41.85 EUR, paymentMethodFee 0.85, refundFee -0.10';
    expect(sample('transactionItems', 'C').map(lineText)).toEqual([
      `PAYMENT SUCCESS …001 REQ-1 demo_A-1 100.00 USD → ${first}`, 'PAYMENT FAIL …004 REQ-4 demo_A-4 7.00 USD → ',
      'PAYMENT SUCCESS …002 REQ-2 demo_A-2 25.00 GBP → 28.00 EUR, paymentMethodFee -0.57', 'PAYMENT SUCCESS …003 REQ-3 demo_A-3 12.50 GBP → ',
      `REFUND SUCCESS …001 REF-1 demo_A-1 -50.00 USD → ${refund}`,
    ]);
    expect(sample('settlementItems', 'C').map(itemText)).toEqual([
      `PAYMENT …001 100.00 USD → ${first}`, 'PAYMENT …002 25.00 GBP → 28.00 EUR, paymentMethodFee -0.57', 'PAYMENT …003 12.50 GBP → 13.99 EUR, paymentMethodFee -0.29',
      `REFUND …001 -50.00 USD → ${refund}`, 'ADJUSTMENT_FEE …009 0.00 EUR → -3.00 EUR',
    ]);
    expect(sample('settlementSummary', 'C').map(rowText)).toEqual([
      'PAYMENT 3 → 124.90 EUR, paymentMethodFee -2.56, withholdingTax -0.17, fxFee -0.43',
      'TOTAL 5 → 80.05 EUR, paymentMethodFee -1.71, refundFee -0.10, withholdingTax -0.17, fxFee -0.43', `REFUND 1 → ${refund}`, 'ADJUSTMENT_FEE 1 → -3.00 EUR',
    ]);
  });
});

describe.each(['A', 'B', 'C'] as const)('the samples of generation %s together', (generation) => {
  it('have no net amount that is off by a cent, and add up', () => {
    const items = sample('settlementItems', generation);
    const sums = new BatchSums();
    for (const item of items) sums.add(item);
    const summary = sample('settlementSummary', generation);
    expect(items.flatMap((item) => checkNet(item.amount, item, { direction: 'as-written', toleranceMinor: 0n }) ?? [])).toEqual([]);
    expect([checkSummary(summary), compareSums(sums.list(), summary.map(sumOfRow))]).toEqual([[], []]);
    expect(items.length).toBeGreaterThanOrEqual(3);
  });

  it('are refused in the other unit', () => {
    const { refused, faultCount } = readAll('settlementItems', sampleOf('settlementItems', generation), units[generation] === 'minor' ? 'major' : 'minor');
    // Three whole amounts could be round ones; the net amounts would tell, or fifty more of them.
    if (generation === 'A') expect([refused, faultCount]).toEqual([undefined, 0]);
    else expect(faultCount).toBeGreaterThan(0);
  });

  it('are refused under the name of another report', () => {
    expect(readAll('transactionItems', sampleOf('settlementItems', generation), units[generation]).refused).toMatchObject(
      generation === 'C' ? { kind: 'MissingColumns', columns: ['status'] } : { kind: 'OtherReport', wanted: 'transactionItems', found: 'settlementItems' },
    );
    expect(readAll('settlementItems', sampleOf('settlementSummary', generation), units[generation]).refused).toMatchObject({ kind: 'MissingColumns' });
  });
});

describe('a row that cannot be read', () => {
  const header = 'settlementBatchId,customerId,transactionId,transactionRequestId,transactionType,transactionAmountValue,transactionCurrency,settlementAmountValue,settlementCurrency,feeAmountValue,feeCurrency,settlementTime,quoteCurrencyPair,quotePrice';
  const right = { settlementBatchId: 'B1', customerId: 'C', transactionId: 'T', transactionRequestId: 'R', transactionType: 'PAYMENT', transactionAmountValue: '1000', transactionCurrency: 'USD', settlementAmountValue: '988', settlementCurrency: 'USD', feeAmountValue: '-12', feeCurrency: 'USD', settlementTime: '2026-04-27T10:00:00+08:00', quoteCurrencyPair: '', quotePrice: '' };
  const file = (changes: Partial<typeof right>) => `${header}\n${Object.values(right).join(',')}\n${Object.values({ ...right, ...changes }).join(',')}\n<END>\n`;

  it.each([
    [{ transactionAmountValue: '10a' }, 'transactionAmountValue', 'is not a number of at most 16 digits'],
    [{ transactionCurrency: 'XXX' }, 'transactionCurrency', 'is not a currency that we know'],
    [{ settlementAmountValue: '' }, 'settlementAmountValue', 'is empty'],
    [{ feeCurrency: '' }, 'feeCurrency', 'is not a currency that we know'],
    [{ settlementTime: '2026-02-30T10:00:00+08:00' }, 'settlementTime', 'is not a time with offset (ISO 8601)'],
    [{ settlementTime: '2026-04-27T10:00:00' }, 'settlementTime', 'is not a time with offset (ISO 8601)'],
    [{ transactionId: '' }, 'transactionId', 'is empty'], [{ transactionRequestId: 'x'.repeat(65) }, 'transactionRequestId', 'is longer than 64 characters'],
    [{ transactionType: 'payment' }, 'transactionType', 'is not a type in capital letters'],
    [{ quoteCurrencyPair: 'USD/KRW' }, 'quotePrice', 'is not a positive decimal number of at most 15 digits before and behind the point'],
  ])('%o is named with line and column', (changes, column, reason) => {
    const { items, faults, faultCount } = readAll('settlementItems', file(changes), 'minor');
    expect([items.length, faults, faultCount]).toEqual([1, [{ line: 3, column, reason }], 1]);
  });

  it('names all that is wrong with it', () => {
    expect(readAll('settlementItems', file({ transactionId: '', transactionAmountValue: '1.5', settlementCurrency: '' }), 'minor').faults.map(({ column }) => column).sort())
      .toEqual(['settlementCurrency', 'transactionAmountValue', 'transactionId']);
  });

  it('is listed a thousand times at most, and counted', () => {
    const row = Object.values({ ...right, transactionId: '' }).join(',');
    const { faults, faultCount } = readAll('settlementItems', `${header}\n${`${row}\n`.repeat(1_203)}<END>\n`, 'minor');
    expect([faults.length, faults[999]?.line, faultCount]).toEqual([1_000, 1_001, 1_203]);
  });
});

describe('a file that cannot be in the unit of its account', () => {
  it('is refused when fifty amounts and more are round', () => {
    const header = 'settlementBatchId,customerId,summaryType,count,settlementTime,settlementAmountValue,settlementCurrency,feeAmountValue,feeCurrency';
    const rows = (count: number) => `${header}\n${'B1,C,PAYMENT,1,2026-04-27T10:00:00+08:00,1000,USD,,\n'.repeat(count)}<END>\n`;
    expect(readAll('settlementSummary', rows(51), 'major').refused).toEqual({ kind: 'UnitContradicted', unit: 'major' });
    expect(readAll('settlementSummary', rows(50), 'major').refused).toBeUndefined();
    expect(readAll('settlementSummary', rows(51), 'minor').refused).toBeUndefined();
  });
});
