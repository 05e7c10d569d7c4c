import type { StoreEventRepository } from '../outbound/store-event.repository.js';
import type { Feed, Follower, StoreFeeds } from './store-feeds.js';

/** Where the client says it stands: at the end, after a number it was given, or at something we never said. */
export type Position = { readonly kind: 'now' } | { readonly kind: 'after'; readonly sequence: bigint } | { readonly kind: 'unreadable' };

/** One client's stream. What is written to it goes out in order. */
export interface StoreStream extends Follower {
  readonly isOpen: boolean;
  /** The client stands here now; it names this number when it comes back. */
  startAt(sequence: bigint): void;
  /** What lies before this number cannot be told any more: the client must ask for the orders it cares about. */
  resync(sequence: bigint, reason: 'too-old' | 'unknown-id'): void;
  /** Returns when most of what was written is on its way. */
  drained(): Promise<void>;
}

const PAGE_EVENTS_MAX = 200;

/** First what the client missed, in pages, then what happens from now on; without a gap and without a repetition. */
export class FollowStore {
  constructor(private readonly storeEvents: StoreEventRepository, private readonly feeds: StoreFeeds) {}

  /** Returns when the client has caught up and follows live, or has gone. */
  async run(feed: Feed, position: Position, stream: StoreStream): Promise<void> {
    let at = this.start(feed, position, stream);
    while (at < feed.head && stream.isOpen) {
      const page = await this.storeEvents.page(feed.store, at, PAGE_EVENTS_MAX);
      if (page[0]?.sequence === at + 1n) {
        // What is committed but not handed over yet will reach the stream that way, and must not twice.
        const handedOver = page.filter(({ sequence }) => sequence <= feed.head);
        stream.receive(handedOver);
        at = handedOver.at(-1)!.sequence;
        await stream.drained();
      } else {
        at = feed.head;
        stream.resync(at, 'too-old');
      }
    }
    // Nothing was awaited since the comparison: what comes after `feed.head` reaches the stream, and nothing else does.
    if (stream.isOpen) this.feeds.join(feed, stream);
  }

  private start(feed: Feed, position: Position, stream: StoreStream): bigint {
    if (position.kind === 'after' && position.sequence <= feed.head) {
      stream.startAt(position.sequence);
      return position.sequence;
    }
    if (position.kind === 'now') stream.startAt(feed.head);
    else stream.resync(feed.head, 'unknown-id');
    return feed.head;
  }
}
