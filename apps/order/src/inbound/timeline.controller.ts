import { Controller, Get, Headers, Param } from '@nestjs/common';
import type { TimelineView } from '@scantill/contracts';
import { Caller, Needs, type ApiKey } from '@scantill/platform';
import { FindOrder } from '../flows/find-order.js';
import { ReadTimeline } from '../flows/read-timeline.js';
import { callersOrder, orderParams, type OrderParams } from './callers-order.js';
import { toOwnTimeline } from './order-timeline.js';

@Controller('v1/orders/:orderId/timeline')
export class TimelineController {
  constructor(private readonly findOrder: FindOrder, private readonly readTimeline: ReadTimeline) {}

  @Get()
  @Needs('orders')
  async show(@Param({ schema: orderParams }) params: OrderParams, @Headers('authorization') authorization: string, @Caller() caller: ApiKey): Promise<TimelineView> {
    const order = await callersOrder(this.findOrder, params, caller);
    return this.readTimeline.run(order, toOwnTimeline(order), authorization);
  }
}
