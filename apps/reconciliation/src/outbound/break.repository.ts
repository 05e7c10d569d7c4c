import { appendEvents, type Statement, type Tx } from '@scantill/platform';
import { evolve, type Actor, type BreakEvent, type Evidence } from '../core/break-life.js';
import type { LastDeed } from '../core/decide-break.js';
import { RECONCILIATION, toHistoryRow } from './break-history.js';
import { COLUMNS, SAVE_ROWS, toBreak, toRow, type Break, type BreakRow } from './break-row.js';
import type { Bulk } from './bulk.js';
import { settledAlike } from './day-lines.js';
import { announces, toBreakRow, type Occasion } from './reconciliation-events.js';

/** What was decided of a break. A new one begins with version 0 and without a history. */
export interface BreakChange {
  readonly before: Break;
  readonly events: readonly BreakEvent[];
}

/** A break that matching looked for and did not find, with what shows why. */
export interface GoneBreak {
  readonly gone: Break;
  readonly evidence: Evidence;
  readonly lastByMatching: LastDeed;
}

const PAGE_ROWS_MAX = 1_000;

/** The kinds that each comparison looks for; no other is touched by not finding it. */
const KINDS_OF = {
  transactions: [
    'missing-at-alipay', 'missing-with-us', 'amount-differs', 'currency-differs', 'duplicate-line', 'wrong-day', 'wrong-store', 'ambiguous', 'unknown-type', 'two-payments-one-order',
    'paid-after-cancel', 'refund-not-ours', 'refund-exceeds-paid', 'cancelled-here-paid-there', 'refund-reversed',
  ],
  settlement: ['missing-with-us', 'amount-differs', 'currency-differs', 'duplicate-line', 'unknown-type', 'refund-reversed', 'fee-differs', 'fx-differs', 'net-differs'],
  payout: ['late'],
} as const;
/** What was looked at: all that an account has, or one day of it. */
export interface Compared {
  readonly accountId: string;
  readonly comparison: keyof typeof KINDS_OF;
  readonly date: string | null;
}

/** Not prepared: a plan made while there are few breaks would read them all for ever. */
const KNOWN = `select ${COLUMNS} from breaks b where b.id = any($1::text[]) order by b.id for update`;
const ONE: Statement = { name: 'breaks-one', text: `select ${COLUMNS} from breaks b where b.id = $1 and b.chain_id = $2 for update` };
const LOCK_FILES: Statement = { name: 'breaks-lock-files', text: `select pg_advisory_xact_lock(hashtextextended('breaks of files ' || $1, 0))` };
const SAVE: Statement = { name: 'breaks-save', text: SAVE_ROWS };
const ADD_HISTORY: Statement = {
  name: 'breaks-add-history',
  text: `insert into break_history (break_id, number, at, by_kind, by_name, action, text, details)
    select break_id, number, at, by_kind, by_name, action, text, details
    from json_to_recordset($1::json) as x(break_id text, number int, at timestamptz, by_kind text, by_name text, action text, text text, details jsonb) order by break_id, number`,
};
const LAST_DEED: Statement = {
  name: 'breaks-last-deed',
  text: 'select action as kind, text from break_history where break_id = $1 and by_kind = $2 and by_name = $3 order by number desc limit 1',
};
const BEGIN = 'create temp table found (id text primary key) on commit drop';
const BEGIN_AGAIN = 'drop table if exists found';
const NOTE = 'insert into found select unnest($1::text[]) on conflict do nothing';

/**
 * Breaks of an account that a comparison had found before, and did not find this time. Those of settlement files have a line of one as
 * their evidence. What shows that it is gone: the line that was found for the
 * expectation, or the file in which the difference is not any more.
 */
const GONE = `select ${COLUMNS}, coalesce(paid.file_id, m.file_id, f.id) as shown_by, coalesce(paid.line, m.line) as shown_in_line,
    (select h.action from break_history h where h.break_id = b.id and h.by_name = '${RECONCILIATION.name}' and h.by_kind = '${RECONCILIATION.kind}' order by h.number desc limit 1) as last_action
  from breaks b
    left join files own on own.id = b.file_id
    left join links m on m.request_id = b.request_id and m.type = b.type
    left join lateral (select l.file_id, l.line from settled_lines l join files x on x.id = l.file_id and x.status = 'in-force' where b.kind = 'late' and ${settledAlike('l', 'b')}
      and l.account_id = b.account_id order by l.business_date, l.line limit 1) paid on true
    left join lateral (select id from files x where x.account_id = b.account_id and x.business_date = b.business_date and x.status = 'in-force' order by x.report desc, x.sequence limit 1) f on true
  where b.account_id = $1 and b.status <> 'resolved' and b.kind = any($2::text[]) and b.id > $3 and not exists (select from found n where n.id = b.id)
    and coalesce(own.report, 'transaction-items') = $4 and b.type <> 'TOTAL' and ($5::date is null or b.business_date = $5::date)
  order by b.id limit ${PAGE_ROWS_MAX} for update of b`;

/** Breaks as they are decided about: locked, changed, and told of in the same transaction. */
export class BreakRepository {
  async known(bulk: Bulk, ids: readonly string[]): Promise<ReadonlyMap<string, Break>> {
    const rows = await bulk.query<BreakRow>(KNOWN, [ids]);
    return new Map(rows.map((row) => [row.id, toBreak(row)]));
  }

  /** A table for what the matching under way finds; it ends with the transaction. */
  async begin(bulk: Bulk): Promise<void> {
    await bulk.query(BEGIN_AGAIN);
    await bulk.query(BEGIN);
  }

  /** These were found by the matching under way. */
  async note(bulk: Bulk, ids: readonly string[]): Promise<void> {
    await bulk.query(NOTE, [ids]);
  }

  async *gone(bulk: Bulk, { accountId, comparison, date }: Compared): AsyncGenerator<GoneBreak[]> {
    for (let after = ''; ;) {
      const rows = await bulk.query<BreakRow & { shown_by: string | null; shown_in_line: number | null; last_action: BreakEvent['kind'] | null }>(
        GONE, [accountId, KINDS_OF[comparison], after, comparison === 'settlement' ? 'settlement-items' : 'transaction-items', date],
      );
      const last = rows.at(-1);
      if (last === undefined) return;
      after = last.id;
      yield rows.map(({ shown_by, shown_in_line, last_action, ...row }) => ({
        gone: toBreak(row), evidence: { fileId: shown_by, line: shown_in_line }, lastByMatching: last_action === null ? null : { kind: last_action, text: null },
      }));
    }
  }

  /** Another chain's break is not there. */
  async lock(tx: Tx, chainId: string, id: string): Promise<Break | undefined> {
    const [row] = await tx.query<BreakRow>(ONE, [id, chainId]);
    return row === undefined ? undefined : toBreak(row);
  }

  /** One at a time finds breaks of an account's files, until the transaction ends. */
  async lockFiles(tx: Tx, accountId: string): Promise<void> {
    await tx.query(LOCK_FILES, [accountId]);
  }

  async lastDeed(tx: Tx, id: string, { kind, name }: Actor): Promise<LastDeed> {
    const [deed] = await tx.query<{ kind: BreakEvent['kind']; text: string | null }>(LAST_DEED, [id, kind, name]);
    return deed ?? null;
  }

  /** Writes what became of them, their history, and the news. Returns those that changed, as they are now. */
  async save(tx: Tx, changes: readonly BreakChange[], by: Actor, occasion: Occasion): Promise<Break[]> {
    const changed = changes.filter(({ events }) => events.length > 0).map((change) => ({ ...change, after: after(change, occasion.at) }));
    if (changed.length === 0) return [];
    await tx.query(SAVE, [JSON.stringify(changed.map((each) => toRow(each.after)))]);
    const entries = changed.flatMap(({ before, events }) => events.map((event, index) => toHistoryRow(before.id, before.life.entries + index + 1, event, { by, at: occasion.at })));
    await tx.query(ADD_HISTORY, [JSON.stringify(entries)]);
    await appendEvents(tx, changed.filter(({ events }) => events.some(announces)).map((each) => toBreakRow(each.after, occasion)));
    return changed.map((each) => each.after);
  }
}

/** The version counts what others are told, so that they see no gap. */
function after({ before, events }: BreakChange, at: Date): Break {
  const life = events.reduce(evolve, before.life);
  const [wasResolved, isResolved] = [before.life, life].map(({ stage }) => stage.status === 'resolved');
  return {
    ...before, life,
    sequence: before.sequence + events.filter(announces).length,
    openedAt: wasResolved && !isResolved ? at : before.openedAt,
    resolvedAt: isResolved ? before.resolvedAt ?? at : null,
  };
}
