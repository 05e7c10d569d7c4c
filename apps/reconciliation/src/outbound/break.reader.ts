import { money, type Money, type OrderKey } from '@scantill/kernel';
import type { Database, Statement } from '@scantill/platform';
import type { BreakKind } from '../core/break-kind.js';
import type { BreakStatus } from '../core/break-life.js';
import { toHistoryEntry, type HistoryEntry, type HistoryRow } from './break-history.js';
import { COLUMNS, toBreak, type Break, type BreakRow } from './break-row.js';

/** Null asks for everything. */
export interface BreakFilter {
  readonly chainId: string;
  readonly kinds: readonly BreakKind[] | null;
  readonly statuses: readonly BreakStatus[] | null;
  readonly firstDate: string | null;
  readonly lastDate: string | null;
  readonly storeId: string | null;
  readonly accountId: string | null;
  readonly currency: string | null;
  readonly minorFrom: bigint | null;
  readonly minorTo: bigint | null;
  readonly owner: string | null;
}

export type BreakSort = 'oldest' | 'newest' | 'due' | 'largest';

/** The last one seen: what the breaks are sorted by, and its id. */
export interface BreakCursor {
  readonly value: string;
  readonly id: string;
}

export interface BreakCount {
  readonly accountId: string;
  readonly kind: BreakKind;
  readonly count: number;
  readonly amountAtRisk: Money;
}

/** Every line of an order has one at most. */
const ORDER_ROWS_MAX = 500;
/** More than people may add; the rest is what files did. */
const HISTORY_ROWS_MAX = 5_000;

const SORTS = {
  oldest: { column: 'business_date', type: 'date', isDown: false },
  newest: { column: 'business_date', type: 'date', isDown: true },
  due: { column: 'due_on', type: 'date', isDown: false },
  largest: { column: 'risk_minor', type: 'bigint', isDown: true },
} as const;

function pageBy(sort: BreakSort): Statement {
  const { column, type, isDown } = SORTS[sort];
  return {
    name: `breaks-page-${sort}`,
    text: `select ${COLUMNS} from breaks b where b.chain_id = $1 and ($2::text[] is null or b.kind = any($2)) and ($3::text[] is null or b.status = any($3))
      and ($4::date is null or b.business_date >= $4) and ($5::date is null or b.business_date <= $5) and ($6::text is null or b.store_id = $6) and ($7::text is null or b.account_id = $7)
      and ($8::text is null or b.risk_currency = $8) and ($9::bigint is null or b.risk_minor >= $9) and ($10::bigint is null or b.risk_minor <= $10) and ($11::text is null or b.owner = $11)
      and ($12::${type} is null or (b.${column}, b.id) ${isDown ? '<' : '>'} ($12::${type}, $13::text))
      order by b.${column} ${isDown ? 'desc' : 'asc'}, b.id ${isDown ? 'desc' : 'asc'} limit $14`,
  };
}

const PAGES: Readonly<Record<BreakSort, Statement>> = { oldest: pageBy('oldest'), newest: pageBy('newest'), due: pageBy('due'), largest: pageBy('largest') };
const ONE: Statement = { name: 'breaks-read-one', text: `select ${COLUMNS} from breaks b where b.id = $1 and b.chain_id = $2` };
const HISTORY: Statement = { name: 'breaks-history', text: 'select break_id, number, at, by_kind, by_name, action, text, details from break_history where break_id = $1 order by number limit $2' };
const OF_ORDER: Statement = { name: 'breaks-of-order', text: `select ${COLUMNS} from breaks b where b.order_key = $1 order by b.opened_at, b.id limit $2` };
const COUNTS: Statement = {
  name: 'breaks-counts',
  text: `select account_id, kind, risk_currency as currency, count(*)::int as count, sum(risk_minor)::bigint as minor from breaks
    where chain_id = $1 and business_date = $2::date and status <> 'resolved' group by account_id, kind, risk_currency order by account_id, kind, risk_currency`,
};

/** Breaks as people look at them. */
export class BreakReader {
  constructor(private readonly database: Database) {}

  async page(filter: BreakFilter, sort: BreakSort, after: BreakCursor | null, limit: number): Promise<Break[]> {
    const { chainId, kinds, statuses, firstDate, lastDate, storeId, accountId, currency, minorFrom, minorTo, owner } = filter;
    const rows = await this.database.query<BreakRow>(PAGES[sort], [
      chainId, kinds, statuses, firstDate, lastDate, storeId, accountId, currency, minorFrom, minorTo, owner, after?.value ?? null, after?.id ?? null, limit,
    ]);
    return rows.map(toBreak);
  }

  async find(chainId: string, id: string): Promise<Break | undefined> {
    const [row] = await this.database.query<BreakRow>(ONE, [id, chainId]);
    return row === undefined ? undefined : toBreak(row);
  }

  /** Oldest first. */
  async history(id: string): Promise<HistoryEntry[]> {
    return (await this.database.query<HistoryRow>(HISTORY, [id, HISTORY_ROWS_MAX])).map(toHistoryEntry);
  }

  async ofOrder(orderKey: OrderKey): Promise<Break[]> {
    return (await this.database.query<BreakRow>(OF_ORDER, [orderKey, ORDER_ROWS_MAX])).map(toBreak);
  }

  /** Those that are not resolved, by account, kind and currency. */
  async counts(chainId: string, date: string): Promise<BreakCount[]> {
    const rows = await this.database.query<{ account_id: string; kind: BreakKind; currency: string; count: number; minor: bigint }>(COUNTS, [chainId, date]);
    return rows.map(({ account_id, kind, currency, count, minor }) => ({ accountId: account_id, kind, count, amountAtRisk: money(currency, minor) }));
  }
}

/** Where the next page begins. */
export function cursorOf({ id, life, amountAtRisk }: Break, sort: BreakSort): BreakCursor {
  if (sort === 'largest') return { value: amountAtRisk.minor.toString(), id };
  return { value: sort === 'due' ? life.dueOn : life.facts.date, id };
}
