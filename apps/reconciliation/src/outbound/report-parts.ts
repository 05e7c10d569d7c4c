import { money, type Money } from '@scantill/kernel';
import { ageBucket, ageBuckets, type AgeBucket } from '../core/break-age.js';
import type { BreakKind } from '../core/break-kind.js';
import type { Bulk } from './bulk.js';
import type { ReportScope } from './report-sums.js';

export interface BreakAges {
  readonly kind: BreakKind;
  readonly age: AgeBucket;
  readonly count: number;
  readonly amountAtRisk: Money;
}

/** An account that left the directory keeps its past. */
const ACCOUNTS = 'select distinct account_id as id from files where chain_id = $1 and account_id is not null union select distinct account_id from days where chain_id = $1';

const BREAKS = `select kind, business_date::text as date, risk_currency as currency, count(*)::int as count, sum(risk_minor)::bigint as minor from breaks
  where chain_id = $1 and account_id = any($2::text[]) and business_date between $3::date and $4::date and ($5::text is null or store_id = $5) and status <> 'resolved'
  group by 1, 2, 3 order by 1, 3, 2`;

export async function knownAccounts(bulk: Bulk, chainId: string): Promise<string[]> {
  return (await bulk.query<{ id: string }>(ACCOUNTS, [chainId])).map(({ id }) => id);
}

/** Those that are not resolved, by kind, currency and age from `today`. */
export async function breakAges(bulk: Bulk, { chainId, accountIds, from, to, storeId }: ReportScope, today: string): Promise<BreakAges[]> {
  const rows = await bulk.query<{ kind: BreakKind; date: string; currency: string; count: number; minor: bigint }>(BREAKS, [chainId, accountIds, from, to, storeId]);
  const ages = new Map<string, BreakAges>();
  for (const { kind, date, currency, count, minor } of rows) {
    const age = ageBucket(date, today);
    const key = [kind, currency, ageBuckets.indexOf(age)].join(' ');
    const before = ages.get(key);
    ages.set(key, { kind, age, count: count + (before?.count ?? 0), amountAtRisk: money(currency, minor + (before?.amountAtRisk.minor ?? 0n)) });
  }
  return [...ages].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}
