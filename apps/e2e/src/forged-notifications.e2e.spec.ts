import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { ACKNOWLEDGEMENT } from '@scantill/alipay';
import { confirm } from './alipay-side.js';
import { notificationOf, notify, refusals, type Delivery, type Reply } from './notify.js';
import { find, orderPaid, sell, toldUntil } from './till.js';

/** Asking Alipay follows a report that disagrees at once; by then a forgery would have been believed. */
const BELIEVED_WITHIN_MS = 2_500;
const { privateKey: strangersKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

interface Attempt {
  readonly orderId: string;
  readonly code: string;
  readonly reply: Reply;
}

/** Sells an order and delivers a notification that it was paid, which it was not. */
async function attempt(notification: Readonly<Record<string, unknown>>, flaw: Omit<Delivery, 'notification'> = {}): Promise<Attempt> {
  const order = await sell();
  const honest = await notificationOf(order.orderId, notification);
  return { ...order, reply: await notify({ ...honest, ...flaw }) };
}

/** Nothing was believed, nothing was told, and the customer can still pay. */
async function expectUntouched({ orderId, code }: Attempt): Promise<void> {
  expect((await find(orderId)).body).toMatchObject({ status: 'awaiting-payment', nextAction: 'show-code', payment: null });
  expect(await toldUntil('order.code-ready', orderId)).toEqual(['order.code-ready']);
  await confirm(code);
  expect((await orderPaid(orderId)).amount).toEqual({ currency: 'USD', minor: '1099' });
}

describe('a notification of success that Alipay did not sign like this', () => {
  const flaws = {
    'a changed byte': { reason: 'bad-signature', flaw: { tamper: (body: string) => body.replace('"1099"', '"1098"') } },
    'one space more': { reason: 'bad-signature', flaw: { tamper: (body: string) => body.replace(':', ': ') } },
    "a stranger's key": { reason: 'bad-signature', flaw: { key: strangersKey } },
    'a foreign client id': { reason: 'unknown-client', flaw: { clientId: 'T_999888777' } },
    'an unknown key version': { reason: 'unknown-key-version', flaw: { keyVersion: '7' } },
    'a signature for another path': { reason: 'bad-signature', flaw: { signedPath: '/alipay/notify/other' } },
    'no signature': { reason: 'headers-missing', flaw: { isUnsigned: true } },
  } as const;
  const names = Object.keys(flaws) as (keyof typeof flaws)[];
  const attempts = new Map<string, Attempt>();
  const counted = new Map<string, number>();
  beforeAll(async () => {
    for (const name of names) {
      const { reason, flaw } = flaws[name];
      const before = await refusals(reason);
      attempts.set(name, await attempt({}, flaw));
      counted.set(name, (await refusals(reason)) - before);
    }
    await wait(BELIEVED_WITHIN_MS);
  });

  it.each(names)('is refused, counted, and marks nothing paid: %s', async (name) => {
    const { reply } = attempts.get(name)!;
    expect([reply.status, reply.body.result.resultStatus]).toEqual([401, 'U']);
    expect(counted.get(name)).toBe(1);
    await expectUntouched(attempts.get(name)!);
  });
});

describe('a notification that Alipay signed but that disagrees with the payment', () => {
  const claims = {
    'a lower amount': { paymentAmount: { currency: 'USD', value: '1' } },
    'a higher amount': { paymentAmount: { currency: 'USD', value: '109900' } },
    'another currency': { paymentAmount: { currency: 'JPY', value: '1099' } },
    'no amount': { paymentAmount: undefined },
    "another payment's id": { paymentId: '20260101194010800100188000000000000' },
  };
  const names = Object.keys(claims) as (keyof typeof claims)[];
  const attempts = new Map<string, Attempt>();
  beforeAll(async () => {
    for (const name of names) attempts.set(name, await attempt(claims[name]));
    await wait(BELIEVED_WITHIN_MS);
  });

  it.each(names)('is acknowledged, and marks nothing paid: %s', async (name) => {
    const { reply } = attempts.get(name)!;
    expect([reply.status, JSON.stringify(reply.body)]).toEqual([200, ACKNOWLEDGEMENT]);
    await expectUntouched(attempts.get(name)!);
  });
});

describe('an honest notification', () => {
  it('that comes again is acknowledged, and told once', async () => {
    const { orderId, code } = await sell();
    await confirm(code);
    await orderPaid(orderId);
    for (let time = 0; time < 3; time += 1) {
      const { status, body } = await notify(await notificationOf(orderId));
      expect([status, JSON.stringify(body)]).toEqual([200, ACKNOWLEDGEMENT]);
    }
    await wait(BELIEVED_WITHIN_MS);
    expect(await toldUntil('order.paid', orderId)).toEqual(['order.code-ready', 'order.paid']);
  });
});
