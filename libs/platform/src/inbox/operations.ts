import type { Database, Statement, Tx } from '../database.js';
import { BROKER_TIME_HEADER } from './dead-letters.js';
import type { Message } from './message.js';

export interface DeadLetter {
  readonly id: bigint;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string | null;
  readonly headers: Record<string, string>;
  readonly value: Buffer;
  readonly problem: string;
  readonly detail: string;
  readonly status: string;
  readonly created_at: Date;
}

export const PAGE_ROWS_MAX = 200;
/** What is replayed in one go; an operator calls again for more. */
export const REPLAY_ROWS_MAX = 500;

const LIST: Statement = {
  name: 'dead-letters-list',
  text: `select * from dead_letters where id > $1 and ($2::text is null or status = $2) and ($3::text is null or key = $3) order by id limit $4`,
};
const ONE: Statement = { name: 'dead-letters-one', text: 'select * from dead_letters where id = $1' };
const QUEUE: Statement = { name: 'dead-letters-queue', text: `select * from dead_letters where status = 'parked' and topic = $1 and key is not distinct from $2 order by "offset" limit $3` };
const LOCK: Statement = { name: 'dead-letters-lock', text: `select id from dead_letters where id = any($1::bigint[]) and status in ('parked', 'kept') order by id for update` };
const REPLAYED: Statement = { name: 'dead-letters-replayed', text: `update dead_letters set status = 'replayed', ended_at = now() where id = any($1::bigint[])` };
const DISCARD: Statement = { name: 'dead-letters-discard', text: `update dead_letters set status = 'discarded', note = $2, ended_at = now() where id = $1 and status in ('parked', 'kept') returning id` };

/** Which of these still wait. Two operators who replay the same letter at once handle it once. */
export async function lockForReplay(tx: Tx, ids: readonly bigint[]): Promise<Set<bigint>> {
  if (ids.length === 0) return new Set();
  return new Set((await tx.query<{ id: bigint }>(LOCK, [ids])).map((row) => row.id));
}

export async function endReplayed(tx: Tx, ids: readonly bigint[]): Promise<void> {
  if (ids.length > 0) await tx.query(REPLAYED, [ids]);
}

/** What operators may see and do with messages that were set aside. */
export class DeadLetters {
  constructor(private readonly database: Database) {}

  async list(filter: { after: bigint; status: string | null; key: string | null; limit: number }): Promise<DeadLetter[]> {
    return this.database.query<DeadLetter>(LIST, [filter.after, filter.status, filter.key, Math.min(filter.limit, PAGE_ROWS_MAX)]);
  }

  async find(id: bigint): Promise<DeadLetter | undefined> {
    return (await this.database.query<DeadLetter>(ONE, [id]))[0];
  }

  /** The parked messages of one aggregate in their order, to be handed in again. A kept one comes alone; what has ended does not come. */
  async queueOf(letter: DeadLetter): Promise<Message[]> {
    switch (letter.status) {
      case 'parked': return (await this.database.query<DeadLetter>(QUEUE, [letter.topic, letter.key, REPLAY_ROWS_MAX])).map(toMessage);
      case 'kept': return [toMessage(letter)];
      default: return [];
    }
  }

  /** False when it had ended already. */
  async discard(id: bigint, reason: string): Promise<boolean> {
    return (await this.database.query(DISCARD, [id, reason])).length > 0;
  }
}

function toMessage(row: DeadLetter): Message {
  const { [BROKER_TIME_HEADER]: brokerTime, ...headers } = row.headers;
  return {
    topic: row.topic,
    partition: row.partition,
    offset: String(row.offset),
    key: row.key,
    headers,
    value: row.value,
    timestampMs: brokerTime === undefined ? row.created_at.getTime() : Number(brokerTime),
    deadLetterId: row.id,
  };
}
