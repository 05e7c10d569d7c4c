import type { Database, Statement, Tx } from '../database.js';

/** Something to look at when its time has come. The key is the aggregate; a new date replaces the old one. */
export interface DueWork {
  readonly key: string;
  readonly dueAt: Date;
  /** Real milliseconds for which this instance takes the work up at once, without a claim. */
  readonly leaseMs?: number;
  /** A call for this is under way elsewhere: its lease stands until its result comes. */
  readonly keepLease?: boolean;
}

/** For a statement that also writes something else. Parameters: the kind, and a JSON array of rows made by `dueRows`. */
export function scheduledCte(kindParameter: string, rowsParameter: string): string {
  return `scheduled as (
    insert into due_work (kind, key, due_at, leased_until)
    select ${kindParameter}, d.key, d.due_at, case when d.keep_lease then '-infinity'::timestamptz else now() + d.lease_ms * interval '1 ms' end
    from json_to_recordset(${rowsParameter}::json) as d(key text, due_at timestamptz, lease_ms int, keep_lease boolean) order by d.key
    on conflict (kind, key) do update set due_at = excluded.due_at, attempts = 0,
      leased_until = case when excluded.leased_until = '-infinity' then due_work.leased_until else excluded.leased_until end)`;
}

/** Parameters: the kind, and an array of keys that need no look any more. */
export function endedCte(kindParameter: string, keysParameter: string): string {
  return `ended as (delete from due_work where kind = ${kindParameter} and key = any(${keysParameter}::text[]))`;
}

export function dueRows(work: readonly DueWork[]): string {
  return JSON.stringify(work.map(({ key, dueAt, leaseMs, keepLease }) => ({ key, due_at: dueAt.toISOString(), lease_ms: leaseMs ?? null, keep_lease: keepLease ?? false })));
}

const END: Statement = { name: 'due-work-end', text: 'delete from due_work where kind = $1 and key = $2 and due_at <= $3' };

/** After the work, and outside of its transaction, where whoever gives a new date would wait for it; one that was given since `startedAt` stands. */
export async function endDueWork(database: Database, kind: string, key: string, startedAt: Date): Promise<void> {
  await database.query(END, [kind, key, startedAt]);
}

const SCHEDULE: Statement = { name: 'due-work-schedule', text: `with ${scheduledCte('$1', '$2')}, ${endedCte('$1', '$3')} select 1 where false` };

/** On its own, where no other row is written in the same step. */
export async function schedule(tx: Tx, kind: string, work: readonly DueWork[], ended: readonly string[] = []): Promise<void> {
  if (work.length + ended.length > 0) await tx.query(SCHEDULE, [kind, dueRows(work), ended]);
}
