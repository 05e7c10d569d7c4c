import type { Log } from '@scantill/platform';
import { storeKey, type StoreEvent, type StoreEventRepository, type StoreRef } from '../outbound/store-event.repository.js';

/** Somebody who follows a store, from the moment of joining without a gap and without a repetition. */
export interface Follower {
  receive(events: readonly StoreEvent[]): void;
}

/** A store that somebody follows on this instance. */
export interface Feed {
  readonly store: StoreRef;
  /** Everything up to this number was handed to the followers. */
  readonly head: bigint;
}

interface OpenFeed extends Feed {
  head: bigint;
  users: number;
  readonly followers: Set<Follower>;
}

/** What another instance committed is found by asking; what was committed here is handed over at once. */
const POLL_MS = 200;
const PAGE_EVENTS_MAX = 500;

/** Hands what was told to those who follow a store. One read per instance finds what the others wrote, and only while somebody follows. */
export class StoreFeeds {
  private readonly feeds = new Map<string, OpenFeed>();
  private timer: NodeJS.Timeout | undefined;
  private reading: Promise<void> | undefined;

  constructor(private readonly storeEvents: StoreEventRepository, private readonly log: Log) {}

  /** The feed, up to date as of now. Every `open` needs its `release`. Throws when the database cannot be read. */
  async open(store: StoreRef): Promise<Feed> {
    const key = storeKey(store);
    const head = (await this.storeEvents.heads([store])).get(key) ?? 0n;
    const feed = this.feeds.get(key) ?? { store, head, users: 0, followers: new Set() };
    this.feeds.set(key, feed);
    feed.users += 1;
    this.timer ??= setInterval(() => void this.poll(), POLL_MS);
    try {
      await this.catchUp(feed, head);
    } catch (error) {
      this.release(feed);
      throw error;
    }
    return feed;
  }

  /** From now on the follower receives everything after `feed.head`. */
  join(feed: Feed, follower: Follower): void {
    this.feeds.get(storeKey(feed.store))?.followers.add(follower);
  }

  release(feed: Feed, follower?: Follower): void {
    const key = storeKey(feed.store);
    const open = this.feeds.get(key);
    if (open === undefined) return;
    if (follower !== undefined) open.followers.delete(follower);
    open.users -= 1;
    if (open.users <= 0) this.feeds.delete(key);
    if (this.feeds.size === 0) this.stop();
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** What this instance has just committed. A hole before it was written by another one and is read first. */
  announce(events: readonly StoreEvent[]): void {
    if (this.feeds.size === 0) return;
    let isBehind = false;
    for (const [key, ofStore] of Map.groupBy(events, storeKey)) {
      const feed = this.feeds.get(key);
      if (feed !== undefined && !append(feed, ofStore)) isBehind = true;
    }
    if (isBehind) void this.poll();
  }

  private async poll(): Promise<void> {
    this.reading ??= this.readOthers()
      .catch((error: unknown) => this.log.debug({ err: error }, 'the streams could not be read'))
      .finally(() => { this.reading = undefined; });
    await this.reading;
  }

  private async readOthers(): Promise<void> {
    const heads = await this.storeEvents.heads([...this.feeds.values()].map((feed) => feed.store));
    for (const [key, head] of heads) {
      const feed = this.feeds.get(key);
      if (feed !== undefined) await this.catchUp(feed, head);
    }
  }

  private async catchUp(feed: OpenFeed, head: bigint): Promise<void> {
    while (feed.head < head) {
      const page = await this.storeEvents.page(feed.store, feed.head, PAGE_EVENTS_MAX);
      if (page.length === 0 || !append(feed, page)) return;
    }
  }
}

/** False when something is missing before these events. What the followers had already is left out. */
function append(feed: OpenFeed, events: readonly StoreEvent[]): boolean {
  const fresh = events.filter((event) => event.sequence > feed.head);
  const [first] = fresh;
  if (first === undefined) return true;
  if (first.sequence !== feed.head + 1n) return false;
  feed.head = fresh.at(-1)!.sequence;
  for (const follower of feed.followers) follower.receive(fresh);
  return true;
}
