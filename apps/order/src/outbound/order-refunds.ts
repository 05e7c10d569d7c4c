import { money } from '@scantill/kernel';
import type { Statement, Tx } from '@scantill/platform';
import type { Order } from '../core/order.js';
import type { Refund } from '../core/refund.js';

/** A row of `order_refunds`, in the currency of its order. */
export interface RefundRow {
  readonly order_key: string;
  readonly refund_key: string;
  readonly amount_minor: bigint;
  readonly asked_minor: bigint | null;
  readonly reason: string | null;
  readonly status: string;
  readonly problem: string | null;
  readonly result_code: string | null;
  readonly alipay_refund_id: string | null;
  readonly requested_at: Date;
  readonly refunded_at: Date | null;
  readonly ended_at: Date | null;
}

/** By order key; the refunds of each oldest first. */
export type RefundRows = ReadonlyMap<string, readonly RefundRow[]>;

const IN_ORDER = 'order by order_key, requested_at, refund_key';
const LOCK: Statement = {
  name: 'order-refunds-lock',
  text: `with locked as materialized (select * from order_refunds where order_key = any($1::text[]) order by order_key, refund_key for update) select * from locked ${IN_ORDER}`,
};
const FIND: Statement = { name: 'order-refunds-find', text: `select * from order_refunds where order_key = any($1::text[]) ${IN_ORDER}` };
const WRITE: Statement = {
  name: 'order-refunds-write',
  text: `insert into order_refunds (order_key, refund_key, amount_minor, asked_minor, reason, status, problem, result_code, alipay_refund_id, requested_at, refunded_at, ended_at)
    select order_key, refund_key, amount_minor, asked_minor, reason, status, problem, result_code, alipay_refund_id, requested_at, refunded_at, ended_at
    from json_to_recordset($1::json) as r(order_key text, refund_key text, amount_minor bigint, asked_minor bigint, reason text, status text, problem text, result_code text,
      alipay_refund_id text, requested_at timestamptz, refunded_at timestamptz, ended_at timestamptz)
    order by order_key, refund_key
    on conflict (order_key, refund_key) do update set status = excluded.status, problem = excluded.problem, result_code = excluded.result_code,
      alipay_refund_id = excluded.alipay_refund_id, refunded_at = excluded.refunded_at, ended_at = excluded.ended_at`,
};

interface Counted {
  readonly key: string;
  readonly refund_count: number;
}

/** The refunds of those orders that have any, after the orders themselves were locked; without any there is nothing to ask. */
export async function lockRefunds(tx: Tx, orders: readonly Counted[]): Promise<RefundRows> {
  const keys = withRefunds(orders);
  return keys.length === 0 ? new Map() : byOrder(await tx.query<RefundRow>(LOCK, [keys]));
}

/** The same without a lock, in a transaction or without. */
export async function findRefunds(database: Pick<Tx, 'query'>, orders: readonly Counted[]): Promise<RefundRows> {
  const keys = withRefunds(orders);
  return keys.length === 0 ? new Map() : byOrder(await database.query<RefundRow>(FIND, [keys]));
}

export async function writeRefunds(tx: Tx, changed: readonly { readonly orderKey: string; readonly refund: Refund }[]): Promise<void> {
  if (changed.length > 0) await tx.query(WRITE, [JSON.stringify(changed.map(({ orderKey, refund }) => toRow(orderKey, refund)))]);
}

function withRefunds(orders: readonly Counted[]): string[] {
  return orders.flatMap(({ key, refund_count: count }) => (count > 0 ? [key] : []));
}

function byOrder(rows: readonly RefundRow[]): RefundRows {
  return Map.groupBy(rows, (row) => row.order_key);
}

export function toRefund(row: RefundRow, currency: Order['amount']['currency']): Refund {
  const request = {
    key: row.refund_key, amount: money(currency, row.amount_minor), asked: row.asked_minor === null ? null : money(currency, row.asked_minor), reason: row.reason, requestedAt: row.requested_at,
  };
  switch (row.status as Refund['status']) {
    case 'requested': return { ...request, status: 'requested' };
    case 'succeeded': return { ...request, status: 'succeeded', alipayRefundId: row.alipay_refund_id!, refundedAt: row.refunded_at! };
    case 'failed': return { ...request, status: 'failed', problem: row.problem!, resultCode: row.result_code, failedAt: row.ended_at! };
    case 'reversed': return { ...request, status: 'reversed', alipayRefundId: row.alipay_refund_id!, refundedAt: row.refunded_at!, reversedAt: row.ended_at! };
  }
}

function toRow(orderKey: string, refund: Refund) {
  const gaveBack = refund.status === 'succeeded' || refund.status === 'reversed' ? refund : null;
  const failed = refund.status === 'failed' ? refund : null;
  return {
    order_key: orderKey, refund_key: refund.key, amount_minor: refund.amount.minor.toString(), asked_minor: refund.asked?.minor.toString() ?? null,
    reason: refund.reason, status: refund.status, problem: failed?.problem ?? null, result_code: failed?.resultCode ?? null,
    alipay_refund_id: gaveBack?.alipayRefundId ?? null, requested_at: refund.requestedAt.toISOString(), refunded_at: gaveBack?.refundedAt.toISOString() ?? null,
    ended_at: failed?.failedAt.toISOString() ?? (refund.status === 'reversed' ? refund.reversedAt.toISOString() : null),
  };
}
