import { randomUUID } from 'node:crypto';
import type { EventDefinition } from '@scantill/contracts';
import { Webhook } from 'standardwebhooks';

/** A message as a producer of ours or of a store would send it. */
export interface OutgoingMessage {
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Record<string, string>;
}

export interface EventChanges {
  readonly id?: string;
  readonly time?: string;
  readonly source?: string;
  readonly sequence?: number;
  readonly version?: number;
}

/** An internal event in its envelope, with the headers that go along. */
export function eventMessage<Data>(definition: EventDefinition<Data>, key: string, data: Data, changes: EventChanges = {}): OutgoingMessage {
  const { id = randomUUID(), time = new Date().toISOString(), source = 'testing', sequence = 1, version = definition.version } = changes;
  const { type } = definition;
  const envelope = { id, type, version, source, time, subject: key, sequence, correlationId: id, causationId: null, data };
  return { key, value: Buffer.from(JSON.stringify(envelope)), headers: { id, type, version: String(version), 'correlation-id': id } };
}

/** What signs a store's messages: `secret` in the form `whsec_…`. */
export interface StoreSigner {
  readonly keyId: string;
  readonly secret: string;
}

export interface StoreMessageChanges {
  readonly id?: string;
  readonly time?: string;
  readonly key?: string;
  readonly signedAt?: Date;
  readonly headers?: Readonly<Record<string, string>>;
  /** Put on the wire instead of what was signed. */
  readonly value?: Buffer;
}

/** A signed request for `store.orders`: Standard Webhooks over the body. */
export function storeMessage(signer: StoreSigner, definition: EventDefinition, data: Readonly<Record<string, unknown>>, changes: StoreMessageChanges = {}): OutgoingMessage {
  const { id = randomUUID(), time = new Date().toISOString(), signedAt = new Date() } = changes;
  const { type, version } = definition;
  const body = JSON.stringify({ id, type, version, source: 'till', time, data });
  return {
    key: changes.key ?? `${String(data['chainId'])}:${String(data['orderId'] ?? data['storeId'])}`,
    value: changes.value ?? Buffer.from(body),
    headers: { id, type, version: String(version), ...signature(signer, id, { body, signedAt }), ...changes.headers },
  };
}

/** The Standard Webhooks headers over a body. */
export function signature({ keyId, secret }: StoreSigner, id: string, { body, signedAt }: { readonly body: string; readonly signedAt: Date }): Record<string, string> {
  return {
    'key-id': keyId,
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(signedAt.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign(id, signedAt, body),
  };
}
