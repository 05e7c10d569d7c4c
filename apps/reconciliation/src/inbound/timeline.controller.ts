import { Controller, Get, Param } from '@nestjs/common';
import { TIMELINE_ENTRIES_MAX, type TimelinePart } from '@scantill/contracts';
import { orderKey } from '@scantill/kernel';
import { Caller, Needs, type ApiKey } from '@scantill/platform';
import type { z } from 'zod';
import { FindTimeline } from '../flows/find-timeline.js';
import { orderParams } from './expectations.controller.js';
import { toTimeline } from './timeline.js';

type OrderParams = z.infer<typeof orderParams>;

@Controller('v1/orders')
export class TimelineController {
  constructor(private readonly findTimeline: FindTimeline) {}

  /** Which orders there are is not ours to say: an order that we know nothing of has an empty part. So has another store's for a key of one store. */
  @Get(':orderId/timeline')
  @Needs('orders', 'reports')
  async show(@Param({ schema: orderParams }) { orderId }: OrderParams, @Caller() { chainId, storeId }: ApiKey): Promise<TimelinePart> {
    const books = await this.findTimeline.run(orderKey(chainId, orderId));
    const isMine = storeId === null || books.expectations.some((each) => each.storeId === storeId);
    return { chainId, orderId, entries: isMine ? toTimeline(books).slice(0, TIMELINE_ENTRIES_MAX) : [] };
  }
}
