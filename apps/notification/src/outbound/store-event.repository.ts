import { assert } from '@scantill/kernel';
import type { Database, Statement, Tx } from '@scantill/platform';
import type { Told } from '../core/told.js';

export interface StoreRef {
  readonly chainId: string;
  readonly storeId: string;
}

/** What was told, with its place on the stream of its store. */
export interface StoreEvent extends StoreRef {
  readonly sequence: bigint;
  readonly type: string;
  readonly tillId: string | null;
  readonly payload: string;
}

interface HeadRow {
  readonly chain_id: string;
  readonly store_id: string;
  readonly sequence: bigint;
}

/** The counters are locked in sorted order until the commit: numbers are gapless, and nobody sees a higher one before a lower. */
const APPEND: Statement = {
  name: 'store-events-append',
  text: `with counted as (
      insert into store_streams as s (chain_id, store_id, sequence)
      select chain_id, store_id, events from json_to_recordset($1::json) as c(chain_id text, store_id text, events int) order by chain_id, store_id
      on conflict (chain_id, store_id) do update set sequence = s.sequence + excluded.sequence
      returning chain_id, store_id, sequence),
    told as (
      insert into store_events (chain_id, store_id, sequence, event_id, type, order_id, till_id, payload)
      select e.chain_id, e.store_id, c.sequence - e.followed_by, e.event_id, e.type, e.order_id, e.till_id, e.payload
      from json_to_recordset($2::json) as e(chain_id text, store_id text, followed_by int, event_id text, type text, order_id text, till_id text, payload text)
      join counted c on c.chain_id = e.chain_id and c.store_id = e.store_id)
    select chain_id, store_id, sequence from counted`,
};

const HEADS: Statement = {
  name: 'store-streams-heads',
  text: `select s.chain_id, s.store_id, s.sequence from unnest($1::text[], $2::text[]) as k(chain_id, store_id)
    join store_streams s on s.chain_id = k.chain_id and s.store_id = k.store_id`,
};

const PAGE: Statement = {
  name: 'store-events-page',
  text: `select chain_id as "chainId", store_id as "storeId", sequence, type, till_id as "tillId", payload from store_events
    where chain_id = $1 and store_id = $2 and sequence > $3 order by sequence limit $4`,
};

export class StoreEventRepository {
  constructor(private readonly database: Database) {}

  /** One statement for the whole batch. Returns the events with their numbers, in the order given. */
  async append(tx: Tx, told: readonly Told[]): Promise<StoreEvent[]> {
    const counts = new Map<string, { chain_id: string; store_id: string; events: number }>();
    const positions = told.map(({ chainId, storeId }) => {
      const count = counts.get(storeKey({ chainId, storeId })) ?? { chain_id: chainId, store_id: storeId, events: 0 };
      counts.set(storeKey({ chainId, storeId }), count);
      count.events += 1;
      return count.events;
    });
    const followedBy = told.map((each, index) => counts.get(storeKey(each))!.events - positions[index]!);
    const rows = told.map((each, index) => ({
      chain_id: each.chainId, store_id: each.storeId, followed_by: followedBy[index],
      event_id: each.eventId, type: each.type, order_id: each.orderId, till_id: each.tillId, payload: each.payload,
    }));
    const heads = headsOf(await tx.query<HeadRow>(APPEND, [JSON.stringify([...counts.values()]), JSON.stringify(rows)]));
    return told.map((each, index) => {
      const head = heads.get(storeKey(each));
      assert(head !== undefined, 'every store of the batch has a counter');
      const { chainId, storeId, tillId, type, payload } = each;
      return { chainId, storeId, sequence: head - BigInt(followedBy[index]!), type, tillId, payload };
    });
  }

  /** The last number of each store; a store that nothing was told yet is not in the answer. */
  async heads(stores: readonly StoreRef[]): Promise<Map<string, bigint>> {
    const rows = await this.database.query<HeadRow>(HEADS, [stores.map((store) => store.chainId), stores.map((store) => store.storeId)]);
    return headsOf(rows);
  }

  async page({ chainId, storeId }: StoreRef, after: bigint, limit: number): Promise<StoreEvent[]> {
    return this.database.query<StoreEvent>(PAGE, [chainId, storeId, after, limit]);
  }
}

export function storeKey({ chainId, storeId }: StoreRef): string {
  return `${chainId}:${storeId}`;
}

function headsOf(rows: readonly HeadRow[]): Map<string, bigint> {
  return new Map(rows.map((row) => [storeKey({ chainId: row.chain_id, storeId: row.store_id }), row.sequence]));
}
