import type { Statement, Tx } from '@scantill/platform';
import type { Order } from '../core/order.js';
import { toAcknowledgedRow, type Heard } from './order-events.js';
import { findRefunds } from './order-refunds.js';
import { toOrder, type OrderRow } from './order-row.js';

const FIND: Statement = { name: 'orders-find', text: 'select * from orders where key = any($1::text[])' };
/** Of two that heard of an order at the same time one is the first: only the first is told of. Locks in order, like every writer of orders. */
const KEEP: Statement = {
  name: 'orders-acknowledge',
  text: `with heard as (select * from json_to_recordset($1::json) as h(key text, acknowledged_at timestamptz, acknowledged_by text, topic text, headers text, payload text)),
    locked as materialized (select key from orders where key = any($2::text[]) and acknowledged_at is null order by key for update),
    marked as (
      update orders o set acknowledged_at = h.acknowledged_at, acknowledged_by = h.acknowledged_by from heard h
      where o.key = any($2::text[]) and o.key = h.key and o.key in (select key from locked) returning o.key)
    insert into outbox (topic, key, headers, payload) select h.topic, h.key, h.headers, h.payload from heard h join marked m on m.key = h.key order by h.key`,
};

/** Which paid orders a system of their chain has heard of. */
export class AcknowledgementRepository {
  /** No lock: what decides about an acknowledgement, that an order is paid, stays. */
  async find(tx: Tx, keys: readonly string[]): Promise<ReadonlyMap<string, Order>> {
    const rows = await tx.query<OrderRow>(FIND, [keys]);
    const refunds = await findRefunds(tx, rows);
    return new Map(rows.map((row) => [row.key, toOrder(row, refunds.get(row.key))]));
  }

  /** Marks the orders and tells of those that were not marked before. One statement for all of them. */
  async keep(tx: Tx, heard: readonly Heard[]): Promise<void> {
    const byKey = new Map(heard.map((each) => [each.order.key as string, each]));
    if (byKey.size === 0) return;
    const rows = [...byKey.values()].map((each) => ({ acknowledged_at: each.at, acknowledged_by: each.by, ...toAcknowledgedRow(each) }));
    await tx.query(KEEP, [JSON.stringify(rows), [...byKey.keys()]]);
  }
}
