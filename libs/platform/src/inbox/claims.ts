import type { Statement, Tx } from '../database.js';
import type { Opened } from './door.js';

/** What the inbox says of a batch. Positions are those of the list that was given. */
export interface Claims {
  readonly fresh: ReadonlySet<number>;
  /** The same identity was claimed before with other bytes. */
  readonly reused: ReadonlySet<number>;
  readonly anyParked: boolean;
}

const CLAIM: Statement = {
  name: 'inbox-claim',
  text: `with x as (select * from json_to_recordset($1::json) as x(source text, id text, time timestamptz(3), sha256 text)),
    claimed as (
      insert into inbox (source, id, time, sha256) select source, id, time, decode(sha256, 'base64') from x order by source, id, time
      on conflict do nothing returning source, id, time)
    select array(select source || ' ' || id || ' ' || (extract(epoch from time) * 1000)::bigint from claimed) as claimed,
      exists(select 1 from dead_letters where status = 'parked') as "anyParked"`,
};

const REUSED: Statement = {
  name: 'inbox-reused',
  text: `select x.position from json_to_recordset($1::json) as x(position int, source text, id text, time timestamptz(3), sha256 text)
    join inbox i on i.source = x.source and i.id = x.id and i.time = x.time
    where i.sha256 <> decode(x.sha256, 'base64')`,
};

const PARKED: Statement = {
  name: 'inbox-parked',
  // Locked, or the last of a queue could be replayed while we join it, and we would wait behind nobody.
  text: `select key from dead_letters where status = 'parked' and topic = $1 and key = any($2::text[]) order by id for share`,
};

/** Claims identities in sorted order, so that two instances never wait for each other in a circle. */
export async function claim(tx: Tx, opened: readonly Opened[]): Promise<Claims> {
  const positions = new Map<string, number>();
  const repeated: number[] = [];
  opened.forEach((each, position) => {
    const identity = identityOf(each);
    if (positions.has(identity)) repeated.push(position);
    else positions.set(identity, position);
  });
  const rows = [...positions.values()].map((position) => toRow(opened[position]!));
  const [answer] = await tx.query<{ claimed: string[]; anyParked: boolean }>(CLAIM, [JSON.stringify(rows)]);
  const fresh = new Set((answer?.claimed ?? []).map((identity) => positions.get(identity)!));
  const others = opened.flatMap((each, position) => (fresh.has(position) ? [] : [{ position, ...toRow(each) }]));
  const reused = others.length === 0 && repeated.length === 0 ? [] : await tx.query<{ position: number }>(REUSED, [JSON.stringify(others)]);
  return { fresh, reused: new Set(reused.map((row) => row.position)), anyParked: answer?.anyParked ?? false };
}

export async function parkedKeys(tx: Tx, topic: string, keys: readonly string[]): Promise<Set<string>> {
  const rows = await tx.query<{ key: string }>(PARKED, [topic, keys]);
  return new Set(rows.map((row) => row.key));
}

function identityOf(opened: Opened): string {
  return `${opened.source} ${opened.id} ${Date.parse(opened.time)}`;
}

function toRow(opened: Opened) {
  return { source: opened.source, id: opened.id, time: new Date(opened.time).toISOString(), sha256: opened.sha256 };
}
