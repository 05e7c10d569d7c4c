import { money } from '@scantill/kernel';
import { schedule, type Cause, type Statement, type Tx } from '@scantill/platform';
import type { OrderInput } from '../core/decide-order.js';

/** A request of a store that overtook its order. */
export interface WaitingRequest {
  readonly orderKey: string;
  readonly storeId: string;
  readonly input: Extract<OrderInput, { kind: 'cancel' | 'request-refund' }>;
  readonly askedAt: Date;
  readonly cause: Cause;
}

type StoredRequest =
  | { readonly kind: 'cancel'; readonly storeId: string; readonly reason: string | null }
  | { readonly kind: 'request-refund'; readonly storeId: string; readonly reason: string | null; readonly refundKey: string; readonly amount: { readonly currency: string; readonly minor: string } | null };

interface Row {
  readonly key: string;
  readonly order_key: string;
  readonly request: StoredRequest;
  readonly correlation_id: string;
  readonly causation_id: string | null;
  readonly asked_at: Date;
}

export const WAITING_REQUEST_DUE = 'waiting-request';
/** How long a request waits for an order that is not known yet. */
export const WAITING_REQUEST_MS = 60_000;

const TAKE_OF_ORDERS: Statement = { name: 'waiting-requests-take-of-orders', text: 'delete from waiting_requests where order_key = any($1::text[]) returning *' };
const TAKE: Statement = { name: 'waiting-requests-take', text: 'delete from waiting_requests where key = any($1::text[]) returning *' };
const KEEP: Statement = {
  name: 'waiting-requests-keep',
  text: `insert into waiting_requests (key, order_key, request, correlation_id, causation_id, asked_at)
    select key, order_key, request, correlation_id, causation_id, asked_at
    from json_to_recordset($1::json) as r(key text, order_key text, request jsonb, correlation_id text, causation_id text, asked_at timestamptz) order by key
    on conflict (key) do nothing`,
};

export class WaitingRequestRepository {
  /** Removes and returns what waits for these orders, in the order in which it was asked. */
  takeOfOrders(tx: Tx, orderKeys: readonly string[]): Promise<WaitingRequest[]> {
    return taken(tx, TAKE_OF_ORDERS, orderKeys);
  }

  /** The same for single requests, by the keys that they are due under. */
  take(tx: Tx, keys: readonly string[]): Promise<WaitingRequest[]> {
    return taken(tx, TAKE, keys);
  }

  async keep(tx: Tx, requests: readonly WaitingRequest[]): Promise<void> {
    const rows = requests.map(toRow);
    await tx.query(KEEP, [JSON.stringify(rows)]);
    const due = new Map(rows.map(({ key, asked_at: askedAt }) => [key, { key, dueAt: new Date(askedAt.getTime() + WAITING_REQUEST_MS) }]));
    await schedule(tx, WAITING_REQUEST_DUE, [...due.values()]);
  }
}

async function taken(tx: Tx, statement: Statement, keys: readonly string[]): Promise<WaitingRequest[]> {
  const rows = await tx.query<Row>(statement, [keys]);
  if (rows.length > 0) await schedule(tx, WAITING_REQUEST_DUE, [], rows.map(({ key }) => key));
  return rows.map(toWaiting).sort((a, b) => a.askedAt.getTime() - b.askedAt.getTime());
}

function toRow({ orderKey, storeId, input, askedAt, cause }: WaitingRequest): Row {
  const address = { order_key: orderKey, correlation_id: cause.correlationId, causation_id: cause.causationId, asked_at: askedAt };
  if (input.kind === 'cancel') return { key: `${orderKey} cancel`, request: { kind: 'cancel', storeId, reason: input.reason }, ...address };
  const { kind, reason, refundKey, amount } = input;
  return { key: `${orderKey} refund ${refundKey}`, request: { kind, storeId, reason, refundKey, amount: amount === null ? null : { currency: amount.currency, minor: amount.minor.toString() } }, ...address };
}

function toWaiting({ order_key: orderKey, request, correlation_id: correlationId, causation_id: causationId, asked_at: askedAt }: Row): WaitingRequest {
  const { storeId, reason } = request;
  const address = { orderKey, storeId, askedAt, cause: { correlationId, causationId } };
  if (request.kind === 'cancel') return { ...address, input: { kind: 'cancel', reason, storeId } };
  const { kind, refundKey, amount } = request;
  return { ...address, input: { kind, reason, refundKey, amount: amount === null ? null : money(amount.currency, BigInt(amount.minor)), storeId, now: askedAt } };
}
