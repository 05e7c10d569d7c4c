import { isTransactionType, transactionClass } from '@scantill/alipay';

/**
 * What a row of Alipay's means to us. `order`: it has an expectation, or should have. `account-entry`: between Alipay and the account.
 * `not-ours`: another product, merchant or store sells under the same account. `not-successful`: generation C lists those, too.
 * `unknown`: a type that no document names.
 */
export const lineClassList = ['order', 'account-entry', 'not-ours', 'not-successful', 'unknown'] as const;
export type LineClass = (typeof lineClassList)[number];

/** What a row says of who caused it. */
export interface Told {
  readonly type: string;
  /** Null in files that list successes only. */
  readonly status: string | null;
  readonly product: string | null;
  readonly merchantId: string | null;
  readonly storeId: string | null;
  /** Whose the order or refund is, as its merchant named it to Alipay; null where nothing is named. */
  readonly names: 'ours' | 'other' | null;
}

/** By what a row is known to be ours. */
export interface Ours {
  readonly chainId: string;
  readonly merchantId: string;
  readonly hasStore: (storeId: string) => boolean;
}

const PRODUCT = 'IN_STORE_PAYMENT';
const SUCCESS = 'SUCCESS';
/** These carry the order's name; what refunds carry, Alipay leaves open. */
const NAMED_BY_ORDER = ['PAYMENT', 'CANCEL'];

export function classify({ type, status, product, merchantId, storeId, names }: Told, ours: Ours): LineClass {
  if (status !== null && status !== SUCCESS) return 'not-successful';
  if (!isTransactionType(type)) return 'unknown';
  const known = transactionClass(type);
  if (known === 'account-entry') return known;
  const isOther = known === 'other-product' || (product !== null && product !== PRODUCT) || (merchantId !== null && merchantId !== ours.merchantId);
  if (isOther) return 'not-ours';
  if (names === 'ours') return 'order';
  if (names === 'other' && NAMED_BY_ORDER.includes(type)) return 'not-ours';
  return storeId === null || ours.hasStore(storeId) ? 'order' : 'not-ours';
}

/** Alipay knows an order as `<chain>_<order id>`. */
export function prefixOf({ chainId }: Pick<Ours, 'chainId'>): string {
  return `${chainId}_`;
}

export function whose(reference: string | null, ours: Pick<Ours, 'chainId'>): Told['names'] {
  return reference === null ? null : reference.startsWith(prefixOf(ours)) ? 'ours' : 'other';
}

export function orderKeyOf(reference: string | null, ours: Pick<Ours, 'chainId'>): string | null {
  return reference === null || whose(reference, ours) !== 'ours' ? null : `${ours.chainId}:${reference.slice(prefixOf(ours).length)}`;
}
