import { PAYMENT_RESULT, paymentNotification, type PaymentNotification } from './answers.js';
import { parseSignatureHeader, type Verifier } from './signing.js';

/** A message at the notification door, as it came in. */
export interface NotificationDelivery {
  /** Path and query of the URL that Alipay was given; behind a proxy that rewrites paths not the one the server sees. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
}

export type NotificationRefusal = 'headers-missing' | 'unknown-client' | 'unknown-key-version' | 'bad-signature' | 'malformed' | 'other-type';

/** `malformed` and `other-type` are signed by Alipay; the others prove nothing about who sent them. */
export type NotificationReading =
  | { readonly kind: 'verified'; readonly clientId: string; readonly notification: PaymentNotification }
  | { readonly kind: 'refused'; readonly reason: NotificationRefusal; readonly clientId: string | undefined };

/**
 * Checks a notification on its raw bytes, then parses it. Never throws for what was received, and never refuses for age:
 * Alipay sends again for 24 hours.
 * @param verifierOf the verifier of a client id that is ours
 */
export function readNotification(delivery: NotificationDelivery, verifierOf: (clientId: string) => Verifier | undefined): NotificationReading {
  const { 'client-id': clientId, 'request-time': time, signature } = delivery.headers;
  if (typeof clientId !== 'string' || typeof time !== 'string' || typeof signature !== 'string') return refused('headers-missing');
  const verifier = verifierOf(clientId);
  if (!verifier) return refused('unknown-client', clientId);
  const header = parseSignatureHeader(signature);
  if (header && !verifier.knows(header.keyVersion)) return refused('unknown-key-version', clientId);
  if (!verifier.verify({ path: delivery.path, clientId, time }, delivery.body, signature)) return refused('bad-signature', clientId);
  return parse(delivery.body, clientId);
}

function parse(body: Uint8Array, clientId: string): NotificationReading {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString());
  } catch {
    return refused('malformed', clientId);
  }
  const parsed = paymentNotification.safeParse(json);
  // The result of a finished payment is never unknown.
  if (!parsed.success || parsed.data.result.resultStatus === 'U') return refused('malformed', clientId);
  if (parsed.data.notifyType !== PAYMENT_RESULT) return refused('other-type', clientId);
  return { kind: 'verified', clientId, notification: parsed.data };
}

function refused(reason: NotificationRefusal, clientId?: string): NotificationReading {
  return { kind: 'refused', reason, clientId };
}

/** The one body that stops Alipay from sending again, the same for a paid and for a failed payment. */
export const ACKNOWLEDGEMENT = '{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"}}';
/** Makes Alipay send again. */
export const NOT_ACKNOWLEDGED = '{"result":{"resultCode":"UNKNOWN_EXCEPTION","resultStatus":"U","resultMessage":"UNKNOWN_EXCEPTION"}}';

/** The headers that go with either body, at HTTP 200; a signature is not asked for. */
export function replyHeaders(clientId: string, at: Date): Record<string, string> {
  return { 'content-type': 'application/json', 'client-id': clientId, 'response-time': `${at.toISOString().slice(0, 19)}Z` };
}
