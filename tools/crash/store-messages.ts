import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { Demo } from '../stack/demo.ts';
import { orderRequest, type PlannedOrder } from './orders.ts';

/** A message for `store.orders`. */
export interface StoreMessage {
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a chain signs with. */
export type Signer = Demo['chain'];

export const SOURCE = 'crash-test';

export function requestMessage(chain: Signer, order: PlannedOrder): StoreMessage {
  const now = new Date();
  return signedMessage(chain, order.orderId, envelopeOf('store.order-requested', { chainId: chain.id, ...orderRequest(order, now) }, now));
}

export function cancelMessage(chain: Signer, { orderId, storeId }: PlannedOrder): StoreMessage {
  return signedMessage(chain, orderId, envelopeOf('store.cancel-requested', { chainId: chain.id, storeId, orderId, reason: 'the customer left' }, new Date()));
}

export function envelopeOf(type: string, data: unknown, time: Date) {
  return { id: randomUUID(), type, version: 1, source: SOURCE, time: time.toISOString(), data };
}

/** As documented for store systems: Standard Webhooks over the body, with the secret that `key-id` names; the key is `<chain>:<order>`. */
export function signedMessage(chain: Signer, orderId: string, envelope: { readonly id: string }): StoreMessage {
  return signedBytes(chain, orderId, { id: envelope.id, value: Buffer.from(JSON.stringify(envelope)) });
}

export function signedBytes(chain: Signer, orderId: string, { id, value }: { readonly id: string; readonly value: Buffer }): StoreMessage {
  const now = new Date();
  const headers = {
    'key-id': chain.keyId,
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': new Webhook(chain.ordersSecret).sign(id, now, value.toString('utf8')),
  };
  return { key: `${chain.id}:${orderId}`, value, headers };
}
