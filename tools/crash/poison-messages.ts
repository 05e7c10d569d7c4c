import { randomUUID } from 'node:crypto';
import type { Demo } from '../stack/demo.ts';
import { orderRequest, type PlannedOrder } from './orders.ts';
import { envelopeOf, signedBytes, signedMessage, type Signer, type StoreMessage } from './store-messages.ts';

/** A message that nobody can act on, and the reason that must stand on its dead letter. */
export interface Poison extends StoreMessage {
  readonly what: string;
  readonly problem: string;
}

/** More than the 64 KB that are accepted, less than the broker's limit. */
const TOO_LARGE_BYTES = 70_000;

type Brew = (chain: Signer, order: PlannedOrder) => StoreMessage;

/** One of every kind; the order ids are those of the orders, which must never come to be. */
export function poisonMessages({ chain }: Demo, orders: readonly PlannedOrder[]): Poison[] {
  return kinds.map(([what, problem, brew], index) => {
    const order = orders[index];
    if (order === undefined) throw new Error(`poison needs ${kinds.length} orders`);
    return { what, problem, ...brew(chain, order) };
  });
}

const kinds: readonly (readonly [what: string, problem: string, brew: Brew])[] = [
  ['not JSON', 'message.malformed', (chain, { orderId }) => signedBytes(chain, orderId, { id: randomUUID(), value: Buffer.from('{"id": "half a mess') })],
  ['without an amount', 'message.malformed', signedWith(({ amount: _, ...rest }) => rest)],
  ['unsigned', 'message.unsigned', (chain, order) => ({ ...request(chain, order), headers: {} })],
  ['signed by a stranger', 'message.unsigned', (chain, order) => request({ ...chain, ordersSecret: `whsec_${Buffer.alloc(32, 7).toString('base64')}` }, order)],
  ['larger than 64 KB', 'message.too-large', signedWith((data) => ({ ...data, description: 'x'.repeat(TOO_LARGE_BYTES) }))],
  ['with a decimal point', 'message.malformed', signedWith((data) => ({ ...data, amount: { currency: 'USD', minor: '10.99' } }))],
  ['for nothing', 'message.malformed', signedWith((data) => ({ ...data, amount: { currency: 'USD', minor: '0' } }))],
  ['of an unknown type', 'message.unknown-type', (chain, order) => request(chain, order, { type: 'store.order-wished' })],
  ['of an unknown version', 'message.unknown-version', (chain, order) => request(chain, order, { version: 99 })],
  ["under another order's key", 'message.headers-disagree', (chain, order) => ({ ...request(chain, order), key: `${chain.id}:${order.orderId}-other` })],
];

export const POISON_KINDS = kinds.length;

function request(chain: Signer, order: PlannedOrder, changed: { readonly type?: string; readonly version?: number } = {}): StoreMessage {
  const now = new Date();
  const envelope = envelopeOf('store.order-requested', { chainId: chain.id, ...orderRequest(order, now) }, now);
  return signedMessage(chain, order.orderId, { ...envelope, ...changed });
}

function signedWith(spoil: (data: ReturnType<typeof orderRequest>) => object): Brew {
  return (chain, order) => {
    const now = new Date();
    return signedMessage(chain, order.orderId, envelopeOf('store.order-requested', { chainId: chain.id, ...spoil(orderRequest(order, now)) }, now));
  };
}
