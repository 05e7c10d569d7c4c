import type { Result } from '@scantill/kernel';
import { ok } from '@scantill/kernel';
import { appendedCte, dueRows, endedCte, RaceLost, scheduledCte, type Cause, type Database, type DueWork, type OutboxRow, type Statement, type Tx } from '@scantill/platform';
import type { OrderInput, OrderRejected } from '../core/decide-order.js';
import { evolve, hasEnded, type Order, type OrderEvent } from '../core/order.js';
import { toOrderRow } from './order-events.js';
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
const PAST_WAITING: Statement = { name: 'orders-past-waiting', text: `select * from orders where key = any($1::text[]) and status not in ('awaiting-code', 'cancelling')` };

const WRITE: Statement = {
  name: 'orders-write',
  text: `with inserted as (
      insert into orders (key, chain_id, order_id, store_id, till_id, amount_minor, currency, content_hash, content, status, sequence, state, attention, placed_at, valid_until, deadline_at, paid_at)
      select key, chain_id, order_id, store_id, till_id, amount_minor, currency, content_hash, content, status, sequence, state, attention, placed_at, valid_until, deadline_at, paid_at
      from json_to_recordset($1::json) as n(key text, chain_id text, order_id text, store_id text, till_id text, amount_minor bigint, currency text, content_hash text, content jsonb,
        status text, sequence int, state jsonb, attention text, placed_at timestamptz, valid_until timestamptz, deadline_at timestamptz, paid_at timestamptz)
      order by key on conflict (key) do nothing returning key),
    updated as (
      update orders o set status = c.status, sequence = c.sequence, state = c.state, attention = c.attention, paid_at = c.paid_at
      from json_to_recordset($2::json) as c(key text, status text, sequence int, state jsonb, attention text, paid_at timestamptz)
      where o.key = any($3::text[]) and o.key = c.key),
    ${scheduledCte('$4', '$5')},
    ${endedCte('$4', '$6')},
    ${appendedCte('$7')}
    select count(*)::int as inserted from inserted`,
};

interface Folded {
  order: Order | undefined;
  sequence: number;
  readonly isNew: boolean;
  changed: boolean;
}

/** Owns lock and transaction order; the decision is given and cannot wait for anything. */
export class OrderRepository {
  constructor(private readonly database: Database) {}

  /** Locks the orders of all inputs, folds each one's inputs in order through the decision, writes rows, due work and events. */
  async change(tx: Tx, asked: readonly Asked[], decide: Decide): Promise<Outcome[]> {
    const keys = [...new Set(asked.map((each) => each.key))].sort();
    const rows = await tx.query<OrderRow>(LOCK, [keys]);
    const folded = new Map<string, Folded>(keys.map((key) => [key, { order: undefined, sequence: 0, isNew: true, changed: false }]));
    for (const row of rows) folded.set(row.key, { order: toOrder(row), sequence: row.sequence, isNew: false, changed: false });
    const outbox: OutboxRow[] = [];
    const outcomes = asked.map((each) => fold(folded.get(each.key)!, each, decide, outbox));
    await this.write(tx, folded, outbox);
    return outcomes;
  }

  /** Those of the given orders whose code is there or will never come; no lock. */
  async findPastWaiting(keys: readonly string[]): Promise<Order[]> {
    return (await this.database.query<OrderRow>(PAST_WAITING, [keys])).map(toOrder);
  }

  private async write(tx: Tx, folded: ReadonlyMap<string, Folded>, outbox: readonly OutboxRow[]): Promise<void> {
    const changed = [...folded.values()].flatMap(({ order, sequence, isNew, changed: isChanged }) => (isChanged && order !== undefined ? [{ order, sequence, isNew }] : []));
    if (changed.length === 0) return;
    const fresh = changed.filter(({ isNew }) => isNew);
    const known = changed.filter(({ isNew }) => !isNew);
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
  }
}

function fold(state: Folded, { input, at, cause }: Asked, decide: Decide, outbox: OutboxRow[]): Outcome {
  const decided = decide(state.order, input);
  if (!decided.ok) return { ...decided, changed: false, order: state.order };
  for (const event of decided.value) {
    state.order = evolve(state.order, event);
    state.changed = true;
    const row = toOrderRow(state.order, event, { sequence: state.sequence + 1, at, cause });
    if (row === undefined) continue;
    state.sequence += 1;
    outbox.push(row);
  }
  return { ...ok(state.order!), changed: decided.value.length > 0, order: state.order };
}
