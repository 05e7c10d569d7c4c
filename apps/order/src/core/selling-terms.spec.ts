import { describe, expect, it } from '@jest/globals';
import { sellingTerms, type RegisteredAccount, type RegisteredStore } from './selling-terms.js';

const store: RegisteredStore = { name: 'Demo Cafe Pier 1', mcc: '5814', region: 'US', tills: ['till-1'], accounts: { USD: 'demo-usd', SGD: 'gone' } };
const account: RegisteredAccount = { accountId: 'demo-usd', referenceMerchantId: 'M0001', merchantName: 'Demo Cafe', merchantMcc: '5814', settlementCurrency: 'USD' };
const find = (id: string) => (id === 'demo-usd' ? account : undefined);
const termsFor = (tillId: string | null, currency: string) => sellingTerms(store, find, { tillId, currency });

describe('the terms a store sells under', () => {
  it('are those of its account for the currency, with or without a till', () => {
    const terms = { storeName: 'Demo Cafe Pier 1', storeMcc: '5814', storeRegion: 'US', ...account };
    expect(termsFor('till-1', 'USD')).toEqual({ ok: true, value: terms });
    expect(termsFor(null, 'USD')).toEqual({ ok: true, value: terms });
  });

  it('do not exist for an unknown store, till, currency or account', () => {
    expect(sellingTerms(undefined, find, { tillId: null, currency: 'USD' })).toEqual({ ok: false, error: { kind: 'UnknownStore' } });
    expect(termsFor('till-9', 'USD')).toEqual({ ok: false, error: { kind: 'UnknownTill' } });
    expect(termsFor('till-1', 'EUR')).toEqual({ ok: false, error: { kind: 'NoAccount' } });
    expect(termsFor('till-1', 'SGD')).toEqual({ ok: false, error: { kind: 'NoAccount' } });
  });
});
