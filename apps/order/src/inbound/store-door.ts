import { timingSafeEqual } from 'node:crypto';
import { orderKey, err, ok, type Result } from '@scantill/kernel';
import { storeDayClosedV1, storeEnvelope } from '@scantill/contracts';
import { issuesText, parseJson, sha256Base64, type Directory, type Door, type Message, type Opened, type OrderKey, type Refused } from '@scantill/platform';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';

/** Between the sender's time stamp and the broker's append time; our own clock is not asked, or a backlog would look stale. */
const AGE_MAX_MS = 10 * 60_000;
const SIGNATURES_MAX = 5;

/** What every request says about itself inside the signed body, whatever its type. */
const ofOrder = z.object({ chainId: z.string(), orderId: z.string(), storeId: z.string() });
/** A trading day is about no order: its key names the store. */
const ofStore = z.object({ chainId: z.string(), storeId: z.string() }).transform((data) => ({ ...data, orderId: undefined }));

const unsigned = (detail: string): Result<never, Refused> => err({ problem: 'message.unsigned', detail });
const disagreeing = (detail: string): Result<never, Refused> => err({ problem: 'message.headers-disagree', detail });

/**
 * The door of `store.orders`: Standard Webhooks over the body, by the secret that the `key-id` header names. Chain, store, type and
 * order are read from the signed body, and key and headers must agree with it.
 */
export class StoreDoor implements Door {
  /** A stranger's key proves nothing, so nothing is held back for it. */
  readonly parks = false;

  constructor(private readonly directory: Directory) {}

  open(message: Message): Result<Opened, Refused> {
    const keyId = message.headers['key-id'];
    const key = keyId === undefined ? undefined : this.directory.orderKey(keyId);
    if (key === undefined) return unsigned(keyId === undefined ? 'there is no key-id header' : 'the key-id is not known');
    const signed = verify(message, key);
    if (!signed.ok) return signed;
    const json = parseJson(message.value);
    if (!json.ok) return json;
    const parsed = storeEnvelope.safeParse(json.value);
    if (!parsed.success) return err({ problem: 'message.malformed', detail: issuesText(parsed.error.issues) });
    const agreed = agree(message, key, parsed.data);
    if (!agreed.ok) return agreed;
    const { id, time, source } = parsed.data;
    return ok({ source: key.chainId, id, time, sha256: sha256Base64(message.value), sender: { keyId: key.keyId, source }, envelope: parsed.data });
  }
}

function verify(message: Message, key: OrderKey): Result<undefined, Refused> {
  const { 'webhook-id': id, 'webhook-timestamp': stamp, 'webhook-signature': signatures } = message.headers;
  if (id === undefined || stamp === undefined || signatures === undefined) return unsigned('the webhook-id, webhook-timestamp and webhook-signature headers are needed');
  const seconds = Number(stamp);
  if (!Number.isSafeInteger(seconds)) return unsigned('webhook-timestamp is not a number of seconds');
  if (Math.abs(seconds * 1_000 - message.timestampMs) > AGE_MAX_MS) return err({ problem: 'message.stale', detail: 'webhook-timestamp is more than ten minutes away from the time of arrival' });
  const expected = Buffer.from(new Webhook(key.secret).sign(id, new Date(seconds * 1_000), message.value.toString('utf8')));
  const isSigned = signatures.split(' ').slice(0, SIGNATURES_MAX).some((signature) => {
    const given = Buffer.from(signature);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  return isSigned ? ok(undefined) : unsigned('the signature does not fit the body');
}

function agree(message: Message, key: OrderKey, { id, type, version, data }: z.infer<typeof storeEnvelope>): Result<undefined, Refused> {
  const address = (type === storeDayClosedV1.type ? ofStore : ofOrder).safeParse(data);
  if (!address.success) return err({ problem: 'message.malformed', detail: issuesText(address.error.issues) });
  const { chainId, orderId, storeId } = address.data;
  const { headers } = message;
  if (chainId !== key.chainId) return disagreeing('the key belongs to another chain');
  if (key.storeId !== null && key.storeId !== storeId) return disagreeing('the key belongs to another store');
  if (message.key !== orderKey(chainId, orderId ?? storeId)) return disagreeing(`the message key must be <chain>:<${orderId === undefined ? 'store' : 'order'}>`);
  if (headers['webhook-id'] !== id || (headers.id ?? id) !== id) return disagreeing('the id headers differ from the body');
  if ((headers.type ?? type) !== type || (headers.version ?? String(version)) !== String(version)) return disagreeing('the type or version header differs from the body');
  return ok(undefined);
}
