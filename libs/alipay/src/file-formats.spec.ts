import { describe, expect, it } from '@jest/globals';
import { fileDate, generationOf, parseTransactionItemsFileName, settlementsFolder, TRANSACTION_ITEMS_COLUMNS, transactionItemsFileName } from './file-formats.js';

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
