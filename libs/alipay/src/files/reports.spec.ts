import { describe, expect, it } from '@jest/globals';
import { generationOf, generations, reportColumns, reportOf, reports, requiredColumns, TRANSACTION_ITEMS_COLUMNS } from './columns.js';
import { COUPON_COLUMNS, feeColumns } from './fees.js';
import { fileDate, parseTransactionItemsFileName, settlementsFolder, transactionItemsFileName } from './names.js';
import { isSummaryType, isTransactionType, transactionClass, transactionTypes } from './transaction-types.js';

describe('the transaction file of a day', () => {
  it('has Alipay’s folder and name', () => {
    expect(`${settlementsFolder('1022188000000000001', '20181225')}/${transactionItemsFileName('20181225', 0)}`)
      .toBe('/v1/settlements/1022188000000000001/20181225/transactionItems_20181225_000.csv');
    expect(fileDate('2018-12-25')).toBe('20181225');
  });

  it('has the columns of the in-store edition in order', () => {
    expect(TRANSACTION_ITEMS_COLUMNS.join(',')).toBe(
      'customerId,referenceMerchantId,referenceStoreId,transactionId,originalTransactionId,transactionRequestId,referenceTransactionId,' +
        'orderDescription,paymentMethodType,pspName,transactionType,paymentTime,productCode,transactionAmountValue,transactionCurrency',
    );
  });

  it('comes in at most a thousand parts', () => {
    expect(transactionItemsFileName('20181225', 999)).toBe('transactionItems_20181225_999.csv');
    expect(() => transactionItemsFileName('20181225', 1_000)).toThrow(RangeError);
    expect(() => transactionItemsFileName('2018-12-25', 0)).toThrow(RangeError);
  });

  it('tells its generation by its columns', () => {
    expect(generationOf(TRANSACTION_ITEMS_COLUMNS)).toBe('A');
    expect(generationOf([...TRANSACTION_ITEMS_COLUMNS, 'acquirer', 'cardBrand'])).toBe('B');
    expect(generationOf(['customerId', 'PSP', 'transactionId', 'status'])).toBe('C');
  });

  it('is known by its name', () => {
    expect(parseTransactionItemsFileName('transactionItems_20181225_007.csv')).toEqual({ date: '20181225', sequence: 7 });
    expect(parseTransactionItemsFileName('settlementItems_USD_1_000.csv')).toBeUndefined();
    expect(parseTransactionItemsFileName('../transactionItems_20181225_007.csv')).toBeUndefined();
  });
});

describe('a report', () => {
  const every = reports.flatMap((report) => generations.map((generation) => ({ report, generation })));

  it.each(every)('$report has what generation $generation needs, no column twice, and tells what it is', ({ report, generation }) => {
    const columns = reportColumns[report][generation];
    expect(columns).toEqual(expect.arrayContaining([...requiredColumns[report][generation]]));
    expect(new Set(columns).size).toBe(columns.length);
    expect([reportOf(columns), generationOf(columns)]).toEqual([report, generation]);
    expect([reportOf(requiredColumns[report][generation]), generationOf(requiredColumns[report].C)]).toEqual([report, 'C']);
  });

  it('has its fees with their currencies', () => {
    for (const generation of generations) {
      for (const { amount, currency } of feeColumns[generation]) expect(reportColumns.settlementItems[generation]).toEqual(expect.arrayContaining([amount, currency]));
    }
    expect(feeColumns.C.filter(({ amount, currency }) => currency !== `${amount.replace(/AmountValue$/, '')}Currency`).map(({ currency }) => currency))
      .toEqual(['withholdingTaxFeeCurrency', 'fxFeeAmountCurrency']);
    expect(reportColumns.settlementSummary.A).toEqual(expect.arrayContaining(Object.values(COUPON_COLUMNS)));
  });
});

describe('a transaction type', () => {
  it('is caused by an order, by another product, or by nobody but Alipay', () => {
    const of = (wanted: string) => transactionTypes.filter((type) => transactionClass(type) === wanted);
    expect(of('order')).toEqual(['PAYMENT', 'REFUND', 'CANCEL', 'PAYMENT_REVERSAL', 'REFUND_REVERSAL']);
    expect(of('other-product')).toEqual(['AUTHORIZATION', 'CAPTURE', 'VOID']);
    expect(of('account-entry')).toEqual(expect.arrayContaining(['SETTLEMENT_FEE', 'ADJUSTMENT_FEE', 'RESERVE', 'RESERVE_WITHHOLDING', 'DISPUTE', 'CDRN']));
  });

  it('is unknown unless it is listed; TOTAL is one of summaries only', () => {
    expect(['PAYMENT', 'TOTAL', 'payment', 'toString', ''].map(isTransactionType)).toEqual([true, false, false, false, false]);
    expect(['PAYMENT', 'TOTAL', 'DEFAULT', 'LOTTERY'].map(isSummaryType)).toEqual([true, true, true, false]);
  });
});
