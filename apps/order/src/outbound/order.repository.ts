import type { Result } from '@scantill/kernel';
import { ok } from '@scantill/kernel';
import { appendedCte, dueRows, endedCte, RaceLost, scheduledCte, type Cause, type Database, type DueWork, type OutboxRow, type Statement, type Tx } from '@scantill/platform';
import type { OrderInput, OrderRejected } from '../core/decide-order.js';
import { evolve, hasEnded, type Order, type OrderEvent } from '../core/order.js';
import { toOrderRow } from './order-events.js';
import { findRefunds, lockRefunds, writeRefunds } from './order-refunds.js';
import { toChangedRow, toNewRow, toOrder, type OrderRow } from './order-row.js';

/** An input on its way to one order, and what caused it. */
export interface Asked {
  readonly key: string;
  readonly input: OrderInput;
  readonly at: Date;
  readonly cause: Cause;
}

/** The state after one input, or why it was refused and of which order, if there is one; the position is that of the input. */
export type Outcome = Result<Order, OrderRejected> & { readonly changed: boolean; readonly order: Order | undefined };

export type Decide = (order: Order | undefined, input: OrderInput) => Result<readonly OrderEvent[], OrderRejected>;

export const ORDER_DUE = 'order';

const LOCK: Statement = { name: 'orders-lock', text: 'select * from orders where key = any($1::text[]) order by key for update' };
const LOCK_ONLY: Statement = { name: 'orders-lock-only', text: 'select from orders where key = any($1::text[]) order by key for update' };
const NEWS: Statement = {
  name: 'orders-news',
  text: `select * from orders where key = any($1::text[]) and status <> 'cancelling' and (status <> 'awaiting-code' or (state->>'isDelayed')::boolean)`,
};

const WRITE: Statement = {
  name: 'orders-write',
  text: `with inserted as (
      insert into orders (key, chain_id, order_id, store_id, till_id, amount_minor, currency, content_hash, content, status, sequence, state, attention, placed_at, valid_until, deadline_at, paid_at, since)
      select key, chain_id, order_id, store_id, till_id, amount_minor, currency, content_hash, content, status, sequence, state, attention, placed_at, valid_until, deadline_at, paid_at, since
      from json_to_recordset($1::json) as n(key text, chain_id text, order_id text, store_id text, till_id text, amount_minor bigint, currency text, content_hash text, content jsonb,
        status text, sequence int, state jsonb, attention text, placed_at timestamptz, valid_until timestamptz, deadline_at timestamptz, paid_at timestamptz, since timestamptz)
      order by key on conflict (key) do nothing returning key),
    updated as (
      update orders o set status = c.status, sequence = c.sequence, state = c.state, attention = c.attention, paid_at = c.paid_at, since = c.since,
        refunded_minor = c.refunded_minor, refunding_minor = c.refunding_minor, refund_count = c.refund_count
      from json_to_recordset($2::json) as c(key text, status text, sequence int, state jsonb, attention text, paid_at timestamptz, since timestamptz,
        refunded_minor bigint, refunding_minor bigint, refund_count int)
      where o.key = any($3::text[]) and o.key = c.key),
    ${scheduledCte('$4', '$5')},
    ${endedCte('$4', '$6')},
    ${appendedCte('$7')}
    select count(*)::int as inserted from inserted`,
};

interface Folded {
  readonly before: Order | undefined;
  order: Order | undefined;
  sequence: number;
  changed: boolean;
}

/** Owns lock and transaction order; the decision is given and cannot wait for anything. */
export class OrderRepository {
  constructor(private readonly database: Database) {}

  /** For whoever changes orders in several steps; all at once, in the order in which everybody locks them. */
  async lock(tx: Tx, keys: readonly string[]): Promise<void> {
    await tx.query(LOCK_ONLY, [[...new Set(keys)]]);
  }

  /** Locks the orders of all inputs, folds each one's inputs in order through the decision, writes rows, due work and events. */
  async change(tx: Tx, asked: readonly Asked[], decide: Decide): Promise<Outcome[]> {
    const keys = [...new Set(asked.map((each) => each.key))].sort();
    const rows = await tx.query<OrderRow>(LOCK, [keys]);
    const refunds = await lockRefunds(tx, rows);
    const folded = new Map<string, Folded>(keys.map((key) => [key, { before: undefined, order: undefined, sequence: 0, changed: false }]));
    for (const row of rows) {
      const order = toOrder(row, refunds.get(row.key));
      folded.set(row.key, { before: order, order, sequence: row.sequence, changed: false });
    }
    const outbox: OutboxRow[] = [];
    const outcomes = asked.map((each) => fold(folded.get(each.key)!, each, decide, outbox));
    await this.write(tx, folded, outbox);
    return outcomes;
  }

  /** Those of the given orders that somebody who waits may want to hear of; no lock. */
  async findNews(keys: readonly string[]): Promise<Order[]> {
    const rows = await this.database.query<OrderRow>(NEWS, [keys]);
    const refunds = await findRefunds(this.database, rows);
    return rows.map((row) => toOrder(row, refunds.get(row.key)));
  }

  private async write(tx: Tx, folded: ReadonlyMap<string, Folded>, outbox: readonly OutboxRow[]): Promise<void> {
    const changed = [...folded.values()].flatMap(({ before, order, sequence, changed: isChanged }) => (isChanged && order !== undefined ? [{ before, order, sequence }] : []));
    if (changed.length === 0) return;
    const fresh = changed.filter(({ before }) => before === undefined);
    const known = changed.filter(({ before }) => before !== undefined);
    const due = fresh.filter(({ order }) => !hasEnded(order)).map(({ order }): DueWork => ({ key: order.key, dueAt: order.deadlineAt }));
    const ended = known.filter(({ order }) => hasEnded(order)).map(({ order }) => order.key);
    const [answer] = await tx.query<{ inserted: number }>(WRITE, [
      JSON.stringify(fresh.map(({ order, sequence }) => toNewRow(order, sequence))),
      JSON.stringify(known.map(({ order, sequence }) => toChangedRow(order, sequence))),
      known.map(({ order }) => order.key),
      ORDER_DUE, dueRows(due), ended,
      JSON.stringify(outbox),
    ]);
    if (answer?.inserted !== fresh.length) throw new RaceLost('another instance placed the same order');
    await writeRefunds(tx, known.flatMap(changedRefunds));
  }
}

function changedRefunds({ before, order }: { readonly before: Order | undefined; readonly order: Order }) {
  const old = new Set(before?.refunds);
  return order.refunds.filter((refund) => !old.has(refund)).map((refund) => ({ orderKey: order.key, refund }));
}

function fold(state: Folded, { input, at, cause }: Asked, decide: Decide, outbox: OutboxRow[]): Outcome {
  const decided = decide(state.order, input);
  if (!decided.ok) return { ...decided, changed: false, order: state.order };
  for (const event of decided.value) {
    state.order = evolve(state.order, event, at);
    state.changed = true;
    const row = toOrderRow(state.order, event, { sequence: state.sequence + 1, at, cause });
    if (row === undefined) continue;
    state.sequence += 1;
    outbox.push(row);
  }
  return { ...ok(state.order!), changed: decided.value.length > 0, order: state.order };
}
