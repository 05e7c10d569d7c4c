import type { BreakEvent } from '../core/break-life.js';
import type { LastDeed } from '../core/decide-break.js';
import type { TillDay, TillDiffers, TillSide } from '../core/till-day.js';
import { RECONCILIATION } from './break-history.js';
import { COLUMNS, toBreak, type Break, type BreakRow } from './break-row.js';
import type { Bulk } from './bulk.js';
import type { Difference } from './day-matching.js';
import type { ClosingInForce } from './till-closing.repository.js';

/** A day has a handful at most. */
const ROWS_MAX = 10_000;

/** As Alipay's files call what is added up. */
const TYPES = { sales: 'PAYMENT', refunds: 'REFUND' } as const satisfies Record<TillSide, string>;

const GONE = `select ${COLUMNS},
    (select h.action from break_history h where h.break_id = b.id and h.by_name = '${RECONCILIATION.name}' and h.by_kind = '${RECONCILIATION.kind}' order by h.number desc limit 1) as last_action
  from breaks b join json_to_recordset($2::json) as d("storeId" text, date date) on b.store_id = d."storeId" and b.business_date = d.date
  where b.account_id = $1 and b.status <> 'resolved' and b.kind = 'till-differs' and not exists (select from found n where n.id = b.id)
  order by b.id limit ${ROWS_MAX} for update of b`;

/** Breaks of trading days. */
export class TillBreaks {
  /** Those of these days that the comparison under way did not find again. */
  async gone(bulk: Bulk, accountId: string, days: readonly TillDay[]): Promise<{ readonly gone: Break; readonly lastByMatching: LastDeed }[]> {
    const rows = await bulk.query<BreakRow & { last_action: BreakEvent['kind'] | null }>(GONE, [accountId, JSON.stringify(days)]);
    return rows.map(({ last_action, ...row }) => ({ gone: toBreak(row), lastByMatching: last_action === null ? null : { kind: last_action, text: null } }));
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
