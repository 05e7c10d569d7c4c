import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseReportName, parseSettlementsFolder, reportName, settlementsFolder, transactionItemsFileName, type SettlementName, type TransactionItemsName } from './names.js';

const csv = { sequence: 0, extension: 'csv' } as const;

describe('the name of a report', () => {
  it.each([
    ['transactionItems_20181225_007.csv', { report: 'transactionItems', date: '20181225', prefix: null, currency: null, sequence: 7, extension: 'csv' }],
    ['transactionItems_KRW_000.csv', { report: 'transactionItems', date: null, prefix: null, currency: 'KRW', ...csv }],
    ['transactionItems_KaKaoPay_KRW_20181225_000.csv', { report: 'transactionItems', date: '20181225', prefix: 'KaKaoPay', currency: 'KRW', ...csv }],
    ['settlementItems_USD_2018122611021040123_000.csv', { report: 'settlementItems', prefix: null, currency: 'USD', batchId: '2018122611021040123', ...csv }],
    ['settlementItems_KaKaoPay_USD_2018122611021040123_000.csv', { report: 'settlementItems', prefix: 'KaKaoPay', currency: 'USD', batchId: '2018122611021040123', ...csv }],
    ['settlementSummary_CONNECTWALLET_EUR_0000000000000000000_012.xlsx', { report: 'settlementSummary', prefix: 'CONNECTWALLET', currency: 'EUR', batchId: '0000000000000000000', sequence: 12, extension: 'xlsx' }],
    ['settlementItems_ALIPAY_CN_USD_1_000.csv', { report: 'settlementItems', prefix: 'ALIPAY_CN', currency: 'USD', batchId: '1', ...csv }],
  ] as const)('%s says what it is, and is made of it', (name, named) => {
    expect(parseReportName(name)).toEqual(named);
    expect(reportName(named)).toBe(name);
  });

  it('may be one of the dashboard', () => {
    expect(parseReportName('SETTLEMENT_DETAIL_202604271985548486_20260428.xlsx'))
      .toEqual({ report: 'settlementItems', id: '202604271985548486', date: '20260428', sequence: 0, extension: 'xlsx' });
    expect(parseReportName('TRANSACTION_DETAIL_1022188000000000001_20260428.csv')).toMatchObject({ report: 'transactionItems' });
  });

  it.each([
    '../transactionItems_20181225_007.csv', 'transactionItems_000.csv', 'transactionItems_20181225_7.csv', 'transactionItems_20181225_007.csv.part', 'settlementItems_usd_1_000.csv',
    'settlementItems_USD_000.csv', 'settlementSummary_USD_1_0000.csv', 'settlementItems_USD_a/b_000.csv', 'SETTLEMENT_DETAIL_1.csv', 'notes.txt', '',
  ])('%s is none', (name) => {
    expect(parseReportName(name)).toBeUndefined();
  });

  it('is refused where there is none', () => {
    const items: TransactionItemsName = { report: 'transactionItems', date: '20181225', prefix: null, currency: null, ...csv };
    const batch: SettlementName = { report: 'settlementItems', prefix: null, currency: 'USD', batchId: '1', ...csv };
    const wrong = [{ ...items, sequence: 1_000 }, { ...items, sequence: 0.5 }, { ...items, date: '2018-12-25' }, { ...items, prefix: 'GCash' }, { ...items, date: null }, { ...batch, batchId: '../1' }, { ...batch, prefix: 'a/b' }];
    for (const named of wrong) expect(() => reportName(named)).toThrow(RangeError);
    expect(transactionItemsFileName('20181225', 999)).toBe('transactionItems_20181225_999.csv');
  });

  it('comes back from what it was made of', () => {
    const currency = fc.constantFrom('USD', 'KRW', 'EUR');
    const prefix = fc.option(fc.constantFrom('KaKaoPay', 'CONNECTWALLET', 'ALIPAY_CN', 'GCash', 'USD'));
    const named = fc.record({ report: fc.constantFrom('settlementItems' as const, 'settlementSummary' as const), prefix, currency, batchId: fc.stringMatching(/^[A-Za-z0-9]{1,24}$/), sequence: fc.nat(999), extension: fc.constantFrom('csv' as const, 'xlsx' as const) });
    fc.assert(fc.property(named, (each) => expect(parseReportName(reportName(each))).toEqual(each)));
  });

  it('stands in the folder of its day', () => {
    expect(parseSettlementsFolder(settlementsFolder('1022188000000000001', '20181225'))).toEqual({ customerId: '1022188000000000001', date: '20181225' });
    expect(parseSettlementsFolder('/v1/settlements/../20181225')).toBeUndefined();
  });
});
