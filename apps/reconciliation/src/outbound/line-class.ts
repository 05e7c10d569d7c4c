import { isTransactionType, transactionClass } from '@scantill/alipay';

/**
 * What a row of Alipay's means to us. `order`: it has an expectation, or should have. `account-entry`: between Alipay and the account.
 * `not-ours`: another product, merchant or store sells under the same account. `not-successful`: generation C lists those, too.
 * `unknown`: a type that no document names.
 */
export type LineClass = 'order' | 'account-entry' | 'not-ours' | 'not-successful' | 'unknown';

/** What a row says of who caused it. */
export interface Told {
  readonly type: string;
  /** Null in files that list successes only. */
  readonly status: string | null;
  readonly product: string | null;
  readonly merchantId: string | null;
  readonly storeId: string | null;
  /** The order or refund, as its merchant named it to Alipay. */
  readonly reference: string | null;
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

export function classify({ type, status, product, merchantId, storeId, reference }: Told, ours: Ours): LineClass {
  if (status !== null && status !== SUCCESS) return 'not-successful';
  if (!isTransactionType(type)) return 'unknown';
  const known = transactionClass(type);
  if (known === 'account-entry') return known;
  const isOther = known === 'other-product' || (product !== null && product !== PRODUCT) || (merchantId !== null && merchantId !== ours.merchantId);
  if (isOther) return 'not-ours';
  if (reference !== null && isOurReference(reference, ours)) return 'order';
  if (reference !== null && NAMED_BY_ORDER.includes(type)) return 'not-ours';
  return storeId === null || ours.hasStore(storeId) ? 'order' : 'not-ours';
}

/** Alipay knows an order as `<chain>_<order id>`. */
export function isOurReference(reference: string, { chainId }: Pick<Ours, 'chainId'>): boolean {
  return reference.charAt(chainId.length) === '_' && reference.startsWith(chainId);
}

export function orderKeyOf(reference: string | null, { chainId }: Pick<Ours, 'chainId'>): string | null {
  return reference === null || !isOurReference(reference, { chainId }) ? null : `${chainId}:${reference.slice(chainId.length + 1)}`;
}
