import { endDueWork, type Database, type Statement, type Tx } from '@scantill/platform';

/** Due work: the day on which pay-outs that no statement shows are missing. */
export const PAYOUT_DUE = 'open-missing-payouts';

export interface PayoutDay {
  readonly chainId: string;
  readonly accountId: string;
  readonly missingOn: string;
}

/** A day that is planned stands: every comparison names the same few. */
const PLAN: Statement = {
  name: 'payout-days-plan',
  text: `insert into due_work (kind, key, due_at) select $1, d.key, d.due_at from json_to_recordset($2::json) as d(key text, due_at timestamptz) order by d.key on conflict (kind, key) do nothing`,
};

export class PayoutDays {
  constructor(private readonly database: Database) {}

  async plan(tx: Tx, days: readonly PayoutDay[]): Promise<void> {
    const keys = [...new Map(days.map((day) => [toKey(day), day]))];
    if (keys.length > 0) await tx.query(PLAN, [PAYOUT_DUE, JSON.stringify(keys.map(([key, { missingOn }]) => ({ key, due_at: `${missingOn}T00:00:00+08:00` })))]);
  }

  async end(day: PayoutDay, startedAt: Date): Promise<void> {
    await endDueWork(this.database, PAYOUT_DUE, toKey(day), startedAt);
  }
}

function toKey({ chainId, accountId, missingOn }: PayoutDay): string {
  return [chainId, accountId, missingOn].join(':');
}

/** None of the three has a colon in it. */
export function toPayoutDay(key: string): PayoutDay {
  const [chainId = '', accountId = '', missingOn = ''] = key.split(':');
  return { chainId, accountId, missingOn };
}
