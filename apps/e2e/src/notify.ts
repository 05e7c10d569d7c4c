import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { signedPrefix, Signer } from '@scantill/alipay';
import { paymentOf } from './alipay-side.js';
import { demo, stack } from './config.js';
import { ask, askFor, type Answer } from './http.js';

const alipaysKey = createPrivateKey(readFileSync(demo.simulator.alipayPrivateKeyFile, 'utf8'));
const door = new URL(demo.gateway.notifyUrl);

/** A message at the gateway's notification door, and what may be wrong with it. */
export interface Delivery {
  readonly notification: Readonly<Record<string, unknown>>;
  readonly clientId?: string;
  readonly key?: KeyObject;
  readonly keyVersion?: string;
  readonly signedPath?: string;
  readonly isUnsigned?: boolean;
  /** What happens to the body after it was signed. */
  readonly tamper?: (body: string) => string;
}

export type Reply = Answer<{ readonly result: { readonly resultStatus: string } }>;

/** What Alipay would say if the order had just been paid. */
export async function notificationOf(orderId: string, changes: Readonly<Record<string, unknown>> = {}): Promise<Delivery> {
  const { paymentRequestId, paymentId, amount, paidAt } = await paymentOf(orderId);
  return {
    notification: {
      notifyType: 'PAYMENT_RESULT',
      result: { resultStatus: 'S', resultCode: 'SUCCESS', resultMessage: 'success' },
      paymentRequestId, paymentId, paymentAmount: amount, paymentTime: paidAt ?? new Date().toISOString(), ...changes,
    },
  };
}

/** Delivers it, signed as Alipay signs unless told otherwise. */
export async function notify(delivery: Delivery): Promise<Reply> {
  const { notification, clientId = demo.simulator.clientId, key = alipaysKey, keyVersion = '1', signedPath = door.pathname + door.search, isUnsigned = false, tamper } = delivery;
  const body = JSON.stringify(notification);
  const time = new Date().toISOString();
  const signature = await new Signer({ [keyVersion]: key }).sign(Buffer.from(signedPrefix({ path: signedPath, clientId, time }) + body));
  const headers = { 'client-id': clientId, 'request-time': time, ...(isUnsigned ? {} : { signature }) };
  return ask(door.href, { headers, rawBody: tamper === undefined ? body : tamper(body) });
}

/** How many notifications the gateway has not believed, for this reason. */
export async function refusals(reason: string): Promise<number> {
  const metrics = await askFor<string>(`http://127.0.0.1:${stack.ports.PAYMENT_GATEWAY_PRIVATE_PORT}/metrics`);
  const line = metrics.split('\n').find((each) => each.startsWith('scantill_notifications_refused_total{') && each.includes(`reason="${reason}"`));
  return Number(line?.split(' ').at(-1) ?? 0);
}
