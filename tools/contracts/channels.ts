import { topics, type Service, type Topic } from '@scantill/contracts';

/** Who writes and reads: our services, and the chains' own systems. */
export type Party = Service | 'store-systems';

export interface Channel {
  readonly description: string;
  readonly key: string;
  readonly keyExample: string;
  readonly writer: Party;
}

const ORDER_KEY = { key: '<chain>:<order>, so that one order stays in one partition', keyExample: 'demo:A-1001' };

const ORDER_OR_STORE_KEY = { key: '<chain>:<order>, so that one order stays in one partition; what is about a trading day <chain>:<store>', keyExample: 'demo:A-1001' };

/** What a topic is, beyond its events. Who reads it is found in the services. */
export const channels: Readonly<Record<Topic, Channel>> = {
  [topics.storeOrders]: {
    ...ORDER_OR_STORE_KEY, writer: 'store-systems',
    description: "What stores ask for. Signed with a secret of the chain as in Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, the secret named by `key-id`. Chain, store, type and order are read from the signed body, and headers and key must agree with it.",
  },
  [topics.order]: { ...ORDER_OR_STORE_KEY, writer: 'order', description: 'Where every order stands, and what order asks of the payment gateway.' },
  [topics.payment]: { ...ORDER_KEY, writer: 'payment-gateway', description: 'What became of every payment at Alipay.' },
  [topics.reconciliation]: { key: '<account>:<date>', keyExample: 'demo-usd:2026-11-25', writer: 'reconciliation', description: "What came of comparing our records with Alipay's files." },
  [topics.directory]: { key: '<kind>:<id>', keyExample: 'account:demo-usd', writer: 'order', description: 'Who exists and who may what. Compacted: the latest of each entry stays for ever.' },
  [topics.notification]: { ...ORDER_KEY, writer: 'notification', description: "What became of telling a chain's own systems." },
};

const text = (description: string) => ({ type: 'string', description });

const EVENT_HEADERS = {
  id: text('The same as in the body; a message is applied once'),
  type: text('The same as in the body'),
  version: text('The same as in the body'),
  'correlation-id': text('Follows one order through every service'),
};

export const eventHeaders = { type: 'object', properties: EVENT_HEADERS, required: Object.keys(EVENT_HEADERS) };

const SIGNATURE_HEADERS = {
  'key-id': text('Names the secret that signed'),
  'webhook-id': text('The same as `id` in the body'),
  'webhook-timestamp': text('Seconds since 1970; within ten minutes of the time of arrival at the broker'),
  'webhook-signature': text('`v1,` and the signature in base64; up to five, separated by blanks'),
};

export const signedHeaders = { type: 'object', properties: { ...SIGNATURE_HEADERS, ...EVENT_HEADERS }, required: Object.keys(SIGNATURE_HEADERS) };

const LETTER_HEADERS = {
  'dead-letter-problem': text('Why, as a stable code'),
  'dead-letter-detail': text('Why, for people'),
  'dead-letter-topic': text('Where it came from'),
  'dead-letter-partition': text('Where it came from'),
  'dead-letter-offset': text('Where it came from'),
};

export const letterHeaders = { type: 'object', description: 'Those of the original message, and', properties: LETTER_HEADERS, required: Object.keys(LETTER_HEADERS) };
