import type { BreakEvent } from '../core/break-life.js';
import type { LastDeed } from '../core/decide-break.js';
import type { TillDay, TillDiffers, TillSide } from '../core/till-day.js';
import { RECONCILIATION } from './break-history.js';
import { COLUMNS, toBreak, type Break, type BreakRow } from './break-row.js';
import type { Bulk } from './bulk.js';
import type { Difference } from './day-matching.js';
import type { ClosingInForce } from './till-closing.repository.js';

const PAGE_ROWS_MAX = 1_000;

/** As Alipay's files call what is added up. */
const TYPES = { sales: 'PAYMENT', refunds: 'REFUND' } as const satisfies Record<TillSide, string>;

const GONE = `select ${COLUMNS},
    (select h.action from break_history h where h.break_id = b.id and h.by_name = '${RECONCILIATION.name}' and h.by_kind = '${RECONCILIATION.kind}' order by h.number desc limit 1) as last_action
  from breaks b join (select distinct * from json_to_recordset($2::json) as x("storeId" text, date date)) d on b.store_id = d."storeId" and b.business_date = d.date
  where b.account_id = any($1::text[]) and b.status <> 'resolved' and b.kind = 'till-differs' and b.id > $3 and not exists (select from found n where n.id = b.id)
  order by b.id limit ${PAGE_ROWS_MAX} for update of b`;

/** Breaks of trading days. */
export class TillBreaks {
  /** Those of these days that the comparison under way did not find again. */
  async *gone(bulk: Bulk, accountIds: readonly string[], days: readonly TillDay[]): AsyncGenerator<{ readonly gone: Break; readonly lastByMatching: LastDeed }[]> {
    for (let after = ''; ;) {
      const rows = await bulk.query<BreakRow & { last_action: BreakEvent['kind'] | null }>(GONE, [accountIds, JSON.stringify(days), after]);
      const last = rows.at(-1);
      if (last === undefined) return;
      after = last.id;
      yield rows.map(({ last_action, ...row }) => ({ gone: toBreak(row), lastByMatching: last_action === null ? null : { kind: last_action, text: null } }));
    }
  }
}

/** The date is the store's own, as its people know the day. */
export function toTillDifference({ storeId, date, from, until, eventId }: ClosingInForce, { side, ours, theirs, note }: TillDiffers): Difference {
  return {
    subject: `till ${storeId} ${date} ${ours.currency}`, date, type: TYPES[side], storeId, orderKey: null, paymentId: null, requestId: null, alipayId: null, ours, theirs, copy: 1, file: null, eventId,
    note: `${note}, from ${from.toISOString()} until ${until.toISOString()}`,
  };
}

export function sideOf({ type }: Break): TillSide {
  return type === TYPES.refunds ? 'refunds' : 'sales';
}
