import type { Bulk } from './bulk.js';
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

const TABLE = `create temp table late (position int generated always as identity primary key, date text, type text, store_id text, order_key text, payment_id text, request_id text, alipay_id text,
  currency text, amount_minor bigint, event_id text, caused_by text) on commit drop`;

/**
 * The one place that says what settled is: Alipay's files list it. A payment that a cancel gave back may be left out. One that is
 * missing in a file that is there is late for that reason, and its money is counted there.
 */
function late(candidates: string): string {
  return `insert into late (date, type, store_id, order_key, payment_id, request_id, alipay_id, currency, amount_minor, event_id, caused_by)
    select e.business_date::text, e.type, e.store_id, e.order_key, e.payment_id, e.request_id, e.alipay_id, e.currency, e.amount_minor, e.event_id, cause.id
    from (${candidates}) e
      left join lateral (select b.id from breaks b where b.order_key = e.order_key and b.kind = 'missing-at-alipay' and b.request_id = e.request_id and b.type = e.type
        and (b.status <> 'resolved' or b.resolution = 'approval') limit 1) cause on true
    where e.type in ('PAYMENT', 'REFUND')
      and not exists (select from matches m where m.request_id = e.request_id and m.type = e.type)
      and not exists (select from expectations c where e.type = 'PAYMENT' and c.request_id = e.request_id and c.type = 'CANCELLED' and c.basis = 'give-back')
    order by e.request_id, e.type`;
}

const BECAME_LATE = late('select * from expectations where account_id = $1 and late_on = $2::date');
/** `released`: had a line before this matching; it may be of another day. */
const OF_DAY = late(`select * from expectations where account_id = $1 and business_date = $2::date and late_on <= $3::date
  union select x.* from released r join expectations x on x.request_id = r.request_id and x.type = r.type where x.account_id = $1 and x.late_on <= $3::date`);

const PAGE = `select position, date, type, store_id as "storeId", order_key as "orderKey", payment_id as "paymentId", request_id as "requestId", alipay_id as "alipayId",
  currency as ours_currency, amount_minor as ours_minor, null as theirs_currency, null::bigint as theirs_minor, 1 as copy, null as file_id, null::int as line, null as raw, event_id as "eventId", caused_by
  from late where position > $1 order by position limit ${PAGE_ROWS_MAX}`;

/** Expectations whose pay-out should have come, and its tolerance has passed. Asked once in a transaction. */
export class Unsettled {
  /** Those that became late on a day. */
  becameLate(bulk: Bulk, accountId: string, lateOn: string): AsyncGenerator<LateExpectation[]> {
    return pages(bulk, BECAME_LATE, [accountId, lateOn]);
  }

  /** Those of the day that is being matched, and of others that lost their line by it. */
  ofDay(bulk: Bulk, { accountId, date }: Day, today: string): AsyncGenerator<LateExpectation[]> {
    return pages(bulk, OF_DAY, [accountId, date, today]);
  }
}

async function* pages(bulk: Bulk, text: string, values: readonly string[]): AsyncGenerator<LateExpectation[]> {
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
