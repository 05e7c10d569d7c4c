import type { Bulk } from './bulk.js';
import { toDifference, type Difference, type DifferenceRow } from './day-matching.js';
import type { Day } from './file.repository.js';

/** An expectation that is late, and the break that it is a consequence of, if there is one. */
export interface LateExpectation {
  readonly difference: Difference;
  readonly causedBy: string | null;
}

interface LateRow extends DifferenceRow {
  readonly caused_by: string | null;
}

const PAGE_ROWS_MAX = 1_000;

/**
 * The one place that says what settled is: Alipay's files list it. A payment that a cancel gave back may be left out. One that is
 * missing in a file that is there is late for that reason, and its money is counted there.
 */
function late(which: string): string {
  return `select e.business_date::text as date, e.type, e.store_id as "storeId", e.order_key as "orderKey", e.payment_id as "paymentId", e.request_id as "requestId", e.alipay_id as "alipayId",
      e.currency as ours_currency, e.amount_minor as ours_minor, null as theirs_currency, null::bigint as theirs_minor, 1 as copy, null as file_id, null::int as line, null as raw,
      e.event_id as "eventId", cause.id as caused_by
    from expectations e
      left join lateral (select b.id from breaks b where b.order_key = e.order_key and b.kind = 'missing-at-alipay' and b.request_id = e.request_id and b.type = e.type
        and (b.status <> 'resolved' or b.resolution = 'approval') limit 1) cause on true
    where e.account_id = $1 and ${which} and e.late_on <= $3::date and e.type in ('PAYMENT', 'REFUND') and (e.request_id, e.type) > ($4, $5)
      and not exists (select from matches m where m.request_id = e.request_id and m.type = e.type)
      and not exists (select from expectations c where e.type = 'PAYMENT' and c.request_id = e.request_id and c.type = 'CANCELLED' and c.basis = 'give-back')
    order by e.request_id, e.type limit ${PAGE_ROWS_MAX}`;
}

const BECAME_LATE = late('e.late_on = $2::date');
/** `released`: had a line before this matching; it may be of another day. */
const OF_DAY = late('(e.business_date = $2::date or (e.request_id, e.type) in (select request_id, type from released))');

/** Expectations whose pay-out should have come, and its tolerance has passed. */
export class Unsettled {
  /** Those that became late on a day. */
  becameLate(bulk: Bulk, accountId: string, lateOn: string): AsyncGenerator<LateExpectation[]> {
    return pages(bulk, BECAME_LATE, [accountId, lateOn, lateOn]);
  }

  /** Those of the day that is being matched, and of others that lost their line by it. */
  ofDay(bulk: Bulk, { accountId, date }: Day, today: string): AsyncGenerator<LateExpectation[]> {
    return pages(bulk, OF_DAY, [accountId, date, today]);
  }
}

async function* pages(bulk: Bulk, text: string, values: readonly [string, string, string]): AsyncGenerator<LateExpectation[]> {
  for (let after: readonly [string, string] = ['', '']; ;) {
    const rows = await bulk.query<LateRow>(text, [...values, ...after]);
    const last = rows.at(-1);
    if (last === undefined) return;
    after = [last.requestId ?? '', last.type];
    yield rows.map(({ caused_by, ...row }) => ({ difference: toDifference(row), causedBy: caused_by }));
  }
}
