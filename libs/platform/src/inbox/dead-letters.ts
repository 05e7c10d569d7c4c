import { deadLetterTopic, type Service } from '@scantill/contracts';
import type { Statement, Tx } from '../database.js';
import type { Refused } from './door.js';
import type { Message } from './message.js';

/** A message that is set aside. Those that only wait behind another of their key are kept here but not announced. */
export interface Aside extends Refused {
  readonly message: Message;
  readonly status: 'kept' | 'parked';
  readonly isFollower: boolean;
}

/** Beside the message's own headers: when the broker had it. A replay judges its age by this. */
export const BROKER_TIME_HEADER = 'dead-letter-timestamp';

/** What waits behind a message of its aggregate carries this instead of a reason of its own. */
export const PARKED_BEHIND = 'message.parked-behind';

const SET_ASIDE: Statement = {
  name: 'dead-letters-set-aside',
  text: `with x as (
      select * from unnest($1::text[], $2::int[], $3::bigint[], $4::text[], $5::text[], $6::bytea[], $7::text[], $8::text[], $9::text[], $10::text[])
        as x(topic, partition, "offset", key, headers, value, problem, detail, status, letter_headers)),
    kept as (
      insert into dead_letters (topic, partition, "offset", key, headers, value, problem, detail, status)
      select topic, partition, "offset", key, headers::jsonb, value, problem, detail, status from x order by topic, partition, "offset"
      on conflict (topic, partition, "offset") do nothing returning topic, partition, "offset")
    insert into outbox (topic, key, headers, bytes)
    select $11, x.key, x.letter_headers, x.value from x join kept k on k.topic = x.topic and k.partition = x.partition and k."offset" = x."offset"
    where x.letter_headers is not null`,
};

/** Writes the original bytes, where they came from and why, before the offset can move. Twice is once. */
export async function setAside(tx: Tx, service: Service, letters: readonly Aside[]): Promise<void> {
  if (letters.length === 0) return;
  const column = <Value>(of: (letter: Aside) => Value) => letters.map(of);
  await tx.query(SET_ASIDE, [
    column((letter) => letter.message.topic),
    column((letter) => letter.message.partition),
    column((letter) => letter.message.offset),
    column((letter) => letter.message.key),
    column((letter) => JSON.stringify(withBrokerTime(letter.message))),
    column((letter) => letter.message.value),
    column((letter) => letter.problem),
    column((letter) => letter.detail),
    column((letter) => letter.status),
    column((letter) => (letter.isFollower ? null : JSON.stringify(letterHeaders(letter)))),
    deadLetterTopic(service),
  ]);
}

function withBrokerTime({ headers, timestampMs }: Message): Record<string, string> {
  return { ...headers, [BROKER_TIME_HEADER]: String(timestampMs) };
}

function letterHeaders({ message, problem, detail }: Aside): Record<string, string> {
  return {
    ...withBrokerTime(message),
    'dead-letter-problem': problem,
    'dead-letter-detail': detail,
    'dead-letter-topic': message.topic,
    'dead-letter-partition': String(message.partition),
    'dead-letter-offset': message.offset,
  };
}
