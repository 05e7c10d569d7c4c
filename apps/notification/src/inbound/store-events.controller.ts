import { Controller, Get, Headers, Param, Query, Res } from '@nestjs/common';
import { storeEventsQuery, storeId } from '@scantill/contracts';
import { Caller, Directory, Needs, ProblemException, type ApiKey } from '@scantill/platform';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { FollowStore, type Position } from '../flows/follow-store.js';
import { StoreFeeds, type Feed } from '../flows/store-feeds.js';
import { EventStream } from './event-stream.js';
import { OpenStreams } from './open-streams.js';

export const storeParams = z.object({ storeId });
type StoreParams = z.infer<typeof storeParams>;
type StoreEventsQuery = z.infer<typeof storeEventsQuery>;

/** Within what a bigint column holds. */
const SEQUENCE = /^\d{1,18}$/;

@Controller('v1/stores')
export class StoreEventsController {
  constructor(
    private readonly directory: Directory,
    private readonly feeds: StoreFeeds,
    private readonly followStore: FollowStore,
    private readonly streams: OpenStreams,
  ) {}

  @Get(':storeId/events')
  @Needs('orders')
  async follow(
    @Param({ schema: storeParams }) params: StoreParams,
    @Query({ schema: storeEventsQuery }) query: StoreEventsQuery,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Caller() caller: ApiKey,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const store = this.mine(params, caller);
    if (query.till !== undefined && !store.tills.includes(query.till)) throw new ProblemException('order.unknown-till');
    this.streams.enter();
    let feed: Feed;
    try {
      feed = await this.feeds.open({ chainId: store.chainId, storeId: store.storeId });
    } catch (error) {
      this.streams.leave();
      throw error;
    }
    await this.stream(feed, positionOf(lastEventId ?? query.lastEventId), { reply, till: query.till, caller });
  }

  private async stream(feed: Feed, position: Position, { reply, till, caller }: { reply: FastifyReply; till: string | undefined; caller: ApiKey }): Promise<void> {
    reply.hijack();
    const stream = new EventStream(reply.raw, till);
    const leave = () => {
      this.feeds.release(feed, stream);
      this.streams.leave(stream);
    };
    // Gone before we came to listen: there will be no close event.
    if (reply.raw.closed) return leave();
    reply.raw.once('close', leave);
    this.streams.add(stream, caller);
    // The client comes back with the last id it has seen.
    await this.followStore.run(feed, position, stream).catch(() => stream.close());
  }

  /** Another chain's store, or another store for a key of one store, does not exist for the caller. */
  private mine(params: StoreParams, caller: ApiKey) {
    const store = this.directory.store(caller.chainId, params.storeId);
    if (store === undefined || (caller.storeId !== null && caller.storeId !== store.storeId)) throw new ProblemException('store.not-found');
    return store;
  }
}

function positionOf(lastEventId: string | undefined): Position {
  if (lastEventId === undefined || lastEventId === '') return { kind: 'now' };
  return SEQUENCE.test(lastEventId) ? { kind: 'after', sequence: BigInt(lastEventId) } : { kind: 'unreadable' };
}
