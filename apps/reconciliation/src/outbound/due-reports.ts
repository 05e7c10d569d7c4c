import { endDueWork, schedule, type Database, type Statement, type Tx } from '@scantill/platform';
import type { Day } from './file.repository.js';

/** Due work: a day of which nothing has changed for a while. */
export const REPORT_DUE = 'report-ready';
/** Files of a day come one after the other, and each is compared: its report is announced when they have all come. */
const QUIET_MS = 60_000;

const STAND: Statement = {
  name: 'due-reports-stand',
  text: `select (select coalesce(sum(runs), 0)::int from days where account_id = $1 and business_date = $2::date) as runs,
    (select count(*)::int from breaks where account_id = $1 and business_date = $2::date and status <> 'resolved') as "breaksOpen"`,
};

export class DueReports {
  constructor(private readonly database: Database) {}

  /** Each comparison puts it off. */
  async schedule(tx: Tx, { chainId, accountId, date }: Day, now: Date): Promise<void> {
    await schedule(tx, REPORT_DUE, [{ key: [chainId, accountId, date].join(':'), dueAt: new Date(now.getTime() + QUIET_MS) }]);
  }

  /** How often the day was compared, and what is open of it. */
  async stand(tx: Tx, { accountId, date }: Day): Promise<{ readonly runs: number; readonly breaksOpen: number }> {
    return (await tx.query<{ runs: number; breaksOpen: number }>(STAND, [accountId, date]))[0] ?? { runs: 0, breaksOpen: 0 };
  }

  async end(day: Day, startedAt: Date): Promise<void> {
    await endDueWork(this.database, REPORT_DUE, [day.chainId, day.accountId, day.date].join(':'), startedAt);
  }
}

