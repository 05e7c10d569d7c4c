import { endDueWork, schedule, type Database, type Statement, type Tx } from '@scantill/platform';

/** Due work: the day on which what was not paid out in time is late. */
export const LATE_DUE = 'open-late';

export interface LateDay {
  readonly chainId: string;
  readonly accountId: string;
  readonly lateOn: string;
}

/** Every batch of orders names the same few days: a row that is there is not touched, or they would all wait for each other. */
const PLAN: Statement = {
  name: 'late-days-plan',
  text: `insert into due_work (kind, key, due_at) select $1, d.key, d.due_at from json_to_recordset($2::json) as d(key text, due_at timestamptz) order by d.key on conflict (kind, key) do nothing`,
};

export class LateDays {
  constructor(private readonly database: Database) {}

  async plan(tx: Tx, days: readonly LateDay[], now: Date): Promise<void> {
    const rows = [...new Map(days.map((day) => [toKey(day), { key: toKey(day), dueAt: new Date(`${day.lateOn}T00:00:00+08:00`) }])).values()];
    const [coming, passed] = [rows.filter(({ dueAt }) => dueAt > now), rows.filter(({ dueAt }) => dueAt <= now)];
    if (coming.length > 0) await tx.query(PLAN, [LATE_DUE, JSON.stringify(coming.map(({ key, dueAt }) => ({ key, due_at: dueAt })))]);
    // Heard of when it is late already: the day is looked at again, also by a look that is under way.
    await schedule(tx, LATE_DUE, passed.map(({ key }) => ({ key, dueAt: now })));
  }

  async end(day: LateDay, startedAt: Date): Promise<void> {
    await endDueWork(this.database, LATE_DUE, toKey(day), startedAt);
  }
}

function toKey({ chainId, accountId, lateOn }: LateDay): string {
  return [chainId, accountId, lateOn].join(':');
}

/** None of the three has a colon in it. */
export function toLateDay(key: string): LateDay {
  const [chainId = '', accountId = '', lateOn = ''] = key.split(':');
  return { chainId, accountId, lateOn };
}
