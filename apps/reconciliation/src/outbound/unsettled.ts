import type { Bulk } from './bulk.js';
import { hashOf, settledAlike } from './day-lines.js';
import { toDifference, type Difference, type DifferenceRow } from './day-matching.js';
import type { Day } from './file.repository.js';

/** An expectation that is late, and the break that it is a consequence of, if there is one. */
export interface LateExpectation {
  readonly difference: Difference;
  readonly causedBy: string | null;
}

interface LateRow extends DifferenceRow {
  readonly position: number;
  readonly caused_by: string | null;
}

const PAGE_ROWS_MAX = 1_000;

const FORGET = 'drop table if exists late';
const TABLE = `create temp table late (position int generated always as identity primary key, date text, type text, store_id text, order_key text, payment_id text, request_id text, alipay_id text,
  currency text, amount_minor bigint, event_id text, caused_by text) on commit drop`;

/** The one place that says what settled is: a settlement file in force lists it, by Alipay's id or, where that is the payment's, by our request. */
export function settled(e: string): string {
  const paymentId = `(select p.alipay_id from expectations p where ${e}.type = 'REFUND' and p.request_id = ${e}.payment_id and p.type = 'PAYMENT' limit 1)`;
  return `exists (select from settled_lines s join files f on f.id = s.file_id and f.status = 'in-force'
    where s.account_id = ${e}.account_id and s.type = ${e}.type and ${hashOf('s.alipay_id')} = any(array[${hashOf(`${e}.alipay_id`)}, ${hashOf(paymentId)}])
      and (s.alipay_id = ${e}.alipay_id or (s.request_id = ${e}.request_id and s.alipay_id = ${paymentId})))`;
}

/** A payment that a cancel gave back may be left out. One that is missing in a transaction file that is there is late for that reason, and its money is counted there. */
function late(candidates: string): string {
  return `insert into late (date, type, store_id, order_key, payment_id, request_id, alipay_id, currency, amount_minor, event_id, caused_by)
    select e.business_date::text, e.type, e.store_id, e.order_key, e.payment_id, e.request_id, e.alipay_id, e.currency, e.amount_minor, e.event_id, cause.id
    from (${candidates}) e
      left join lateral (select b.id from breaks b where b.order_key = e.order_key and b.kind = 'missing-at-alipay' and b.request_id = e.request_id and b.type = e.type
        and (b.status <> 'resolved' or b.resolution = 'approval') limit 1) cause on true
    where e.type in ('PAYMENT', 'REFUND') and not ${settled('e')}
      and not exists (select from expectations c where e.type = 'PAYMENT' and c.request_id = e.request_id and c.type = 'CANCELLED' and c.basis = 'give-back')
    order by e.request_id, e.type`;
}

const BECAME_LATE = late('select * from expectations where account_id = $1 and late_on = $2::date');
/** Rows of a settlement file that the edition in its place has no more. */
const TAKEN_BACK = `select l.alipay_id, l.type, l.request_id from settled_lines l
  where l.business_date = $2::date and l.file_id in (select id from files where account_id = $1 and report = 'settlement-items' and business_date = $2::date and status = 'superseded')
    and not exists (select from settled_lines o join files f on f.id = o.file_id and f.status = 'in-force'
      where o.account_id = $1 and o.business_date = $2::date and ${settledAlike('o', 'l')} and o.request_id is not distinct from l.request_id)`;
/** What a day left over, what was paid out that day and is not any more, and what is a break already: the reason why may be another one now. */
const AGAIN = late(`with taken_back as materialized (${TAKEN_BACK})
  select x.* from expectations x where x.account_id = $1 and x.late_on <= $3::date and (x.request_id, x.type) in (
    select request_id, type from rest_expectations where account_id = $1 and business_date = $2::date
    union all select request_id, type from breaks where account_id = $1 and kind = 'late' and status <> 'resolved'
    union all select e.request_id, e.type from taken_back t join expectations e on e.alipay_id = t.alipay_id and e.type = t.type and e.account_id = $1
    union all select request_id, type from taken_back where type = 'REFUND')`);

const PAGE = `select position, date, type, store_id as "storeId", order_key as "orderKey", payment_id as "paymentId", request_id as "requestId", alipay_id as "alipayId",
  currency as ours_currency, amount_minor as ours_minor, null as theirs_currency, null::bigint as theirs_minor, 1 as copy, null as file_id, null::int as line, null as raw, event_id as "eventId", caused_by
  from late where position > $1 order by position limit ${PAGE_ROWS_MAX}`;

/** Expectations whose pay-out should have come, and its tolerance has passed. */
export class Unsettled {
  /** Those that became late on a day. */
  becameLate(bulk: Bulk, accountId: string, lateOn: string): AsyncGenerator<LateExpectation[]> {
    return pages(bulk, BECAME_LATE, [accountId, lateOn]);
  }

  /** Those that the day that is being compared left over, and those of the account that were late before. */
  again(bulk: Bulk, { accountId, date }: Day, today: string): AsyncGenerator<LateExpectation[]> {
    return pages(bulk, AGAIN, [accountId, date, today]);
  }
}

async function* pages(bulk: Bulk, text: string, values: readonly string[]): AsyncGenerator<LateExpectation[]> {
  await bulk.query(FORGET);
  await bulk.query(TABLE);
  await bulk.query(text, values);
  for (let after = 0; ;) {
    const rows = await bulk.query<LateRow>(PAGE, [after]);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.position;
    yield rows.map(({ caused_by, position: _, ...row }) => ({ difference: toDifference(row), causedBy: caused_by }));
  }
}
