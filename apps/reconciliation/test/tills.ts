import { randomUUID } from 'node:crypto';
import { orderDayClosedV1, topics, type BreakListView, type EventData } from '@scantill/contracts';
import type { Batch } from '@scantill/platform';
import { eventMessage, type OutgoingMessage } from '@scantill/testing';
import { OrderEventsConsumer } from '../src/inbound/order-events.consumer.js';
import { DATE, type World } from './world.js';

type Closed = EventData<typeof orderDayClosedV1>;
type Total = Closed['totals'][number];

/** A day that ends at four in the morning, as in places that close late. */
export const FROM = `${DATE}T04:00:00+08:00`;
export const UNTIL = '2026-11-25T04:00:00+08:00';
export const TILL_DAY = `demo:S001:${DATE}`;

export function total(sales: readonly [count: number, minor: number], refunds: readonly [count: number, minor: number] = [0, 0], currency = 'USD'): Total {
  const counted = ([count, minor]: readonly [number, number]) => ({ count, minor: String(minor) });
  return { currency: currency as 'USD', sales: counted(sales), refunds: counted(refunds) };
}

/** What the order service passes on of a store's tills, and what becomes of it. */
export class Tills {
  private offset = 0;

  constructor(private readonly world: World) {}

  /** @param closedAt hours after the end of the day */
  closed(totals: readonly Total[], { id = randomUUID(), closedAt = 0, ...changes }: Partial<Omit<Closed, 'totals' | 'closedAt'>> & { readonly id?: string; readonly closedAt?: number } = {}): OutgoingMessage {
    const data: Closed = {
      chainId: 'demo', storeId: 'S001', date: DATE, from: FROM, until: UNTIL, totals: [...totals], accounts: { USD: this.world.chain.accountId },
      closedAt: new Date(Date.parse(UNTIL) + closedAt * 3_600_000).toISOString(), sentBy: { keyId: 'demo-orders-1', source: 'pos' }, ...changes,
    };
    return eventMessage(orderDayClosedV1, `demo:${data.storeId}`, data, { id });
  }

  async receive(...messages: readonly OutgoingMessage[]): Promise<void> {
    const batch: Batch = messages.map((message) => ({ ...message, topic: topics.order, partition: 0, offset: String((this.offset += 1)), timestampMs: Date.now() }));
    const outcome = await this.world.app.get(OrderEventsConsumer).receive(batch);
    if (outcome.kind !== 'done') throw new Error(`the batch was not handled: ${JSON.stringify(outcome)}`);
  }

  /** What the worker does once everything is due that has been planned. @returns the days that it looked at */
  async compare(): Promise<string[]> {
    const due = await this.due();
    const { clock } = this.world.platform;
    clock.set(new Date(Math.max(clock.now().getTime(), ...due.map(({ due_at: at }) => at.getTime()))).toISOString());
    const keys = due.map(({ key }) => key);
    await this.world.more.compareTills.run(keys);
    return keys;
  }

  due(): Promise<{ key: string; due_at: Date }[]> {
    return this.world.database.query(`select key, due_at from due_work where kind = 'compare-tills' order by key`);
  }

  /** Open breaks of tills, each in a line. */
  async told(key: string, query = ''): Promise<string[]> {
    const { body } = await this.world.ask<BreakListView>('GET', `/v1/breaks?family=till${query}`, key);
    return body.breaks.map(({ accountId, storeId, businessDate, transactionType, ours, theirs, amountAtRisk: { minor, currency } }) =>
      `${accountId} ${storeId} ${businessDate} ${transactionType} ${currency} ${ours?.minor} ${theirs?.minor} at risk ${minor}`).sort();
  }
}
