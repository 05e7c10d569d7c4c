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
const AFTER_MS = 5_000;
/** Longer than a transaction that writes a payment or an acknowledgement down can stay open: the look at a minute further away comes after its end. */
const SOON_MS = 120_000;

/** Every batch of orders names the same few minutes: a row that is there is not touched, or they would all wait for each other. */
const PLAN: Statement = {
  name: 'acknowledge-minutes-plan',
  text: `insert into due_work (kind, key, due_at) select $1, d.key, d.due_at from json_to_recordset($2::json) as d(key text, due_at timestamptz) order by d.key on conflict (kind, key) do nothing`,
};

export class AcknowledgeMinutes {
  constructor(private readonly database: Database) {}

  async plan(tx: Tx, minutes: readonly AcknowledgeMinute[], now: Date): Promise<void> {
    const work = [...new Map(minutes.map((minute) => [toKey(minute), minute]))].map(([key, { acknowledgeBy }]) => ({ key, acknowledgeBy, dueAt: new Date(Math.max(acknowledgeBy.getTime(), now.getTime()) + AFTER_MS) }));
    const soon = soonFrom(now);
    const coming = work.filter(({ acknowledgeBy }) => acknowledgeBy > soon).map(({ key, dueAt }) => ({ key, due_at: dueAt }));
    if (coming.length > 0) await tx.query(PLAN, [ACKNOWLEDGE_DUE, JSON.stringify(coming)]);
    // Locks the row: no look begins before this is written, and one that is under way is followed by another.
    await schedule(tx, ACKNOWLEDGE_DUE, work.filter(({ acknowledgeBy }) => acknowledgeBy <= soon).map(({ key, dueAt }) => ({ key, dueAt })));
  }

  async end(minute: AcknowledgeMinute, startedAt: Date): Promise<void> {
    await endDueWork(this.database, ACKNOWLEDGE_DUE, toKey(minute), startedAt);
  }
}

/** A minute until then may be looked at before what is written now is committed. */
export function soonFrom(now: Date): Date {
  return new Date(now.getTime() + SOON_MS);
}

function toKey({ chainId, accountId, acknowledgeBy }: AcknowledgeMinute): string {
  return [chainId, accountId, acknowledgeBy.getTime() / MINUTE_MS].join(':');
}

/** None of the three has a colon in it. */
export function toAcknowledgeMinute(key: string): AcknowledgeMinute {
  const [chainId = '', accountId = '', minutes = ''] = key.split(':');
  return { chainId, accountId, acknowledgeBy: new Date(Number(minutes) * MINUTE_MS) };
}
