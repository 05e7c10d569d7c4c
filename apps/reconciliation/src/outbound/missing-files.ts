import type { Statement, Tx } from '@scantill/platform';
import type { Report } from '../core/file-break.js';
import type { Bulk } from './bulk.js';
import { settledAlike } from './day-lines.js';
import type { Day } from './file.repository.js';
import type { LateDay } from './late-days.js';

/** A day from `from` to `until` whose file should be there and is not, or came after all: then `fileId` is that file. */
export interface MissingDay {
  readonly date: string;
  readonly fileId: string | null;
  /** Not noticed before. */
  readonly isNew: boolean;
}

export interface MissingQuery extends Pick<Day, 'chainId' | 'accountId'> {
  readonly from: string;
  readonly until: string;
}

/**
 * Days without a file on which something was sold, or any day since we began to ask, where a file is written for every day. A file
 * that came while nobody looked takes its day off again.
 */
const LOOK: Statement = {
  name: 'missing-days',
  text: `with found as (
      select d::date as day from generate_series($3::date, $4::date, interval '1 day') d
      where not exists (select from files f where f.account_id = $1 and f.report = 'transaction-items' and f.business_date = d::date and f.status = 'in-force')
        and (exists (select from expectations e where e.account_id = $1 and e.business_date = d::date and e.type in ('PAYMENT', 'REFUND'))
          or $5 and d::date >= (select (first_answer_at at time zone interval '8 hours')::date from sources where id = $6))),
    gone as (delete from missing_days m using files f where m.account_id = $1 and m.report = 'transaction-items'
      and f.account_id = $1 and f.report = m.report and f.business_date = m.business_date and f.sequence = 0 and f.status = 'in-force' returning m.business_date, f.id),
    noticed as (insert into missing_days (account_id, report, business_date, until, chain_id, noticed_at)
      select $1, 'transaction-items', day, day, $2, $7 from found on conflict do nothing returning business_date)
    select day::text as date, null as "fileId", day in (select business_date from noticed) as "isNew" from found
    union all select business_date::text, id::text, false from gone order by date`,
};

/**
 * Days of pay-outs that are late now without a settlement file of the days on which it could have come. Where some of it was paid out
 * all the same, its file was another one.
 */
const LOOK_FOR_SETTLEMENTS = `with due as (select distinct payout_on from expectations where account_id = $1 and late_on = $2::date and type in ('PAYMENT', 'REFUND')),
    missing as (
      select d.payout_on from due d
      where not exists (select from files f where f.account_id = $1 and f.report = 'settlement-items' and f.status = 'in-force' and f.business_date >= d.payout_on and f.business_date < $2::date)
        and not exists (select from expectations e join settled_lines s on s.account_id = e.account_id and ${settledAlike('s', 'e')}
          join files f on f.id = s.file_id and f.status = 'in-force' where e.account_id = $1 and e.late_on = $2::date and e.payout_on = d.payout_on)),
    noticed as (insert into missing_days (account_id, report, business_date, until, chain_id, noticed_at)
      select $1, 'settlement-items', payout_on, $2::date - 1, $3, $4 from missing on conflict do nothing)
    select payout_on::text as date from missing order by date`;

const CAME: Statement = {
  name: 'missing-days-came',
  text: 'delete from missing_days where account_id = $1 and report = $2 and $3::date between business_date and until returning business_date::text as date',
};

/** Files that did not come in time. */
export class MissingFiles {
  /** @param source what the account's files come from */
  async days(tx: Tx, { chainId, accountId, from, until }: MissingQuery, source: { readonly id: string; readonly listsEmptyDays: boolean }, now: Date): Promise<MissingDay[]> {
    return tx.query<MissingDay>(LOOK, [accountId, chainId, from, until, source.listsEmptyDays, source.id, now]);
  }

  /** @returns the days of the pay-outs */
  async settlements(bulk: Bulk, { chainId, accountId, lateOn }: LateDay, now: Date): Promise<string[]> {
    return (await bulk.query<{ date: string }>(LOOK_FOR_SETTLEMENTS, [accountId, lateOn, chainId, now])).map(({ date }) => date);
  }

  /** A file of this day is there now. @returns the days for which one was missing */
  async came(tx: Tx, accountId: string, report: Report, date: string): Promise<string[]> {
    return (await tx.query<{ date: string }>(CAME, [accountId, report, date])).map((row) => row.date);
  }
}
