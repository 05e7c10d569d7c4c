import { Controller, Get, Param } from '@nestjs/common';
import type { TimelinePart } from '@scantill/contracts';
import { Caller, Needs, type ApiKey } from '@scantill/platform';
import type { z } from 'zod';
import { FindTold } from '../flows/find-told.js';
import { toTimeline } from './timeline.js';
import { orderParams } from './told.controller.js';

type OrderParams = z.infer<typeof orderParams>;

@Controller('v1/orders')
export class TimelineController {
  constructor(private readonly findTold: FindTold) {}

  /** Which orders there are is not ours to say: an order of which nothing was told has an empty part. */
  @Get(':orderId/timeline')
  @Needs('orders')
  async show(@Param({ schema: orderParams }) { orderId }: OrderParams, @Caller() { chainId, storeId }: ApiKey): Promise<TimelinePart> {
    const { streamed, delivered } = await this.findTold.run(chainId, orderId);
    const isMine = (row: { readonly storeId: string }) => storeId === null || storeId === row.storeId;
    return { chainId, orderId, entries: toTimeline({ streamed: streamed.filter(isMine), delivered: delivered.filter(isMine) }) };
  }
}
