import { money, type Money } from '@scantill/kernel';
import { ageBucket, ageBuckets, type AgeBucket } from '../core/break-age.js';
import { addDays } from '../core/calendar.js';
import type { Bulk } from './bulk.js';
import { EXPECTED, type ReportScope } from './report-sums.js';

export interface UnsettledAge {
  readonly accountId: string;
  readonly age: AgeBucket;
  readonly count: number;
  readonly amount: Money;
}

/** What is older and not settled is a break since long. */
const LOOK_BACK_DAYS = 62;

/** Not in any pay-out until now. What a cancel gave back may be left out together with its payment. */
const UNSETTLED = `with ${EXPECTED},
  settled as materialized (
    select l.account_id, l.type, l.alipay_id, l.request_id from settled_lines l join files f on f.id = l.file_id and f.status = 'in-force'
    where l.account_id = any($1::text[]) and l.business_date >= $2::date and l.class = 'order')
  select e.account_id as "accountId", e.business_date::text as date, e.currency, count(*)::int as count, sum(e.amount_minor)::bigint as minor
  from expected e
  where e.type in ('PAYMENT', 'REFUND') and ($4::text is null or e.store_id = $4)
    and not exists (select from settled l where l.account_id = e.account_id and l.type = e.type and l.alipay_id = e.alipay_id)
    and (e.type <> 'REFUND' or not exists (select from settled l where l.account_id = e.account_id and l.type = 'REFUND' and l.request_id = e.request_id))
    and (e.type <> 'PAYMENT' or not exists (select from expected c where c.account_id = e.account_id and c.type = 'CANCEL' and c.request_id = e.request_id))
  group by 1, 2, 3 order by 1, 3, 2`;

export class UnsettledAges {
  /** By account, currency and age, counted from `today`. */
  async ofReport(bulk: Bulk, { accountIds, from, to, storeId }: ReportScope, today: string): Promise<UnsettledAge[]> {
    const lookedBack = addDays(to, -LOOK_BACK_DAYS);
    const rows = await bulk.query<{ accountId: string; date: string; currency: string; count: number; minor: bigint }>(UNSETTLED, [accountIds, lookedBack < from ? lookedBack : from, to, storeId]);
    const ages = new Map<string, UnsettledAge>();
    for (const { accountId, date, currency, count, minor } of rows) {
      const age = ageBucket(date, today);
      const key = [accountId, currency, ageBuckets.indexOf(age)].join(' ');
      const before = ages.get(key);
      ages.set(key, { accountId, age, count: count + (before?.count ?? 0), amount: money(currency, minor + (before?.amount.minor ?? 0n)) });
    }
    return [...ages].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
  }
}
