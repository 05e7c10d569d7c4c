import { createHash, randomBytes } from 'node:crypto';
import type { Scope } from '@scantill/contracts';
import type { StoreSigner } from './messages.js';

/** A key as its holder has it and as the directory knows it. */
export interface TestKey {
  readonly text: string;
  readonly entry: Readonly<Record<string, unknown>>;
}

/** A chain of shops with two stores, keys and secrets, in the form of the directory's entries; secrets in the clear. */
export class TestChain {
  readonly signer: StoreSigner;
  readonly stores = ['S001', 'S002'] as const;
  readonly accountId: string;

  /** @param acknowledges whether its systems are to acknowledge every paid order */
  constructor(readonly id: string, readonly clientId = 'T_111222333', private readonly acknowledges?: { readonly withinMinutes: number }) {
    this.accountId = `${id}-usd`;
    this.signer = { keyId: `${id}-orders-1`, secret: webhookSecret() };
  }

  get chainEntry() {
    const orderKeys = [{ keyId: this.signer.keyId, storeId: null as string | null, secret: this.signer.secret }];
    return { chainId: this.id, name: 'Test Coffee', orderKeys, ...(this.acknowledges === undefined ? {} : { acknowledges: this.acknowledges }) };
  }

  get storeEntries() {
    return this.stores.map((storeId) => ({
      chainId: this.id, storeId, name: `Test Coffee ${storeId}`, mcc: '5814', region: 'SG', timeZone: 'Asia/Singapore', tills: ['T1', 'T2'], accounts: { USD: this.accountId },
    }));
  }

  get accountEntry() {
    return {
      accountId: this.accountId, chainId: this.id, clientId: this.clientId, customerId: '1022188000000000001', referenceMerchantId: 'M0001', merchantName: 'Test Coffee', merchantMcc: '5814', settlementCurrency: 'USD',
    };
  }

  key(scopes: readonly Scope[], storeId: string | null = null): TestKey {
    const text = `sk_test_${randomBytes(32).toString('base64url')}`;
    const sha256 = createHash('sha256').update(text).digest('hex');
    return { text, entry: { keyId: `${this.id}-${sha256.slice(0, 8)}`, sha256, chainId: this.id, storeId, scopes: [...scopes], owner: { kind: 'person', name: 'Tess Ting' } } };
  }

  /** What a till asks for; everything that is not given is as usual. */
  order(orderId: string, changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
    return { orderId, storeId: 'S001', tillId: 'T1', amount: { currency: 'USD', minor: '1099' }, description: 'Two lattes', ...changes };
  }
}

/** As Standard Webhooks writes secrets. */
export function webhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}
