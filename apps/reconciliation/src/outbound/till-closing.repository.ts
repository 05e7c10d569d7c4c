import type { Database, Statement, Tx } from '@scantill/platform';
import { tillTotal, type TillClosing, type TillDay, type TillTotal } from '../core/till-day.js';
import type { Bulk } from './bulk.js';

/** Whose days they are. */
export interface AccountDays {
  readonly chainId: string;
  readonly accountId: string;
  readonly days: readonly TillDay[];
}

/** The edition of a day that counts. */
export interface ClosingInForce extends Omit<TillClosing, 'sentBy' | 'closedAt'> {
  readonly recordedAt: Date;
}

interface Row extends Omit<ClosingInForce, 'totals'> {
  readonly totals: readonly { readonly side: TillTotal['side']; readonly count: number; readonly currency: string; readonly minor: string }[];
}

const RECORD: Statement = {
  name: 'till-closings-record',
  text: `insert into till_closings (chain_id, store_id, trading_date, event_id, from_at, until_at, totals, accounts, closed_at, signed_by, sent_by, recorded_at)
    select chain_id, store_id, trading_date, event_id, from_at, until_at, totals, accounts, closed_at, signed_by, sent_by, $2
    from json_to_recordset($1::json) as x(chain_id text, store_id text, trading_date date, event_id text, from_at timestamptz, until_at timestamptz, totals jsonb, accounts jsonb,
      closed_at timestamptz, signed_by text, sent_by text) order by chain_id, store_id, trading_date, event_id
    on conflict do nothing`,
};

const DAYS = `json_to_recordset($1::json) as d("chainId" text, "storeId" text, date date)`;
const OF_DAY = 'c.chain_id = d."chainId" and c.store_id = d."storeId" and c.trading_date = d.date';

/** Also those of earlier editions: what was found there may be gone. */
const ACCOUNTS: Statement = {
  name: 'till-closings-accounts',
  text: `select distinct d."chainId", d."storeId", d.date::text as date, a.value as "accountId" from ${DAYS} join till_closings c on ${OF_DAY} cross join jsonb_each_text(c.accounts) a
    order by a.value, d."chainId", d."storeId", d.date::text`,
};

const IN_FORCE = `select distinct on (c.chain_id, c.store_id, c.trading_date) c.chain_id as "chainId", c.store_id as "storeId", c.trading_date::text as date, c.event_id as "eventId", c.from_at as "from",
    c.until_at as until, c.totals, c.accounts, c.recorded_at as "recordedAt"
  from ${DAYS} join till_closings c on ${OF_DAY} order by c.chain_id, c.store_id, c.trading_date, c.closed_at desc, c.event_id desc`;

/** What tills came to, edition by edition. */
export class TillClosingRepository {
  constructor(private readonly database: Database) {}

  async record(tx: Tx, closings: readonly TillClosing[], at: Date): Promise<void> {
    await tx.query(RECORD, [JSON.stringify(closings.map(toRow)), at]);
  }

  /** The accounts that these days are about, in order. */
  async byAccount(days: readonly TillDay[]): Promise<AccountDays[]> {
    const rows = await this.database.query<TillDay & { accountId: string }>(ACCOUNTS, [JSON.stringify(days)]);
    return [...Map.groupBy(rows, ({ accountId, chainId }) => `${accountId} ${chainId}`).values()].map((ofAccount) => {
      const { chainId, accountId } = ofAccount[0]!;
      return { chainId, accountId, days: ofAccount.map(({ storeId, date }) => ({ chainId, storeId, date })) };
    });
  }

  async inForce(bulk: Bulk, days: readonly TillDay[]): Promise<ClosingInForce[]> {
    const rows = await bulk.query<Row>(IN_FORCE, [JSON.stringify(days)]);
    return rows.map(({ totals, ...row }) => ({ ...row, totals: totals.map(({ side, count, currency, minor }) => tillTotal(side, count, currency, BigInt(minor))) }));
  }
}

function toRow({ chainId, storeId, date, eventId, from, until, totals, accounts, closedAt, sentBy }: TillClosing) {
  return {
    chain_id: chainId, store_id: storeId, trading_date: date, event_id: eventId, from_at: from, until_at: until, accounts, closed_at: closedAt, signed_by: sentBy.keyId, sent_by: sentBy.source,
    totals: totals.map(({ side, count, amount }) => ({ side, count, currency: amount.currency, minor: amount.minor.toString() })),
  };
}
