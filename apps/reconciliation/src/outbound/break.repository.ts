import { money, type Money, type OrderKey } from '@scantill/kernel';
import type { Database, Statement } from '@scantill/platform';
import type { BreakKind, Verdict } from '../core/break.js';
import { toBreak, toNewRow, type Break, type BreakRow } from './break-row.js';
import type { Bulk } from './bulk.js';
import type { Difference } from './day-matching.js';
import type { Day } from './file.repository.js';

export interface FoundBreak {
  readonly difference: Difference;
  readonly verdict: Verdict;
}

export interface BreakFilter {
  readonly chainId: string;
  readonly date: string;
  readonly accountId: string | null;
  readonly status: Break['status'] | null;
}

export interface BreakCount {
  readonly accountId: string;
  readonly kind: BreakKind;
  readonly count: number;
  readonly amountAtRisk: Money;
}

/** Every line of an order has one at most. */
const ORDER_ROWS_MAX = 500;

const COLUMNS = `id, sequence, status, kind, chain_id, account_id, business_date::text as business_date, type, order_key, payment_id, request_id, alipay_id, ours_currency, ours_minor,
  theirs_currency, theirs_minor, risk_currency, risk_minor, file_id, line, raw, event_id, opened_at, resolved_at`;

/** A break that is open already and says the same stays as it is, with the evidence of its opening. */
const OPEN = `with x as (select * from json_to_recordset($1::json) as x(id text, kind text, chain_id text, account_id text, business_date date, type text, order_key text, payment_id text,
      request_id text, alipay_id text, ours_currency text, ours_minor bigint, theirs_currency text, theirs_minor bigint, risk_currency text, risk_minor bigint, file_id uuid, line int, raw text, event_id text)),
    noted as (insert into found select id from x)
  insert into breaks as b (id, kind, chain_id, account_id, business_date, type, order_key, payment_id, request_id, alipay_id, ours_currency, ours_minor, theirs_currency, theirs_minor,
      risk_currency, risk_minor, file_id, line, raw, event_id, opened_at)
    select id, kind, chain_id, account_id, business_date, type, order_key, payment_id, request_id, alipay_id, ours_currency, ours_minor, theirs_currency, theirs_minor,
      risk_currency, risk_minor, file_id, line, raw, event_id, $2::timestamptz from x order by id
  on conflict (id) do update set status = 'open', sequence = b.sequence + 1, business_date = excluded.business_date, order_key = excluded.order_key, payment_id = excluded.payment_id,
      request_id = excluded.request_id, alipay_id = excluded.alipay_id, ours_currency = excluded.ours_currency, ours_minor = excluded.ours_minor, theirs_currency = excluded.theirs_currency, theirs_minor = excluded.theirs_minor,
      risk_currency = excluded.risk_currency, risk_minor = excluded.risk_minor, file_id = excluded.file_id, line = excluded.line, raw = excluded.raw, event_id = excluded.event_id,
      opened_at = case when b.status = 'open' then b.opened_at else excluded.opened_at end, resolved_at = null
    where b.status = 'resolved' or (b.business_date, b.ours_currency, b.ours_minor, b.theirs_currency, b.theirs_minor)
      is distinct from (excluded.business_date, excluded.ours_currency, excluded.ours_minor, excluded.theirs_currency, excluded.theirs_minor)
  returning ${COLUMNS}`;

/** Open breaks that this matching looked at and did not find again. A cancel is missing only where its payment is listed. */
const RESOLVE = `update breaks b set status = 'resolved', sequence = b.sequence + 1, resolved_at = $3
  where b.account_id = $1 and b.status = 'open' and not exists (select from found f where f.id = b.id)
    and (b.business_date = $2::date
      or (b.kind <> 'missing-at-alipay' and b.alipay_id in (select alipay_id from scope))
      or (b.kind = 'missing-at-alipay' and exists (select from matches m where m.request_id = b.request_id and m.type = b.type))
      or (b.kind = 'missing-at-alipay' and b.type = 'CANCEL' and not exists (select from matches m where m.request_id = b.request_id and m.type = 'PAYMENT')))
  returning ${COLUMNS}`;

const PAGE: Statement = {
  name: 'breaks-page',
  text: `select ${COLUMNS} from breaks where chain_id = $1 and business_date = $2::date and ($3::text is null or account_id = $3) and ($4::text is null or status = $4)
    and id > $5 order by id limit $6`,
};

const OF_ORDER: Statement = { name: 'breaks-of-order', text: `select ${COLUMNS} from breaks where order_key = $1 order by opened_at, id limit $2` };

const COUNTS: Statement = {
  name: 'breaks-counts',
  text: `select account_id, kind, risk_currency as currency, count(*)::int as count, sum(risk_minor)::bigint as minor from breaks
    where chain_id = $1 and business_date = $2::date and status = 'open' group by account_id, kind, risk_currency order by account_id, kind, risk_currency`,
};

export class BreakRepository {
  constructor(private readonly database: Database) {}

  /** Returns those that are new, changed, or there again. */
  async open(bulk: Bulk, day: Day, found: readonly FoundBreak[], at: Date): Promise<Break[]> {
    const rows = found.map(({ difference, verdict }) => toNewRow(day, verdict, difference));
    return (await bulk.query<BreakRow>(OPEN, [JSON.stringify(rows), at])).map(toBreak);
  }

  async resolveOthers(bulk: Bulk, { accountId, date }: Day, at: Date): Promise<Break[]> {
    return (await bulk.query<BreakRow>(RESOLVE, [accountId, date, at])).map(toBreak);
  }

  async page(filter: BreakFilter, after: string, limit: number): Promise<Break[]> {
    return (await this.database.query<BreakRow>(PAGE, [filter.chainId, filter.date, filter.accountId, filter.status, after, limit])).map(toBreak);
  }

  async ofOrder(orderKey: OrderKey): Promise<Break[]> {
    return (await this.database.query<BreakRow>(OF_ORDER, [orderKey, ORDER_ROWS_MAX])).map(toBreak);
  }

  /** Open ones, by account, kind and currency. */
  async counts(chainId: string, date: string): Promise<BreakCount[]> {
    const rows = await this.database.query<{ account_id: string; kind: BreakKind; currency: string; count: number; minor: bigint }>(COUNTS, [chainId, date]);
    return rows.map(({ account_id, kind, currency, count, minor }) => ({ accountId: account_id, kind, count, amountAtRisk: money(currency, minor) }));
  }
}
