import { schedule, type Cause, type Statement, type Tx } from '@scantill/platform';

export interface WaitingCancel {
  readonly key: string;
  readonly storeId: string;
  readonly reason: string | null;
  readonly askedAt: Date;
  readonly cause: Cause;
}

interface Row {
  readonly order_key: string;
  readonly store_id: string;
  readonly reason: string | null;
  readonly correlation_id: string;
  readonly causation_id: string | null;
  readonly asked_at: Date;
}

export const WAITING_CANCEL_DUE = 'waiting-cancel';
/** How long a cancel waits for an order that is not known yet. */
export const WAITING_CANCEL_MS = 60_000;

const TAKE: Statement = { name: 'waiting-cancels-take', text: 'delete from waiting_cancels where order_key = any($1::text[]) returning *' };
const KEEP: Statement = {
  name: 'waiting-cancels-keep',
  text: `insert into waiting_cancels (order_key, store_id, reason, correlation_id, causation_id, asked_at)
    select key, store_id, reason, correlation_id, causation_id, asked_at
    from json_to_recordset($1::json) as c(key text, store_id text, reason text, correlation_id text, causation_id text, asked_at timestamptz) order by key
    on conflict (order_key) do nothing`,
};

export class WaitingCancelRepository {
  /** Removes and returns what waits for these orders. */
  async take(tx: Tx, keys: readonly string[]): Promise<WaitingCancel[]> {
    const rows = await tx.query<Row>(TAKE, [keys]);
    if (rows.length > 0) await schedule(tx, WAITING_CANCEL_DUE, [], rows.map((row) => row.order_key));
    return rows.map((row) => ({
      key: row.order_key, storeId: row.store_id, reason: row.reason, askedAt: row.asked_at,
      cause: { correlationId: row.correlation_id, causationId: row.causation_id },
    }));
  }

  async keep(tx: Tx, cancels: readonly WaitingCancel[]): Promise<void> {
    const rows = cancels.map(({ key, storeId, reason, askedAt, cause }) => ({ key, store_id: storeId, reason, correlation_id: cause.correlationId, causation_id: cause.causationId, asked_at: askedAt.toISOString() }));
    await tx.query(KEEP, [JSON.stringify(rows)]);
    await schedule(tx, WAITING_CANCEL_DUE, cancels.map(({ key, askedAt }) => ({ key, dueAt: new Date(askedAt.getTime() + WAITING_CANCEL_MS) })));
  }
}
