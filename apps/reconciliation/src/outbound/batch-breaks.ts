import type { BreakEvent } from '../core/break-life.js';
import type { RowBreak } from '../core/batch-finding.js';
import type { LastDeed } from '../core/decide-break.js';
import { TOTAL } from '../core/summary.js';
import type { Span } from './batch.reader.js';
import { RECONCILIATION } from './break-history.js';
import { COLUMNS, toBreak, type Break, type BreakRow } from './break-row.js';
import type { Bulk } from './bulk.js';
import { settledAlike } from './day-lines.js';

const PAGE_ROWS_MAX = 1_000;
const ROWS_MAX = 10_000;

/** `ambiguous` is of transactions, too: of pay-outs its type is that of the row that says them. */
const GONE = `select ${COLUMNS},
    (select h.action from break_history h where h.break_id = b.id and h.by_name = '${RECONCILIATION.name}' and h.by_kind = '${RECONCILIATION.kind}' order by h.number desc limit 1) as last_action
  from breaks b
  where b.account_id = $1 and b.status <> 'resolved' and b.business_date between $2::date and $3::date and b.id > $4
    and (b.kind in ('items-differ-from-summary', 'summary-differs-from-bank', 'payout-missing') or b.kind = 'ambiguous' and b.type = '${TOTAL}')
    and not exists (select from found n where n.id = b.id)
  order by b.id limit ${PAGE_ROWS_MAX} for update of b`;

/** What a person accepted is still why the sums differ. */
const OF_ROWS = `select b.id, b.kind, l.batch_id as "batchId", l.type
  from breaks b join settled_lines l on ${settledAlike('l', 'b')} and l.file_id = b.file_id and l.line = b.line
  where b.account_id = $1 and b.file_id = any($2::uuid[]) and b.caused_by is null and (b.status <> 'resolved' or b.resolution = 'approval')
  order by b.id limit ${ROWS_MAX}`;

/** Breaks of batches and pay-outs, and those of rows that may be why. */
export class BatchBreaks {
  /** Those of these days that the comparison under way did not find again. */
  async *gone(bulk: Bulk, accountId: string, { from, to }: Span): AsyncGenerator<{ readonly gone: Break; readonly lastByMatching: LastDeed }[]> {
    for (let after = ''; ;) {
      const rows = await bulk.query<BreakRow & { last_action: BreakEvent['kind'] | null }>(GONE, [accountId, from, to, after]);
      const last = rows.at(-1);
      if (last === undefined) return;
      after = last.id;
      yield rows.map(({ last_action, ...row }) => ({ gone: toBreak(row), lastByMatching: last_action === null ? null : { kind: last_action, text: null } }));
    }
  }

  /** @param itemFileIds the settlement files in force that batches consist of */
  async ofRows(bulk: Bulk, accountId: string, itemFileIds: readonly string[]): Promise<RowBreak[]> {
    return itemFileIds.length === 0 ? [] : bulk.query<RowBreak>(OF_ROWS, [accountId, itemFileIds]);
  }
}
