import { businessDate } from '@scantill/kernel';
import type { Statement, Tx } from '@scantill/platform';
import type { Heard, HeardBy } from '../core/acknowledgement.js';
import type { LastDeed } from '../core/decide-break.js';
import type { BreakEvent } from '../core/break-life.js';
import type { AcknowledgeMinute } from './acknowledge-minutes.js';
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
const PASSED: Statement = {
  name: 'acknowledgements-passed',
  text: `select distinct chain_id as "chainId", account_id as "accountId", acknowledge_by as "acknowledgeBy" from expectations where order_key = any($1::text[]) and acknowledge_by <= $2`,
};

/** What went back, by a cancel or by refunds that did not bounce, waits for nobody. */
const UNHEARD = `not exists (select from acknowledgements a where a.order_key = e.order_key)
    and not exists (select from expectations c where c.order_key = e.order_key and c.request_id = e.request_id and c.type = 'CANCELLED')
    and e.amount_minor + (select coalesce(sum(r.amount_minor), 0) from expectations r where r.order_key = e.order_key and r.payment_id = e.payment_id and r.type in ('REFUND', 'REFUND_REVERSAL')) > 0`;

const FIND = `select e.business_date::text as date, e.type, e.store_id as "storeId", e.order_key as "orderKey", e.payment_id as "paymentId", e.request_id as "requestId", e.alipay_id as "alipayId",
    e.currency as ours_currency, e.amount_minor as ours_minor, null as theirs_currency, null::bigint as theirs_minor, 1 as copy, null as file_id, null::int as line, null as raw, e.event_id as "eventId"
  from expectations e where e.account_id = $1 and e.acknowledge_by = $2 and e.request_id > $3 and ${UNHEARD}
  order by e.request_id limit ${PAGE_ROWS_MAX}`;

/** Breaks of the minute that a look at it did not find again. */
const ENDED = `select ${COLUMNS}, h.by as heard_by, h.heard_at, coalesce(h.event_id, g.event_id) as shown_by,
    (select y.action from break_history y where y.break_id = b.id and y.by_name = '${RECONCILIATION.name}' and y.by_kind = '${RECONCILIATION.kind}' order by y.number desc limit 1) as last_action
  from expectations e join breaks b on b.order_key = e.order_key and b.request_id = e.request_id and b.kind = 'never-acknowledged' and b.status <> 'resolved'
    left join lateral (select a.by, a.heard_at, a.event_id from acknowledgements a where a.order_key = e.order_key order by a.heard_at limit 1) h on true
    left join lateral (select r.event_id from expectations r where r.order_key = e.order_key and r.payment_id = e.payment_id and r.type in ('CANCELLED', 'REFUND') order by r.recorded_at desc limit 1) g on true
  where e.account_id = $1 and e.acknowledge_by = $2 and b.id > $3 and not exists (select from found n where n.id = b.id)
  order by b.id limit ${PAGE_ROWS_MAX} for update of b`;

/** Who has heard of what was paid. */
export class AcknowledgementRepository {
  /** The first of a day stands. */
  async keep(tx: Tx, heard: readonly Heard[]): Promise<void> {
    await tx.query(KEEP, [JSON.stringify(heard.map(({ orderKey, by, at, eventId }) => ({ order_key: orderKey, heard_on: businessDate(at), by, heard_at: at, event_id: eventId })))]);
  }

  /** The minutes by which these orders had to be heard of, where they are over. */
  async passed(tx: Tx, orderKeys: readonly string[], now: Date): Promise<AcknowledgeMinute[]> {
    return tx.query<AcknowledgeMinute>(PASSED, [[...new Set(orderKeys)], now]);
  }

  /** What was to be heard of by that minute, and was not. */
  async *unheard(bulk: Bulk, { accountId, acknowledgeBy }: AcknowledgeMinute): AsyncGenerator<Difference[]> {
    for (let after = ''; ;) {
      const rows = await bulk.query<DifferenceRow>(FIND, [accountId, acknowledgeBy, after]);
      const last = rows.at(-1)?.requestId;
      if (last === undefined || last === null) return;
      after = last;
      yield rows.map(toDifference);
    }
  }

  async *ended(bulk: Bulk, { accountId, acknowledgeBy }: AcknowledgeMinute): AsyncGenerator<EndedBreak[]> {
    for (let after = ''; ;) {
      const rows = await bulk.query<BreakRow & { heard_by: HeardBy | null; heard_at: Date | null; shown_by: string | null; last_action: BreakEvent['kind'] | null }>(ENDED, [accountId, acknowledgeBy, after]);
      const last = rows.at(-1);
      if (last === undefined) return;
      after = last.id;
      yield rows.map(({ heard_by: by, heard_at: at, shown_by: eventId, last_action, ...row }) => ({
        before: toBreak(row), heard: by === null || at === null ? null : { by, at }, eventId, lastByMatching: last_action === null ? null : { kind: last_action, text: null },
      }));
    }
  }
}
