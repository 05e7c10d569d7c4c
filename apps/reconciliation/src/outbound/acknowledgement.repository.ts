import { businessDate } from '@scantill/kernel';
import type { Statement, Tx } from '@scantill/platform';
import type { Heard, HeardBy } from '../core/acknowledgement.js';
import { addDays } from '../core/calendar.js';
import type { LastDeed } from '../core/decide-break.js';
import type { BreakEvent } from '../core/break-life.js';
import { soonFrom, type AcknowledgeMinute } from './acknowledge-minutes.js';
import { RECONCILIATION } from './break-history.js';
import { COLUMNS, toBreak, type Break, type BreakRow } from './break-row.js';
import type { Bulk } from './bulk.js';
import { toDifference, type Difference, type DifferenceRow } from './day-matching.js';

/** A break that is none any more, and how the order was heard of; null where the money went back. */
export interface EndedBreak {
  readonly before: Break;
  readonly heard: Pick<Heard, 'by' | 'at'> | null;
  readonly eventId: string | null;
  readonly lastByMatching: LastDeed;
}

const PAGE_ROWS_MAX = 1_000;

const KEEP: Statement = {
  name: 'acknowledgements-keep',
  text: `insert into acknowledgements (order_key, heard_on, by, heard_at, event_id)
    select order_key, heard_on, by, heard_at, event_id from json_to_recordset($1::json) as h(order_key text, heard_on date, by text, heard_at timestamptz, event_id text) order by order_key, heard_on
    on conflict (order_key, heard_on) do nothing`,
};
/** A payment that is older than this is looked for only where it is a break: no look at its minute is under way. */
const LOOKED_AT_WITHIN_DAYS = 45;
const PASSED: Statement = {
  name: 'acknowledgements-passed',
  text: `select chain_id as "chainId", account_id as "accountId", acknowledge_by as "acknowledgeBy" from expectations where order_key = any($1::text[]) and acknowledge_by <= $2 and business_date >= $3::date
    union select e.chain_id, e.account_id, e.acknowledge_by from breaks b join expectations e on e.order_key = b.order_key and e.request_id = b.request_id and e.business_date = b.business_date
      where b.order_key = any($1::text[]) and b.kind = 'never-acknowledged' and b.status <> 'resolved' and e.acknowledge_by <= $2`,
};

/** The seven days that a chain may take at most, and what clocks differ by: nothing of an order is older than this when it must have been heard of. */
const DAYS_BEFORE = 9;

/**
 * Payments of one minute, once for all pages. What went back, by a cancel or by refunds that did not bounce, waits for nobody. Of an order's payments only the first
 * that stayed with it is one that anybody can hear of: a second one sets the order's attention, and is told to nobody as paid.
 */
const AWAITED = `create temp table awaited (request_id text primary key, payment_id text not null, order_key text not null, business_date date not null, is_unheard boolean not null default false) on commit drop`;
const AWAIT = `insert into awaited (request_id, payment_id, order_key, business_date)
  select request_id, payment_id, order_key, business_date from expectations where account_id = $1 and acknowledge_by = $2 and business_date >= $3::date`;
const MARK = `update awaited w set is_unheard = true
  from expectations e where e.request_id = w.request_id and e.type = 'PAYMENT' and e.business_date = w.business_date and e.business_date >= $1::date
    and not exists (select from acknowledgements a where a.order_key = w.order_key and a.heard_on >= $1::date)
    and not exists (select from expectations c where c.order_key = w.order_key and c.request_id = w.request_id and c.type = 'CANCELLED' and c.business_date >= $1::date)
    and e.amount_minor + (select coalesce(sum(r.amount_minor), 0) from expectations r
      where r.order_key = w.order_key and r.payment_id = w.payment_id and r.type in ('REFUND', 'REFUND_REVERSAL') and r.business_date >= $1::date) > 0
    and not exists (select from expectations p where p.order_key = w.order_key and p.type = 'PAYMENT' and p.basis = 'success' and p.business_date >= $1::date
      and (p.recorded_at, p.paid_at, p.request_id) < (e.recorded_at, e.paid_at, e.request_id)
      and not exists (select from expectations g where g.order_key = w.order_key and g.payment_id = p.payment_id and g.basis in ('closed', 'give-back') and g.business_date >= $1::date))`;

const FIND = `select e.business_date::text as date, e.type, e.store_id as "storeId", e.order_key as "orderKey", e.payment_id as "paymentId", e.request_id as "requestId", e.alipay_id as "alipayId",
    e.currency as ours_currency, e.amount_minor as ours_minor, null as theirs_currency, null::bigint as theirs_minor, 1 as copy, null as file_id, null::int as line, null as raw, e.event_id as "eventId"
  from (select * from awaited where is_unheard and request_id > $1 order by request_id limit ${PAGE_ROWS_MAX}) w
    join expectations e on e.request_id = w.request_id and e.type = 'PAYMENT' and e.business_date = w.business_date and e.business_date >= $2::date
  order by e.request_id`;

/** Breaks of the minute that are none any more. */
const ENDED = `select ${COLUMNS}, h.by as heard_by, h.heard_at, coalesce(h.event_id, g.event_id) as shown_by,
    (select y.action from break_history y where y.break_id = b.id and y.by_name = '${RECONCILIATION.name}' and y.by_kind = '${RECONCILIATION.kind}' order by y.number desc limit 1) as last_action
  from (select b.* from awaited w join breaks b on b.order_key = w.order_key and b.request_id = w.request_id and b.kind = 'never-acknowledged' and b.status <> 'resolved'
      where not w.is_unheard and b.id > $1 order by b.id limit ${PAGE_ROWS_MAX} for update of b) b
    left join lateral (select a.by, a.heard_at, a.event_id from acknowledgements a where a.order_key = b.order_key and a.heard_on >= $2::date order by a.heard_at limit 1) h on true
    left join lateral (select r.event_id from expectations r
      where r.order_key = b.order_key and r.payment_id = b.payment_id and r.type in ('CANCELLED', 'REFUND') and r.business_date >= $2::date order by r.recorded_at desc limit 1) g on true
  order by b.id`;

/** Who has heard of what was paid. */
export class AcknowledgementRepository {
  /** The first of a day stands. */
  async keep(tx: Tx, heard: readonly Heard[]): Promise<void> {
    await tx.query(KEEP, [JSON.stringify(heard.map(({ orderKey, by, at, eventId }) => ({ order_key: orderKey, heard_on: businessDate(at), by, heard_at: at, event_id: eventId })))]);
  }

  /** The minutes by which these orders had to be heard of, where they are over or nearly so. */
  async passed(tx: Tx, orderKeys: readonly string[], now: Date): Promise<AcknowledgeMinute[]> {
    return tx.query<AcknowledgeMinute>(PASSED, [[...new Set(orderKeys)], soonFrom(now), addDays(businessDate(now), -LOOKED_AT_WITHIN_DAYS)]);
  }

  /** Begins the look at a minute: what was to be heard of by then, and whether somebody has. */
  async begin(bulk: Bulk, minute: AcknowledgeMinute): Promise<void> {
    const since = sinceOf(minute);
    await bulk.query(AWAITED);
    await bulk.query(AWAIT, [minute.accountId, minute.acknowledgeBy, since]);
    await bulk.query('analyze awaited');
    await bulk.query(MARK, [since]);
  }

  async *unheard(bulk: Bulk, minute: AcknowledgeMinute): AsyncGenerator<Difference[]> {
    for (let after = ''; ;) {
      const rows = await bulk.query<DifferenceRow>(FIND, [after, sinceOf(minute)]);
      const last = rows.at(-1)?.requestId;
      if (last === undefined || last === null) return;
      after = last;
      yield rows.map(toDifference);
    }
  }

  async *ended(bulk: Bulk, minute: AcknowledgeMinute): AsyncGenerator<EndedBreak[]> {
    for (let after = ''; ;) {
      const rows = await bulk.query<BreakRow & { heard_by: HeardBy | null; heard_at: Date | null; shown_by: string | null; last_action: BreakEvent['kind'] | null }>(ENDED, [after, sinceOf(minute)]);
      const last = rows.at(-1);
      if (last === undefined) return;
      after = last.id;
      yield rows.map(({ heard_by: by, heard_at: at, shown_by: eventId, last_action, ...row }) => ({
        before: toBreak(row), heard: by === null || at === null ? null : { by, at }, eventId, lastByMatching: last_action === null ? null : { kind: last_action, text: null },
      }));
    }
  }
}

/** No row of an older day says anything of the minute, and none of their partitions is read. */
function sinceOf({ acknowledgeBy }: AcknowledgeMinute): string {
  return addDays(businessDate(acknowledgeBy), -DAYS_BEFORE);
}
