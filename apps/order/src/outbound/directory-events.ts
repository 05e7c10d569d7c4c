import {
  directoryAccount, directoryAccountChangedV1, directoryApiKey, directoryApiKeyChangedV1, directoryChain, directoryChainChangedV1, directoryEndpoint,
  directoryEndpointChangedV1, directoryStore, directoryStoreChangedV1, type EventDefinition,
} from '@scantill/contracts';
import { toOutboxRow, type DirectoryChange, type EntryKind, type OutboxRow } from '@scantill/platform';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';

/** The directory file: the same entries as the events, with the secrets in the clear. */
const directoryFile = z.strictObject({
  chains: z.array(directoryChain).max(1_000),
  stores: z.array(directoryStore).max(100_000),
  accounts: z.array(directoryAccount).max(1_000),
  apiKeys: z.array(directoryApiKey).max(100_000),
  endpoints: z.array(directoryEndpoint).max(1_000),
});

export interface DirectoryFileEntry {
  readonly kind: EntryKind;
  readonly id: string;
  /** Secrets still in the clear. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Throws with the failing paths; never with the values, some of which are secrets. */
export function readDirectoryFile(text: string): DirectoryFileEntry[] {
  const parsed = directoryFile.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`the directory file cannot be used: ${parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`);
  const { chains, stores, accounts, apiKeys, endpoints } = parsed.data;
  return [
    ...chains.map((data) => ({ kind: 'chain' as const, id: data.chainId, data })),
    ...stores.map((data) => ({ kind: 'store' as const, id: `${data.chainId}:${data.storeId}`, data })),
    ...accounts.map((data) => ({ kind: 'account' as const, id: data.accountId, data })),
    ...apiKeys.map((data) => ({ kind: 'api-key' as const, id: data.keyId, data })),
    ...endpoints.map((data) => ({ kind: 'endpoint' as const, id: data.endpointId, data })),
  ];
}

const definitions = {
  chain: directoryChainChangedV1,
  store: directoryStoreChangedV1,
  account: directoryAccountChangedV1,
  'api-key': directoryApiKeyChangedV1,
  endpoint: directoryEndpointChangedV1,
} as const satisfies Record<EntryKind, Pick<EventDefinition, 'type'>>;

export function toDirectoryRow(change: DirectoryChange, sequence: number, time: Date): OutboxRow {
  const key = `${change.kind}:${change.id}`;
  const definition = definitions[change.kind] as EventDefinition;
  return toOutboxRow('order', { definition, data: change.data, key, subject: key, sequence, time, cause: { correlationId: uuidv7(), causationId: null } });
}
