import { endDueWork, schedule, type Database, type Statement, type Tx } from '@scantill/platform';

/** Due work: the minute by which a system of the chain must have heard of what was paid. */
export const ACKNOWLEDGE_DUE = 'open-unacknowledged';

export interface AcknowledgeMinute {
  readonly chainId: string;
  readonly accountId: string;
  /** A whole minute. */
  readonly acknowledgeBy: Date;
}

const MINUTE_MS = 60_000;
/** Long enough for every open transaction that writes an acknowledgement down to end. */
const AFTER_MS = 5_000;

/** Every batch of orders names the same few minutes: a row that is there is not touched, or they would all wait for each other. */
const PLAN: Statement = {
  name: 'acknowledge-minutes-plan',
  text: `insert into due_work (kind, key, due_at) select $1, d.key, d.due_at from json_to_recordset($2::json) as d(key text, due_at timestamptz) order by d.key on conflict (kind, key) do nothing`,
};

export class AcknowledgeMinutes {
  constructor(private readonly database: Database) {}

  async plan(tx: Tx, minutes: readonly AcknowledgeMinute[], now: Date): Promise<void> {
    const [coming, passed] = [minutes.filter(({ acknowledgeBy }) => acknowledgeBy > now), minutes.filter(({ acknowledgeBy }) => acknowledgeBy <= now)];
    const rows = [...new Map(coming.map((minute) => [toKey(minute), { key: toKey(minute), due_at: new Date(minute.acknowledgeBy.getTime() + AFTER_MS) }])).values()];
    if (rows.length > 0) await tx.query(PLAN, [ACKNOWLEDGE_DUE, JSON.stringify(rows)]);
    // Something became known when it was late already: the minute is looked at again, also by a look that is under way.
    const dueAt = new Date(now.getTime() + AFTER_MS);
    await schedule(tx, ACKNOWLEDGE_DUE, [...new Set(passed.map(toKey))].map((key) => ({ key, dueAt })));
  }

  async end(minute: AcknowledgeMinute, startedAt: Date): Promise<void> {
    await endDueWork(this.database, ACKNOWLEDGE_DUE, toKey(minute), startedAt);
  }
}

function toKey({ chainId, accountId, acknowledgeBy }: AcknowledgeMinute): string {
  return [chainId, accountId, acknowledgeBy.getTime() / MINUTE_MS].join(':');
}

/** None of the three has a colon in it. */
export function toAcknowledgeMinute(key: string): AcknowledgeMinute {
  const [chainId = '', accountId = '', minutes = ''] = key.split(':');
  return { chainId, accountId, acknowledgeBy: new Date(Number(minutes) * MINUTE_MS) };
}
