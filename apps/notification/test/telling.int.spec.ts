import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { orderDayRefusedV1, orderRefundedV1, orderRefundFailedV1, orderRefundReversedV1, timelinePart, toldFact, type TimelinePart, type ToldView } from '@scantill/contracts';
import { eventMessage, TestChain, TestDatabase, until, webhookSecret } from '@scantill/testing';
import { Webhook } from 'standardwebhooks';
import { HookServer, StreamClient, TestNotification } from './start-notification.js';

const chain = new TestChain('mine');
const key = chain.key(['orders']);
const otherStoreKey = chain.key(['orders'], 'S002');
const STARTED_AT = Date.now();
const bearer = { authorization: `Bearer ${key.text}` };

describe('what happens to orders', () => {
  const good = { endpointId: 'good', secret: webhookSecret() };
  const dead = { endpointId: 'dead', secret: webhookSecret() };
  let outside: TestDatabase;
  let notification: TestNotification;
  let goodHook: HookServer;
  let deadHook: HookServer;

  beforeAll(async () => {
    outside = await TestDatabase.open('notification');
    goodHook = await new HookServer().start();
    deadHook = await new HookServer().start();
    deadHook.answer = () => undefined;
    notification = await new TestNotification().start(chain, [key, otherStoreKey], [{ ...good, url: goodHook.url }, { ...dead, url: deadHook.url }]);
  });

  afterAll(async () => {
    await deadHook.stop();
    await notification.stop();
    await goodHook.stop();
    await outside.close();
  });

  const streamUrl = (query = '') => `${notification.url}/v1/stores/S001/events${query}`;
  const open = (headers: Record<string, string> = {}) => StreamClient.open(streamUrl(), { ...bearer, ...headers });
  const orders = (name: string, count: number) => Array.from({ length: count }, (_, n) => `${name}-${n}`);
  const hooksOf = (name: string) => goodHook.received.filter(({ body }) => body.includes(`"${name}`));

  it('is streamed live, and from Last-Event-ID on without a gap or a repetition', async () => {
    const live = await open();
    expect(live.status).toBe(200);
    await until('the stream has begun', () => live.text.includes('id: '));
    await notification.announce(chain, orders('live', 3));
    await until('three are told', () => live.events.length === 3);
    const last = live.events.at(-1)!.id;
    live.close();
    await notification.announce(chain, orders('missed', 300));
    const back = await open({ 'last-event-id': String(last) });
    await notification.announce(chain, orders('after', 2));
    await until('all are told', () => back.events.length >= 302);
    expect(back.events.map(({ orderId }) => orderId)).toEqual([...orders('missed', 300), ...orders('after', 2)]);
    expect(back.events.map(({ id }) => id)).toEqual(Array.from({ length: 302 }, (_, n) => last + 1 + n));
    back.close();
  });

  it('is not replayed when it is forgotten or was never said: the client is told to resync', async () => {
    await outside.query('delete from store_events where sequence <= 100');
    const old = await open({ 'last-event-id': '5' });
    await until('it says so', () => old.text.includes('event: resync\ndata: {"type":"resync","reason":"too-old"}'));
    const strange = await open({ 'last-event-id': '999999' });
    await until('it says so', () => strange.text.includes('"reason":"unknown-id"'));
    await notification.announce(chain, ['after-resync']);
    await until('both go on', () => old.events.at(-1)?.orderId === 'after-resync' && strange.events.at(-1)?.orderId === 'after-resync');
    old.close();
    strange.close();
  });

  it('may be about a trading day: that is streamed, and sent to no endpoint', async () => {
    const live = await open();
    await until('the stream has begun', () => live.text.includes('id: '));
    const data = { chainId: chain.id, storeId: 'S001', date: '2026-11-25', nextAction: 'call-operator' as const, problem: 'day.not-over', detail: 'Too early' };
    await notification.receive([eventMessage(orderDayRefusedV1, `${chain.id}:S001`, data)]);
    await until('it is told', () => live.text.includes('order.day-refused'));
    live.close();
    const [row] = await outside.query<{ order_id: string | null; payload: string }>(`select order_id, payload from store_events where type = 'order.day-refused'`);
    expect([row?.order_id, toldFact.parse(JSON.parse(row?.payload ?? ''))]).toMatchObject([null, { problem: 'day.not-over', date: '2026-11-25' }]);
    expect(await outside.count(`webhook_deliveries where event_type = 'order.day-refused'`)).toBe(0);
  });

  it('is kept alive by a heartbeat below what proxies take for a dead connection', async () => {
    const client = await open();
    await until('a heartbeat comes', () => client.text.includes(': heartbeat'));
    client.close();
  });

  it('is hidden from those without a key for the store, and a key in the address is refused', async () => {
    const status = async (url: string, headers = {}) => {
      const response = await fetch(url, { headers });
      const { code } = (await response.json()) as { code: string };
      return `${response.status} ${code}`;
    };
    expect(await status(streamUrl())).toBe('401 auth.missing');
    expect(await status(streamUrl(), { authorization: `Bearer ${otherStoreKey.text}` })).toBe('404 store.not-found');
    expect(await status(streamUrl(`?key=${key.text}`), bearer)).toBe('400 auth.key-in-url');
    expect(await status(streamUrl(`?lastEventId=${key.text}`), bearer)).toBe('400 auth.key-in-url');
  });

  it('is sent to an endpoint, signed as Standard Webhooks, while another endpoint hangs', async () => {
    const began = Date.now();
    await notification.announce(chain, orders('hooked', 40));
    await until('all are sent', () => hooksOf('hooked').length === 40);
    // The one that hangs is given ten seconds for each request.
    expect(Date.now() - began).toBeLessThan(9_000);
    for (const { body, headers } of hooksOf('hooked')) expect(new Webhook(good.secret).verify(body, headers)).toMatchObject({ type: 'order.expired' });
    expect(() => new Webhook(dead.secret).verify(hooksOf('hooked')[0]!.body, hooksOf('hooked')[0]!.headers)).toThrow();
  });

  it('is sent again after a failure, and later news of the order waits for it', async () => {
    let failures = 0;
    goodHook.answer = ({ body }) => (body.includes('"failing"') && (failures += 1) === 1 ? 500 : 204);
    await notification.announce(chain, ['failing', 'failing', 'other-order']);
    await until('all are delivered', async () => (await outside.count(`webhook_deliveries where endpoint_id = 'good' and order_id in ('failing', 'other-order') and status = 'delivered'`)) === 3);
    const ids = hooksOf('failing').map(({ headers }) => headers['webhook-id']);
    expect(ids).toHaveLength(3);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
    const told = await outside.query<{ count: number }>(`select count(*)::int as count from outbox where topic = 'notification.events' and key = 'mine:failing'`);
    expect(told).toEqual([{ count: 2 }]);
  });

  /** Given back in the morning, come back since. */
  const at = (agoMs: number) => new Date(STARTED_AT - agoMs).toISOString();
  const [GIVEN, TOLD, FAILED, REVERSED, REVERSAL_TOLD] = [7_200_000, 7_199_000, 7_198_000, 3_600_000, 3_599_000].map(at) as [string, string, string, string, string];
  /** Each says what a receipt needs; the id of the payment attempt is not for shops. */
  const refund = {
    chainId: chain.id, orderId: 'returned', storeId: 'S001', tillId: 'T1', nextAction: 'hand-over-goods' as const, paymentId: 'f'.repeat(32), refundKey: 'return-7',
    amount: { currency: 'USD' as const, minor: '500' }, refunded: { currency: 'USD' as const, minor: '500' }, left: { currency: 'USD' as const, minor: '599' },
  };
  const refunds = [
    eventMessage(orderRefundedV1, 'mine:returned', { ...refund, alipayPaymentId: '2026P', alipayRefundId: '2026R', wallet: 'GCash', refundedAt: GIVEN }, { time: TOLD }),
    eventMessage(orderRefundFailedV1, 'mine:returned', { ...refund, refundKey: 'return-8', problem: 'refund.window-exceeded', resultCode: 'REFUND_WINDOW_EXCEED' }, { time: FAILED }),
    eventMessage(orderRefundReversedV1, 'mine:returned', { ...refund, nextAction: 'call-operator', reversedAt: REVERSED }, { time: REVERSAL_TOLD }),
  ];

  const ask = async <Body>(path: string, text = key.text): Promise<Body> => (await (await fetch(`${notification.url}/v1/orders/${path}`, { headers: { authorization: `Bearer ${text}` } })).json()) as Body;

  it('is told of refunds too, once each, on the stream and by webhook', async () => {
    await notification.receive(refunds);
    await notification.receive(refunds);
    await until('all are sent', () => hooksOf('returned').length === 3);
    const { streamed } = await ask<ToldView>('returned/told');
    expect(streamed.map(({ fact }) => toldFact.parse(fact))).toMatchObject([
      { type: 'order.refunded', refundKey: 'return-7', amount: { minor: '500' }, refunded: { minor: '500' }, left: { minor: '599' }, alipayPaymentId: '2026P', alipayRefundId: '2026R', wallet: 'GCash', refundedAt: GIVEN },
      { type: 'order.refund-failed', refundKey: 'return-8', problem: 'refund.window-exceeded', resultCode: 'REFUND_WINDOW_EXCEED' },
      { type: 'order.refund-reversed', refundKey: 'return-7', nextAction: 'call-operator', reversedAt: REVERSED },
    ]);
    expect(hooksOf('returned').map(({ body }) => (JSON.parse(body) as { type: string }).type)).toEqual(['order.refunded', 'order.refund-failed', 'order.refund-reversed']);
  });

  it('is one part of the time line of an order, for whoever may see the order', async () => {
    await until('the webhooks are settled', async () => (await outside.count(`webhook_deliveries where endpoint_id = 'good' and order_id = 'returned' and status = 'delivered'`)) === 3);
    const part = timelinePart.parse(await ask<TimelinePart>('returned/timeline'));
    const said = part.entries.filter(({ kind }) => kind === 'event.streamed');
    expect(said.map(({ at, service }) => `${service} ${at}`)).toEqual([TOLD, FAILED, REVERSAL_TOLD].map((at) => `notification ${at}`));
    expect(part.entries.map(({ at }) => Date.parse(at))).toEqual(part.entries.map(({ at }) => Date.parse(at)).sort((a, b) => a - b));
    // One endpoint has taken all three, the other one hangs.
    expect(part.entries.filter(({ kind }) => kind.startsWith('webhook.')).map(({ kind, detail }) => `${kind} ${String(detail['endpointId'])} ${String(detail['eventType'])}`).sort()).toEqual([
      'webhook.delivered good order.refund-failed', 'webhook.delivered good order.refund-reversed', 'webhook.delivered good order.refunded',
      'webhook.queued dead order.refund-failed', 'webhook.queued dead order.refund-reversed', 'webhook.queued dead order.refunded',
    ]);
    expect((await ask<TimelinePart>('returned/timeline', otherStoreKey.text)).entries).toEqual([]);
    expect((await ask<TimelinePart>('nothing/timeline')).entries).toEqual([]);
    expect((await fetch(`${notification.url}/v1/orders/returned/timeline`)).status).toBe(401);
  });
});
