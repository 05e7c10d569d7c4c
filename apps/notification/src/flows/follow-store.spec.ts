import { describe, expect, it } from '@jest/globals';
import type { StoreEvent, StoreEventRepository } from '../outbound/store-event.repository.js';
import { FollowStore, type StoreStream } from './follow-store.js';
import type { StoreFeeds } from './store-feeds.js';

const event = (sequence: number) => ({ sequence: BigInt(sequence) }) as StoreEvent;

describe('a client that comes back', () => {
  it('is not told what was committed and not handed over yet, since it will hear of it as a follower', async () => {
    const told: bigint[] = [];
    const stream = { isOpen: true, startAt: () => undefined, resync: () => undefined, drained: async () => undefined, receive: (events: readonly StoreEvent[]) => void told.push(...events.map(({ sequence }) => sequence)) } satisfies StoreStream;
    const feed = { store: { chainId: 'demo', storeId: 'S001' }, head: 3n };
    let joinedAt: bigint | undefined;
    const feeds = { join: ({ head }: { head: bigint }) => { joinedAt = head; } } as unknown as StoreFeeds;
    // Four and five are in the database a moment before this instance hands them over.
    const storeEvents = { page: async (_store: unknown, after: bigint) => [1, 2, 3, 4, 5].filter((sequence) => BigInt(sequence) > after).map(event) } as unknown as StoreEventRepository;
    await new FollowStore(storeEvents, feeds).run(feed, { kind: 'after', sequence: 1n }, stream);
    expect({ told, joinedAt }).toEqual({ told: [2n, 3n], joinedAt: 3n });
  });
});
