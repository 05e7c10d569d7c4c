import type { Database, OutboxRow, Statement, Tx } from '@scantill/platform';
import { appendEvents } from '@scantill/platform';
import { webhookBody, type Told } from '../core/told.js';
import type { Delivery, Verdict } from '../core/delivery.js';

/** Due work of one endpoint: kind `webhook/<endpoint>`, key `<chain>:<order>`. Endpoints never queue behind each other. */
export const WEBHOOK_DUE = 'webhook/';

/** A message for one endpoint. */
export interface WebhookDelivery extends Delivery {
  readonly id: bigint;
  readonly endpointId: string;
  readonly chainId: string;
  readonly orderId: string;
  readonly storeId: string;
  readonly eventId: string;
  readonly eventType: string;
  readonly correlationId: string;
  readonly body: string;
}

/** How many more requests an endpoint may be sent now. */
export interface Room {
  readonly endpointId: string;
  readonly free: number;
}

export interface Settlement {
  readonly delivery: WebhookDelivery;
  readonly verdict: Verdict;
  readonly at: Date;
}

/**
 * A message behind others of its order waits for its turn: their date stands. The row is written all the same, because its lock
 * makes us wait for whoever is just about to find that nothing is left to send.
 */
const APPEND: Statement = {
  name: 'deliveries-append',
  text: `with d as (select * from json_to_recordset($1::json) as d(position int, endpoint_id text, chain_id text, order_id text, store_id text,
        event_id text, event_type text, correlation_id text, body text)),
    appended as (
      insert into webhook_deliveries (endpoint_id, chain_id, order_id, store_id, event_id, event_type, correlation_id, body, created_at)
      select endpoint_id, chain_id, order_id, store_id, event_id, event_type, correlation_id, body, $2::timestamptz from d order by position)
    insert into due_work (kind, key, due_at)
    select distinct $3 || endpoint_id, chain_id || ':' || order_id, $2::timestamptz from d order by 1, 2
    on conflict (kind, key) do update set due_at = due_work.due_at`,
};

const CLAIM: Statement = {
  name: 'deliveries-claim',
  text: `with due as (
      select w.kind, w.key from json_to_recordset($1::json) as room(kind text, free int)
      cross join lateral (
        select kind, key from due_work where kind = room.kind and due_at <= $2 and (leased_until is null or leased_until < now())
        order by due_at, key limit room.free for update skip locked) w)
    update due_work w set leased_until = now() + $3 * interval '1 ms', attempts = w.attempts + 1 from due
    where w.kind = due.kind and w.key = due.key returning w.kind, w.key`,
};

/** Read after the claim, in a snapshot of its own: what was settled a moment before must not be sent again. */
const NEXT: Statement = {
  name: 'deliveries-next',
  text: `select d.* from json_to_recordset($1::json) as k(endpoint_id text, chain_id text, order_id text)
    cross join lateral (
      select id, endpoint_id as "endpointId", chain_id as "chainId", order_id as "orderId", store_id as "storeId", event_id as "eventId",
        event_type as "eventType", correlation_id as "correlationId", body, attempts, created_at as "createdAt"
      from webhook_deliveries where endpoint_id = k.endpoint_id and chain_id = k.chain_id and order_id = k.order_id and status = 'waiting'
      order by id limit 1) d`,
};

const LOCK: Statement = {
  name: 'deliveries-lock',
  text: `select w.key from json_to_recordset($1::json) as k(kind text, key text) join due_work w on w.kind = k.kind and w.key = k.key
    order by w.kind, w.key for update of w`,
};

/** Only what still waits where we left it: after a lost lease somebody else may have settled it. */
const SETTLE: Statement = {
  name: 'deliveries-settle',
  text: `update webhook_deliveries d set status = s.status, attempts = d.attempts + 1, last_problem = s.problem, ended_at = s.ended_at
    from json_to_recordset($1::json) as s(id bigint, attempts int, status text, problem text, ended_at timestamptz)
    where d.id = any($2::bigint[]) and d.id = s.id and d.status = 'waiting' and d.attempts = s.attempts returning d.id`,
};

/** The next message of the order is due at once, the same one at its new date; without either the work ends. */
const RELEASE: Statement = {
  name: 'deliveries-release',
  text: `with k as (
      select k.*, exists (select 1 from webhook_deliveries d where d.endpoint_id = k.endpoint_id and d.chain_id = k.chain_id and d.order_id = k.order_id
        and d.status = 'waiting') as is_waiting
      from json_to_recordset($1::json) as k(kind text, key text, endpoint_id text, chain_id text, order_id text, due_at timestamptz)),
    ended as (delete from due_work w using k where w.kind = k.kind and w.key = k.key and not k.is_waiting)
    update due_work w set due_at = k.due_at, leased_until = null from k where w.kind = k.kind and w.key = k.key and k.is_waiting`,
};

export class DeliveryRepository {
  constructor(private readonly database: Database) {}

  /** `told` beside each endpoint that wants it, in order. */
  async append(tx: Tx, messages: readonly { readonly endpointId: string; readonly told: Told & { readonly orderId: string } }[], at: Date): Promise<void> {
    const rows = messages.map(({ endpointId, told }, position) => ({
      position, endpoint_id: endpointId, chain_id: told.chainId, order_id: told.orderId, store_id: told.storeId,
      event_id: told.eventId, event_type: told.type, correlation_id: told.correlationId, body: webhookBody(told),
    }));
    await tx.query(APPEND, [JSON.stringify(rows), at, WEBHOOK_DUE]);
  }

  /** For each endpoint with room the messages whose time has come, at most one per order; they are ours for `leaseMs`. */
  async claim(rooms: readonly Room[], now: Date, leaseMs: number): Promise<WebhookDelivery[]> {
    const wanted = rooms.map(({ endpointId, free }) => ({ kind: WEBHOOK_DUE + endpointId, free }));
    const claimed = await this.database.query<{ kind: string; key: string }>(CLAIM, [JSON.stringify(wanted), now, leaseMs]);
    if (claimed.length === 0) return [];
    const keys = claimed.map(({ kind, key }) => {
      const colon = key.indexOf(':');
      return { endpoint_id: kind.slice(WEBHOOK_DUE.length), chain_id: key.slice(0, colon), order_id: key.slice(colon + 1) };
    });
    return this.database.query<WebhookDelivery>(NEXT, [JSON.stringify(keys)]);
  }

  /** Writes what became of the requests. Returns those that were still ours to settle. */
  async settle(tx: Tx, settlements: readonly Settlement[]): Promise<Settlement[]> {
    const keys = settlements.map(({ delivery, verdict, at }) => ({
      ...dueKey(delivery), endpoint_id: delivery.endpointId, chain_id: delivery.chainId, order_id: delivery.orderId,
      due_at: verdict.status === 'waiting' ? verdict.nextAt : at,
    }));
    await tx.query(LOCK, [JSON.stringify(keys)]);
    const rows = settlements.map(({ delivery, verdict, at }) => ({
      id: delivery.id.toString(), attempts: delivery.attempts, status: verdict.status,
      problem: verdict.status === 'delivered' ? null : verdict.problem, ended_at: verdict.status === 'waiting' ? null : at,
    }));
    const settled = await tx.query<{ id: bigint }>(SETTLE, [JSON.stringify(rows), rows.map((row) => row.id)]);
    const ids = new Set(settled.map((row) => row.id));
    await tx.query(RELEASE, [JSON.stringify(keys.filter((_, index) => ids.has(settlements[index]!.delivery.id)))]);
    return settlements.filter(({ delivery }) => ids.has(delivery.id));
  }

  async announce(tx: Tx, rows: readonly OutboxRow[]): Promise<void> {
    await appendEvents(tx, rows);
  }
}

function dueKey({ endpointId, chainId, orderId }: WebhookDelivery): { kind: string; key: string } {
  return { kind: WEBHOOK_DUE + endpointId, key: `${chainId}:${orderId}` };
}
