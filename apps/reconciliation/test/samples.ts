import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CsvScanner } from '../src/core/csv-scanner.js';
import type { Books } from './books.js';
import { zip } from './zip.js';

const FOLDER = join(import.meta.dirname, '..', 'src', 'outbound', 'samples');
const PARTS = { workbook: 'xl/workbook.xml', relations: 'xl/_rels/workbook.xml.rels', sheet: 'xl/worksheets/a.xml' };

/** A sample of each report of a generation, and what it comes to as it was worked out by hand, in smallest units. */
export interface Sample {
  readonly generation: 'A' | 'B' | 'C';
  readonly account: { readonly customerId: string; readonly settlementCurrency: string; readonly files: { readonly unit: 'minor' | 'major'; readonly quotes: 'as-written' } };
  readonly days: { readonly traded: string; readonly settled: string };
  readonly files: Readonly<Record<'transactions' | 'settled' | 'summary', string>>;
  readonly expected: readonly Parameters<Books['expect']>[0][];
  /** Class, type, principal; and what it is paid out as, where the row tells. */
  readonly lines: readonly string[];
  readonly settled: readonly string[];
  readonly sums: readonly (readonly [type: string, count: number, net: number, coupon: number, fees: Readonly<Record<string, string>>])[];
  readonly total: readonly [count: number, net: number, coupon: number, fees: Readonly<Record<string, string>>];
}

const on = (day: string) => (row: Omit<Sample['expected'][number], 'on'>) => ({ on: day, ...row });

const A: Sample = {
  generation: 'A',
  account: { customerId: '1022188000000000001', settlementCurrency: 'USD', files: { unit: 'minor', quotes: 'as-written' } },
  days: { traded: '2018-12-25', settled: '2018-12-26' },
  files: {
    transactions: 'transactionItems_20181225_000.csv', settled: 'settlementItems_KaKaoPay_USD_2018122611021040123_000.csv', summary: 'settlementSummary_KaKaoPay_USD_2018122611021040123_000.csv',
  },
  expected: [
    { requestId: 'P-1', alipayId: '2018122519074101000000000112612', amount: 18_000n, currency: 'KRW' },
    { requestId: 'R-1', alipayId: '2018122519074102000000000041675', amount: -9_000n, currency: 'KRW', type: 'REFUND' },
    { requestId: 'P-2', alipayId: '2018122519074101000000000112613', amount: 18_000n, currency: 'KRW', storeId: 'S002' },
  ].map(on('2018-12-25')),
  lines: ['order PAYMENT KRW 18000', 'order REFUND KRW -9000', 'order PAYMENT KRW 18000'],
  settled: [
    'order PAYMENT KRW 18000 = USD 1450 fee -50 coupon 0 at USD/KRW 1200', 'order REFUND KRW -9000 = USD -725 fee 25 coupon 0 at USD/KRW 1200', 'order PAYMENT KRW 18000 = USD 1350 fee -50 coupon 100 at USD/KRW 1200',
  ],
  sums: [['PAYMENT', 2, 2_800, 100, { fee: '-100' }], ['REFUND', 1, -725, 0, { fee: '25' }]],
  total: [3, 2_075, 100, { fee: '-75' }],
};

const B: Sample = {
  generation: 'B',
  account: { customerId: '1022188000000000002', settlementCurrency: 'SGD', files: { unit: 'major', quotes: 'as-written' } },
  days: { traded: '2023-04-14', settled: '2023-04-15' },
  files: { transactions: 'transactionItems_20230414_000.csv', settled: 'settlementItems_SGD_2023041510301040777_000.csv', summary: 'settlementSummary_SGD_2023041510301040777_000.csv' },
  expected: [
    { requestId: 'REQ-1', alipayId: '20230414190741010188000000001', amount: 12_050n, currency: 'SGD' },
    { requestId: 'REQ-2', amount: 0n, type: 'CANCELLED', basis: 'closed' },
    { requestId: 'REF-1', alipayId: '20230414190741020188000000003', amount: -2_050n, currency: 'SGD', type: 'REFUND' },
  ].map(on('2023-04-14')),
  lines: ['order PAYMENT SGD 12050', 'order PAYMENT SGD 805', 'order REFUND SGD -2050', 'order CANCEL SGD -805'],
  settled: [
    'order PAYMENT SGD 12050 = SGD 11760 fee -290 coupon 0', 'order PAYMENT SGD 805 = SGD 758 fee -47 coupon 0', 'order REFUND SGD -2050 = SGD -2006 fee 44 coupon 0',
    'order CANCEL SGD -805 = SGD -758 fee 47 coupon 0', 'account-entry SETTLEMENT_FEE SGD 0 = SGD -150 fee 0 coupon 0',
  ],
  sums: [
    ['CANCEL', 1, -758, 0, { fee: '16', taxFee: '1', processingFee: '30' }], ['PAYMENT', 2, 12_518, 0, { fee: '-257', taxFee: '-20', processingFee: '-60' }],
    ['REFUND', 1, -2_006, 0, { fee: '41', taxFee: '3', processingFee: '0' }], ['SETTLEMENT_FEE', 1, -150, 0, {}],
  ],
  total: [5, 9_604, 0, { fee: '-200', taxFee: '-16', processingFee: '-30' }],
};

const C: Sample = {
  generation: 'C',
  account: { customerId: '1022188000000000003', settlementCurrency: 'EUR', files: { unit: 'major', quotes: 'as-written' } },
  days: { traded: '2026-04-26', settled: '2026-04-27' },
  files: {
    transactions: 'transactionItems_20260426_000.csv', settled: 'settlementItems_CONNECTWALLET_EUR_202604271985548486_000.csv', summary: 'settlementSummary_CONNECTWALLET_EUR_202604271985548486_000.csv',
  },
  expected: [
    { requestId: 'REQ-1', alipayId: '20260426190741010188000000001', amount: 10_000n },
    { requestId: 'REQ-2', alipayId: '20260426190741010188000000002', amount: 2_500n, currency: 'GBP' },
    { requestId: 'REQ-3', alipayId: '20260426190741010188000000003', amount: 1_250n, currency: 'GBP' },
    // Its row carries the payment's id.
    { requestId: 'REF-1', paymentId: 'REQ-1', alipayId: '20260426190741020188000000005', amount: -5_000n, type: 'REFUND' },
  ].map(on('2026-04-26')),
  lines: [
    'order PAYMENT USD 10000 = EUR 8291 fee -230', 'not-successful PAYMENT USD 700', 'order PAYMENT GBP 2500 = EUR 2800 fee -57', 'order PAYMENT GBP 1250', 'order REFUND USD -5000 = EUR -4185 fee 75',
  ],
  settled: [
    'order PAYMENT USD 10000 = EUR 8291 fee -230 coupon 0 at EUR/USD 1.1736', 'order PAYMENT GBP 2500 = EUR 2800 fee -57 coupon 0 at GBP/EUR 1.1428', 'order PAYMENT GBP 1250 = EUR 1399 fee -29 coupon 0 at GBP/EUR 1.1428',
    'order REFUND USD -5000 = EUR -4185 fee 75 coupon 0 at EUR/USD 1.1736', 'account-entry ADJUSTMENT_FEE EUR 0 = EUR -300 fee 0 coupon 0',
  ],
  sums: [
    ['ADJUSTMENT_FEE', 1, -300, 0, {}], ['PAYMENT', 3, 12_490, 0, { paymentMethodFee: '-256', fxFee: '-43', withholdingTax: '-17' }], ['REFUND', 1, -4_185, 0, { paymentMethodFee: '85', refundFee: '-10' }],
  ],
  total: [5, 8_005, 0, { paymentMethodFee: '-171', fxFee: '-43', withholdingTax: '-17', refundFee: '-10' }],
};

export const samples = [A, B, C] as const;

export function sampleText({ generation }: Pick<Sample, 'generation'>, name: string): string {
  return readFileSync(join(FOLDER, generation, name), 'utf8');
}

export function sampleBytes({ generation }: Pick<Sample, 'generation'>, name: string): Buffer {
  return readFileSync(join(FOLDER, generation, name));
}

/** The same table as a spreadsheet program would keep it, every cell a text. */
export function workbookOf(csv: string): Buffer {
  const scanner = new CsvScanner();
  const records = [...scanner.push(Buffer.from(csv)), ...scanner.end()].flatMap((record) => ('fields' in record ? [record.fields] : []));
  const cell = (text: string) => `<c t="inlineStr"><is><t>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</t></is></c>`;
  const rows = records.map((fields, index) => `<row r="${index + 1}">${fields.map(cell).join('')}</row>`);
  return zip([
    { name: PARTS.workbook, content: '<workbook xmlns:r="r"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>' },
    { name: PARTS.relations, content: '<Relationships><Relationship Id="r1" Target="worksheets/a.xml"/></Relationships>' },
    { name: PARTS.sheet, content: `<worksheet><sheetData>${rows.join('')}</sheetData></worksheet>` },
  ]);
}
