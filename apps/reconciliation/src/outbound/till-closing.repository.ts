import type { Statement, Tx } from '@scantill/platform';
import { tillTotal, type TillClosing, type TillDay, type TillTotal } from '../core/till-day.js';
import type { Bulk } from './bulk.js';

/** The edition of a day that counts. */
export interface ClosingInForce extends Omit<TillClosing, 'sentBy' | 'closedAt'> {
  readonly recordedAt: Date;
}

interface Row extends Omit<ClosingInForce, 'totals'> {
  readonly totals: readonly { readonly side: TillTotal['side']; readonly count: number; readonly currency: string; readonly minor: string }[];
}

/** Of one day. A store system that says more of it says nothing any more. */
export const EDITIONS_MAX = 100;

/** In the order in which they came. Returns the days of which there is one too many. */
const RECORD: Statement = {
  name: 'till-closings-record',
  text: `with wanted as (
      select x.*, row_number() over (partition by x.chain_id, x.store_id, x.trading_date order by x.place) as nth
      from json_to_recordset($1::json) as x(place int, chain_id text, store_id text, trading_date date, event_id text, from_at timestamptz, until_at timestamptz, totals jsonb, accounts jsonb,
        closed_at timestamptz, signed_by text, sent_by text)
      where not exists (select from till_closings c where c.chain_id = x.chain_id and c.store_id = x.store_id and c.trading_date = x.trading_date and c.event_id = x.event_id)),
    placed as (
      select w.*, w.nth + (select count(*) from till_closings c where c.chain_id = w.chain_id and c.store_id = w.store_id and c.trading_date = w.trading_date) <= ${EDITIONS_MAX} as has_room from wanted w),
    recorded as (
      insert into till_closings (chain_id, store_id, trading_date, event_id, from_at, until_at, totals, accounts, closed_at, signed_by, sent_by, recorded_at)
      select chain_id, store_id, trading_date, event_id, from_at, until_at, totals, accounts, closed_at, signed_by, sent_by, $2
      from placed where has_room order by chain_id, store_id, trading_date, place
      on conflict do nothing)
    select distinct chain_id as "chainId", store_id as "storeId", trading_date::text as date from placed where not has_room`,
};

const DAYS = `json_to_recordset($1::json) as d("chainId" text, "storeId" text, date date)`;
const OF_DAY = 'c.chain_id = d."chainId" and c.store_id = d."storeId" and c.trading_date = d.date';

const LOCK = `select pg_advisory_xact_lock(hashtextextended('tills of ' || $1, 0))`;

/** Also those of earlier editions: what was found there may be gone. */
const ACCOUNTS = `select distinct a.value as "accountId" from ${DAYS} join till_closings c on ${OF_DAY} cross join jsonb_each_text(c.accounts) a`;

/** The last that came. The clock of a store decides nothing: one that is slow would make nothing of its corrections. */
const IN_FORCE = `select distinct on (c.chain_id, c.store_id, c.trading_date) c.chain_id as "chainId", c.store_id as "storeId", c.trading_date::text as date, c.event_id as "eventId", c.from_at as "from",
    c.until_at as until, c.totals, c.accounts, c.recorded_at as "recordedAt"
  from ${DAYS} join till_closings c on ${OF_DAY} order by c.chain_id, c.store_id, c.trading_date, c.closed_at desc, c.number desc`;

/** What tills came to, edition by edition. */
export class TillClosingRepository {
  /** @returns the days that are full, of which something was left out */
  async record(tx: Tx, closings: readonly TillClosing[], at: Date): Promise<TillDay[]> {
    return tx.query<TillDay>(RECORD, [JSON.stringify(closings.map(toRow)), at]);
  }

  /** One comparison of a chain's tills at a time, until the transaction ends: none may end on sums that another one has outdone. */
  async lock(bulk: Bulk, chainId: string): Promise<void> {
    await bulk.query(LOCK, [chainId]);
  }

  /** The accounts that these days are about. */
  async accounts(bulk: Bulk, days: readonly TillDay[]): Promise<string[]> {
    return (await bulk.query<{ accountId: string }>(ACCOUNTS, [JSON.stringify(days)])).map(({ accountId }) => accountId);
  }

  async inForce(bulk: Bulk, days: readonly TillDay[]): Promise<ClosingInForce[]> {
    const rows = await bulk.query<Row>(IN_FORCE, [JSON.stringify(days)]);
    return rows.map(({ totals, ...row }) => ({ ...row, totals: totals.map(({ side, count, currency, minor }) => tillTotal(side, count, currency, BigInt(minor))) }));
  }
}

function toRow({ chainId, storeId, date, eventId, from, until, totals, accounts, closedAt, sentBy }: TillClosing, place: number) {
  return {
    place, chain_id: chainId, store_id: storeId, trading_date: date, event_id: eventId, from_at: from, until_at: until, accounts, closed_at: closedAt, signed_by: sentBy.keyId, sent_by: sentBy.source,
    totals: totals.map(({ side, count, amount }) => ({ side, count, currency: amount.currency, minor: amount.minor.toString() })),
  };
}
