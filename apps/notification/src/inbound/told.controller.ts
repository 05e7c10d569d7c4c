import { Controller, Get, Param } from '@nestjs/common';
import { orderId, toldFact, toldType, toldView, type ToldView } from '@scantill/contracts';
import { Caller, Needs, ProblemException, type ApiKey } from '@scantill/platform';
import { z } from 'zod';
import { FindTold } from '../flows/find-told.js';

export const orderParams = z.object({ orderId });
type OrderParams = z.infer<typeof orderParams>;

@Controller('v1/orders')
export class ToldController {
  constructor(private readonly findTold: FindTold) {}

  /** Nothing told, another chain's order, and another store's for a key of one store look alike. */
  @Get(':orderId/told')
  @Needs('orders')
  async show(@Param({ schema: orderParams }) params: OrderParams, @Caller() caller: ApiKey): Promise<ToldView> {
    const { streamed, delivered } = await this.findTold.run(caller.chainId, params.orderId);
    const isMine = (storeId: string) => caller.storeId === null || caller.storeId === storeId;
    const view: ToldView = {
      chainId: caller.chainId,
      orderId: params.orderId,
      streamed: streamed.filter((row) => isMine(row.storeId)).map((row) => ({
        storeId: row.storeId, sequence: row.sequence.toString(), eventId: row.eventId, toldAt: row.toldAt.toISOString(),
        fact: toldFact.parse(JSON.parse(row.payload)),
      })),
      delivered: delivered.filter((row) => isMine(row.storeId)).map((row) => ({
        endpointId: row.endpointId, eventId: row.eventId, eventType: toldType.parse(row.eventType), status: toldView.shape.delivered.element.shape.status.parse(row.status),
        attempts: row.attempts, lastProblem: row.lastProblem, createdAt: row.createdAt.toISOString(), endedAt: row.endedAt?.toISOString() ?? null,
      })),
    };
    if (view.streamed.length + view.delivered.length === 0) throw new ProblemException('order.not-found');
    return view;
  }
}
