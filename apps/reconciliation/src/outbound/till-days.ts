import { schedule, type Database, type Statement, type Tx } from '@scantill/platform';
import type { TillClosing, TillDay } from '../core/till-day.js';
import { PAYMENTS_APART_MAX_HOURS } from './till-sums.js';

/** Due work: a trading day whose tills are to be compared. */
export const TILL_DUE = 'compare-tills';
/** Long enough for every event of the day to have come. */
export const GRACE_MS = 15 * 60_000;
/** So soon after the money moved no day can have been compared that it belongs to, and nothing has to be looked up. */
const LOOK_AFTER_MS = 5 * 60_000;
/** For what comes together, and for open transactions to end. */
const AFTER_MS = 5_000;

type EndingDay = TillDay & Pick<TillClosing, 'until'>;

/** Money that moved in a store, of which we heard just now. */
export interface Moved {
  readonly chainId: string;
  readonly storeId: string;
  readonly paidAt: Date | null;
}

/** Editions of the few days that a moment can be in. */
const EDITIONS_MAX = 1_000;

/**
 * The days that a moment is in, and those after it in which the same order may have been paid again: they counted that payment until now. No window is longer than three days.
 * Each moment for itself: a plan that was made while the table was empty would read all of it for ever.
 */
const CLOSED: Statement = {
  name: 'till-days-closed',
  text: `select d.chain_id as "chainId", d.store_id as "storeId", d.trading_date::text as date, max(d.until_at) as until
    from json_to_recordset($1::json) as m(chain_id text, store_id text, at timestamptz)
      cross join lateral (select c.chain_id, c.store_id, c.trading_date, c.until_at from till_closings c
        where c.chain_id = m.chain_id and c.store_id = m.store_id and c.until_at > m.at and c.until_at <= m.at + interval '${72 + PAYMENTS_APART_MAX_HOURS} hours'
          and c.from_at <= m.at + interval '${PAYMENTS_APART_MAX_HOURS} hours' order by c.until_at limit ${EDITIONS_MAX}) d
    group by d.chain_id, d.store_id, d.trading_date`,
};

const END: Statement = { name: 'till-days-end', text: 'delete from due_work where kind = $1 and key = any($2::text[]) and due_at <= $3' };

/** Trading days that stores have closed, on their way to be compared. */
export class TillDays {
  constructor(private readonly database: Database) {}

  async schedule(tx: Tx, days: readonly EndingDay[], now: Date): Promise<void> {
    const work = new Map(days.map((day) => [toKey(day), { key: toKey(day), dueAt: new Date(Math.max(day.until.getTime() + GRACE_MS, now.getTime() + AFTER_MS)) }]));
    await schedule(tx, TILL_DUE, [...work.values()]);
  }

  /** On the way of every payment: what is heard of at once costs nothing here, and the rest one look. */
  async changed(tx: Tx, moved: readonly Moved[], now: Date): Promise<void> {
    const late = moved.flatMap(({ chainId, storeId, paidAt }) => (paidAt !== null && now.getTime() - paidAt.getTime() > LOOK_AFTER_MS ? [{ chain_id: chainId, store_id: storeId, at: paidAt }] : []));
    if (late.length > 0) await this.schedule(tx, await tx.query<EndingDay>(CLOSED, [JSON.stringify(late)]), now);
  }

  /** After the comparison and not inside it: whoever records a payment would wait for the lock on this row. */
  async end(days: readonly TillDay[], startedAt: Date): Promise<void> {
    await this.database.query(END, [TILL_DUE, days.map(toKey), startedAt]);
  }
}

function toKey({ chainId, storeId, date }: TillDay): string {
  return [chainId, storeId, date].join(':');
}

/** None of the three has a colon in it. */
export function toTillDay(key: string): TillDay {
  const [chainId = '', storeId = '', date = ''] = key.split(':');
  return { chainId, storeId, date };
}
