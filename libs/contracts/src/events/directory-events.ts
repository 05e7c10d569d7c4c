import { z } from 'zod';
import { defineEvent } from '../envelope.js';
import { chainId, storeId, text, tillId } from '../fields.js';
import { topics } from '../topics.js';
import { accountBank } from './bank-statements.js';

export const scopes = ['orders', 'refunds', 'refund-any-store', 'reports', 'resolve', 'operate', 'directory'] as const;
export const scope = z.enum(scopes);
export type Scope = z.infer<typeof scope>;

const id = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/);
/** HMAC secrets travel AES-256-GCM encrypted: `<key version>:<iv>:<tag>:<ciphertext>`, base64. */
const sealed = z.string().max(512);
const removed = z.boolean().optional().describe('No longer in the directory');

/** A week: whoever has not heard of a sale by then will not ask for its goods any more. */
const ACKNOWLEDGE_MINUTES_MAX = 7 * 24 * 60;

export const directoryChain = z.object({
  chainId, name: text(128),
  orderKeys: z.array(z.object({ keyId: id, storeId: storeId.nullable(), secret: sealed })).max(100),
  acknowledges: z.object({ withinMinutes: z.int().min(1).max(ACKNOWLEDGE_MINUTES_MAX).describe('After the payment') }).optional()
    .describe('Its systems are to acknowledge every paid order; one of which none is known to have heard in time is a break'),
  removed,
});
export const directoryStore = z.object({
  chainId, storeId, name: text(128), mcc: z.string().regex(/^\d{4}$/), region: z.string().regex(/^[A-Z]{2}$/), timeZone: text(64),
  tills: z.array(tillId).max(1_000), accounts: z.record(z.string(), id).describe('Order currency → account'), removed,
});
/** How an account's files are written. Alipay's documents leave both open, and a file can only contradict them. */
export const accountFiles = z.object({
  unit: z.enum(['minor', 'major']).describe('minor: whole smallest units; major: decimals'),
  quotes: z.enum(['as-written', 'reversed']).describe('as-written: a price is that of one unit of the left currency of its pair'),
});
export const directoryAccount = z.object({
  accountId: id, chainId, clientId: text(64), customerId: text(64), referenceMerchantId: text(64), merchantName: text(128),
  merchantMcc: z.string().regex(/^\d{4}$/), settlementCurrency: z.string().length(3),
  files: accountFiles.optional().describe('minor and as-written unless said'),
  bank: accountBank.optional().describe('Where pay-outs arrive; without it none is looked for until a statement comes'), removed,
});
export const directoryApiKey = z.object({
  keyId: id, sha256: z.string().regex(/^[0-9a-f]{64}$/), chainId, storeId: storeId.nullable(), scopes: z.array(scope),
  owner: z.object({ kind: z.enum(['person', 'system']), name: text(128) }), removed,
});
export const directoryEndpoint = z.object({ endpointId: id, chainId, url: z.url({ protocol: /^https?$/ }).max(2048), secret: sealed, removed });

export const directoryChainChangedV1 = defineEvent({ type: 'directory.chain-changed', version: 1, topic: topics.directory, summary: 'A chain, with the secrets that sign its orders.', data: directoryChain });
export const directoryStoreChangedV1 = defineEvent({ type: 'directory.store-changed', version: 1, topic: topics.directory, summary: 'A store and the account it sells under.', data: directoryStore });
export const directoryAccountChangedV1 = defineEvent({ type: 'directory.account-changed', version: 1, topic: topics.directory, summary: 'A contract with Alipay.', data: directoryAccount });
export const directoryApiKeyChangedV1 = defineEvent({ type: 'directory.api-key-changed', version: 1, topic: topics.directory, summary: 'An API key, by its hash.', data: directoryApiKey });
export const directoryEndpointChangedV1 = defineEvent({ type: 'directory.endpoint-changed', version: 1, topic: topics.directory, summary: 'Where a chain wants its webhooks.', data: directoryEndpoint });
