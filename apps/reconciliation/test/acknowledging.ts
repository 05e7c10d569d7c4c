import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect } from '@jest/globals';
import { notificationDeliveredV1, orderAcknowledgedV1, topics, type BreakDetailView, type BreakListView } from '@scantill/contracts';
import { eventMessage, type OutgoingMessage } from '@scantill/testing';
import { DATE, paymentId, World, type Sale } from './world.js';

export const WITHIN_MINUTES = 30;
/** All that was paid at ten has to be heard of by half past. */
export const PAID_AT = `${DATE}T10:00:00+08:00`;
export const IN_TIME = `${DATE}T10:10:00+08:00`;
export const DUE = `${DATE}T10:30:05+08:00`;
export const LATER = `${DATE}T11:00:00+08:00`;
export const SALE: Sale = { number: 1, minor: 1_099n };

export let world: World;
export let keys: Awaited<ReturnType<World['reset']>>;
let offset = 0;

/** Before each specification of the file there is a chain that acknowledges, and it is ten o'clock. */
export function useAcknowledgingChain(): void {
  beforeAll(async () => { world = await World.open(); });
  afterAll(() => world.close());
  beforeEach(async () => {
    keys = await world.reset();
    await ask({ withinMinutes: WITHIN_MINUTES });
    world.platform.clock.set(PAID_AT);
  });
}

/** What the chain's entry of the directory says. */
export async function ask(acknowledges: { withinMinutes: number } | undefined): Promise<void> {
  await world.database.query(`insert into directory_entries (kind, id, sequence, data) values ('chain', 'demo', 1, $1)
    on conflict (kind, id) do update set data = excluded.data, position = nextval('directory_positions')`, [JSON.stringify({ chainId: 'demo', name: 'Demo Coffee', orderKeys: [], acknowledges })]);
  await world.platform.directory.refresh();
}

export async function send(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
  const outcome = await world.platform.server.dispatch(topic, messages.map((message) => ({ ...message, topic, partition: 0, offset: String((offset += 1)), timestampMs: Date.now() })));
  expect(outcome).toEqual({ kind: 'done' });
}

export const pay = (...paid: readonly Sale[]) => world.receive(paid.map((sale) => world.succeeded(sale)));
const order = (number: number) => ({ chainId: 'demo', orderId: `A-${number}`, storeId: 'S001' });

export function acknowledged(by: 'message' | 'read', at: string, number = 1): OutgoingMessage {
  return eventMessage(orderAcknowledgedV1, `demo:A-${number}`, { ...order(number), tillId: null, paymentId: paymentId(number), by, acknowledgedAt: at });
}

export function delivered(at: string, eventType = 'order.paid', number = 1): OutgoingMessage {
  return eventMessage(notificationDeliveredV1, `demo:A-${number}`, { ...order(number), endpointId: 'hook', eventId: randomUUID(), eventType, attempts: 1, deliveredAt: at });
}

export const ways = {
  webhook: (at: string) => send(topics.notification, [delivered(at)]),
  message: (at: string) => send(topics.order, [acknowledged('message', at)]),
  read: (at: string) => send(topics.order, [acknowledged('read', at)]),
} as const;

/** What the worker does once it is that late; what somebody is writing is left for the next time. */
export async function look(at: string, by = world): Promise<void> {
  world.platform.clock.set(at);
  const due = await world.database.query<{ key: string }>(`select key from due_work where kind = 'open-unacknowledged' and due_at <= $1 order by key for update skip locked`, [at]);
  await by.more.openUnacknowledged.run(due.map(({ key }) => key));
}

export const breaks = async (query = '?status=all') => (await world.ask<BreakListView>('GET', `/v1/breaks${query}`, keys.finance)).body.breaks;
export const only = async () => (await world.ask<BreakDetailView>('GET', `/v1/breaks/${(await breaks())[0]!.breakId}`, keys.finance)).body;
export const announced = async (type: string) => (await world.database.query<{ data: Record<string, unknown> }>(`select payload::jsonb -> 'data' as data from outbox where payload::jsonb ->> 'type' = $1 order by id`, [type])).map(({ data }) => data);
