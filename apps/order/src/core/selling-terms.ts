import { err, ok, type Result } from '@scantill/kernel';
import type { SellingTerms } from './order.js';

export interface RegisteredStore {
  readonly name: string;
  readonly mcc: string;
  readonly region: string;
  readonly tills: readonly string[];
  /** Order currency → account. */
  readonly accounts: Readonly<Record<string, string>>;
}

export interface RegisteredAccount {
  readonly accountId: string;
  readonly referenceMerchantId: string;
  readonly merchantName: string;
  readonly merchantMcc: string;
  readonly settlementCurrency: string;
}

export type TermsRejected =
  | { readonly kind: 'UnknownStore' }
  | { readonly kind: 'UnknownTill' }
  | { readonly kind: 'NoAccount' };

/** The contract and names under which a store sells in a currency; a store has one account per currency. */
export function sellingTerms(
  store: RegisteredStore | undefined,
  account: (accountId: string) => RegisteredAccount | undefined,
  asked: { readonly tillId: string | null; readonly currency: string },
): Result<SellingTerms, TermsRejected> {
  if (store === undefined) return err({ kind: 'UnknownStore' });
  if (asked.tillId !== null && !store.tills.includes(asked.tillId)) return err({ kind: 'UnknownTill' });
  const accountId = store.accounts[asked.currency];
  const found = accountId === undefined ? undefined : account(accountId);
  if (found === undefined) return err({ kind: 'NoAccount' });
  const { referenceMerchantId, merchantName, merchantMcc, settlementCurrency } = found;
  return ok({ storeName: store.name, storeMcc: store.mcc, storeRegion: store.region, accountId: found.accountId, referenceMerchantId, merchantName, merchantMcc, settlementCurrency });
}
