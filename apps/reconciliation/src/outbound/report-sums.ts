import { money } from '@scantill/kernel';
import { addDays } from '../core/calendar.js';
import type { Movement, MovementKind, SettledGroup, Sold } from '../core/movement.js';
import type { Bulk } from './bulk.js';

/** What a report covers: whole accounts, or what one store sold under them. */
export interface ReportScope {
  readonly chainId: string;
  readonly accountIds: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly storeId: string | null;
}

/** Alipay allows cancels until 00:15 of the next day; we may hear of one a little later. */
const CANCEL_DAYS_MAX = 3;
/** Where the settled lines do not say when they were paid. */
const SETTLED_AFTER_DAYS = 31;

/** Given back by a cancel: listed as CANCEL beside the payment, which is expected by itself. $1 accounts, $2 and $3 the days. */
export const EXPECTED = `expected as materialized (
    select account_id, store_id, type, request_id, alipay_id, business_date, basis, currency, amount_minor, fee_currency, fee_minor from expectations
    where account_id = any($1::text[]) and business_date between $2::date and $3::date and type <> 'CANCELLED'
    union all
    select c.account_id, c.store_id, 'CANCEL', c.request_id, p.alipay_id, c.business_date, c.basis, p.currency, -p.amount_minor, null, null
    from expectations c join expectations p on p.request_id = c.request_id and p.type = 'PAYMENT' and p.business_date between c.business_date - ${CANCEL_DAYS_MAX} and c.business_date + ${CANCEL_DAYS_MAX}
    where c.account_id = any($1::text[]) and c.business_date between $2::date and $3::date and c.type = 'CANCELLED' and c.basis = 'give-back')`;

/** A break names what is wrong with it; that no store has heard of it says nothing of its amounts. */
function named(row: string): string {
  return `exists (select from breaks b where b.alipay_id = ${row}.alipay_id and b.account_id = ${row}.account_id and b.kind <> 'never-acknowledged')`;
}

const KIND = `case when type = 'CANCEL' or basis = 'give-back' then 'given-back' when type = 'REFUND' then 'refund' when type = 'REFUND_REVERSAL' then 'refund-reversal' else 'sale' end`;

/** $5: whether each store is told by itself. */
const SOLD_SUMS = `with ${EXPECTED}
  select business_date::text as date, account_id as "accountId", case when $5 then store_id else '' end as "storeId", ${KIND} as kind, currency, count(*)::int as count, sum(amount_minor)::bigint as minor
  from expected where $4::text is null or store_id = $4 group by 1, 2, 3, 4, 5 order by 1, 2, 3, 5, 4`;

/** What settled lines may be about is not older than the oldest payment among them. */
const OLDEST = `select least(min((l.paid_at at time zone interval '8 hours')::date) - ${CANCEL_DAYS_MAX}, $2::date - ${SETTLED_AFTER_DAYS})::text as oldest
  from settled_lines l where l.account_id = any($1::text[]) and l.business_date between $2::date and $3::date and l.class = 'order'`;

/**
 * Every line of an order finds what it settles: by Alipay's id, a refund also by ours. Of several that settle the same, one counts.
 * $4 the store, $5 and $6 the days of the report; $2 and $3 are those on which it may have been expected.
 */
const SETTLED_SUMS = `with ${EXPECTED},
  lines as (
    select l.* from settled_lines l join files f on f.id = l.file_id and f.status = 'in-force'
    where l.account_id = any($1::text[]) and l.business_date between $5::date and $6::date and l.class = 'order'),
  claims as (
    select l.*, coalesce(a.store_id, r.store_id, c.store_id, l.store_id) as sold_by, coalesce(a.business_date, r.business_date) as our_date,
      coalesce(a.currency, r.currency) as our_currency, coalesce(a.amount_minor, r.amount_minor) as our_minor,
      case when coalesce(a.fee_currency, r.fee_currency) = l.net_currency then coalesce(a.fee_minor, r.fee_minor) end as our_fee, c.request_id is not null as is_cancelled,
      row_number() over (partition by l.account_id, l.type, coalesce(a.request_id, r.request_id) order by l.business_date, l.alipay_id, l.file_id, l.line) as copy
    from lines l
      left join expected a on a.account_id = l.account_id and a.type = l.type and a.alipay_id = l.alipay_id
      left join expected r on a.request_id is null and l.type in ('REFUND', 'REFUND_REVERSAL') and r.account_id = l.account_id and r.type = l.type and r.request_id = l.request_id
      left join expectations c on a.request_id is null and l.type in ('PAYMENT', 'CANCEL') and c.request_id = l.request_id and c.type = 'CANCELLED' and c.account_id = l.account_id
        and c.business_date between $2::date and $3::date),
  judged as (
    select k.*, case when our_currency is null then case when is_cancelled then 'cancelled' else 'unexpected' end
      when copy > 1 then 'unexpected' when our_currency = currency and our_minor = amount_minor then 'as-expected' else 'otherwise' end as verdict,
      net_minor - fee_minor + coupon_minor as gross_minor
    from claims k where $4::text is null or sold_by = $4),
  told as (
    select j.*, verdict in ('as-expected', 'otherwise') as is_claim,
      case when verdict in ('as-expected', 'cancelled') and (currency <> net_currency or gross_minor = amount_minor) then true
        else ${named('j')} end as is_explained
    from judged j)
  select business_date::text as date, account_id as "accountId", verdict, is_claim and our_date between $5::date and $6::date as "isOfPeriod", is_explained as "isExplained", quote_pair as pair, quote_price as price,
    count(*)::int as count, currency, sum(amount_minor)::bigint as amount, case when is_claim then our_currency end as "ourCurrency", sum(our_minor) filter (where is_claim)::bigint as ours,
    net_currency as "netCurrency", sum(gross_minor)::bigint as gross, sum(fee_minor)::bigint as fee, sum(coupon_minor)::bigint as coupon,
    (count(*) filter (where is_claim and our_fee is not null))::int as "foreseenCount", coalesce(sum(fee_minor) filter (where is_claim and our_fee is not null), 0)::bigint as "foreseenListed",
    coalesce(sum(our_fee) filter (where is_claim), 0)::bigint as "foreseenExpected"
  from told group by business_date, account_id, verdict, is_claim, 4, is_explained, quote_pair, quote_price, currency, 11, net_currency order by 1, 2, 3, 4, 5, 6, 7, 9`;

/** Everything else that the batches carry. */
const ENTRY_SUMS = `select l.business_date::text as date, l.account_id as "accountId", l.class, l.net_currency as currency, count(*)::int as count, sum(l.net_minor)::bigint as minor,
    l.class <> 'unknown' or ${named('l')} as "isExplained"
  from settled_lines l join files f on f.id = l.file_id and f.status = 'in-force'
  where l.account_id = any($1::text[]) and l.business_date between $2::date and $3::date and l.class in ('account-entry', 'not-ours', 'unknown') group by 1, 2, 3, 4, 7 order by 1, 2, 3, 4`;

const ENTRY_KINDS = { 'account-entry': 'account-entry', 'not-ours': 'not-ours', unknown: 'difference' } as const satisfies Record<string, MovementKind>;

interface SettledRow extends Pick<SettledGroup, 'date' | 'accountId' | 'verdict' | 'isOfPeriod' | 'isExplained' | 'count'> {
  readonly pair: string | null;
  readonly price: string | null;
  readonly currency: string;
  readonly amount: bigint;
  readonly ourCurrency: string | null;
  readonly ours: bigint | null;
  readonly netCurrency: string;
  readonly gross: bigint;
  readonly fee: bigint;
  readonly coupon: bigint;
  readonly foreseenCount: number;
  readonly foreseenListed: bigint;
  readonly foreseenExpected: bigint;
}

/** Sums over whole days; no line leaves the database. */
export class ReportSums {
  /** @param byStore each store by itself; otherwise the store is left empty */
  async sold(bulk: Bulk, { accountIds, from, to, storeId }: ReportScope, byStore: boolean): Promise<Sold[]> {
    const rows = await bulk.query<Omit<Sold, 'amount'> & { currency: string; minor: bigint }>(SOLD_SUMS, [accountIds, from, to, storeId, byStore]);
    return rows.map(({ currency, minor, ...row }) => ({ ...row, amount: money(currency, minor) }));
  }

  async settled(bulk: Bulk, { accountIds, from, to, storeId }: ReportScope): Promise<SettledGroup[]> {
    const [first] = await bulk.query<{ oldest: string }>(OLDEST, [accountIds, from, to]);
    const rows = await bulk.query<SettledRow>(SETTLED_SUMS, [accountIds, first?.oldest ?? from, addDays(to, CANCEL_DAYS_MAX), storeId, from, to]);
    return rows.map(toGroup);
  }

  async entries(bulk: Bulk, { accountIds, from, to }: ReportScope): Promise<Movement[]> {
    const rows = await bulk.query<{ date: string; accountId: string; class: keyof typeof ENTRY_KINDS; currency: string; count: number; minor: bigint; isExplained: boolean }>(ENTRY_SUMS, [accountIds, from, to]);
    return rows.map(({ class: of, currency, minor, ...row }) => ({ ...row, kind: ENTRY_KINDS[of], amount: money(currency, minor) }));
  }
}

function toGroup({ pair, price, currency, amount, ourCurrency, ours, netCurrency, gross, foreseenCount, foreseenListed, foreseenExpected, ...row }: SettledRow): SettledGroup {
  return {
    ...row, quote: pair === null || price === null ? null : { pair, price }, listed: money(currency, amount), gross: money(netCurrency, gross),
    expected: ourCurrency === null || ours === null ? null : money(ourCurrency, ours), foreseen: { count: foreseenCount, listed: foreseenListed, expected: foreseenExpected },
  };
}
