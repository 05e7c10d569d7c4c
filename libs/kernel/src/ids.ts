declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** Chain id: `[a-z0-9-]{1,16}`. */
export type ChainId = Branded<'ChainId'>;
/** The chain's own order number: `[A-Za-z0-9._-]{1,40}`. */
export type OrderId = Branded<'OrderId'>;
/** `<chain>:<order id>`: how an order is known inside, and its Kafka key. */
export type OrderKey = Branded<'OrderKey'>;
/** 32 hex characters; `paymentRequestId` at Alipay. */
export type PaymentId = Branded<'PaymentId'>;
/** 32 hex characters; `refundRequestId` at Alipay. */
export type RefundId = Branded<'RefundId'>;

export const CHAIN_ID = /^[a-z0-9-]{1,16}$/;
export const ORDER_ID = /^[A-Za-z0-9._-]{1,40}$/;
export const STORE_ID = /^[A-Za-z0-9._-]{1,32}$/;

export function orderKey(chainId: string, orderId: string): OrderKey {
  return `${chainId}:${orderId}` as OrderKey;
}

/** The chain has no colon in it, so the first one divides. */
export function parseOrderKey(key: string): { chainId: string; orderId: string } {
  const colon = key.indexOf(':');
  return { chainId: key.slice(0, colon), orderId: key.slice(colon + 1) };
}
