import { Body, Controller, Get, Header, HttpStatus, Param, Post, Query, Res } from '@nestjs/common';
import { cancelRequest, orderId, orderRequest, placeOrderQuery, type OrderView } from '@scantill/contracts';
import { orderKey } from '@scantill/kernel';
import { Caller, Needs, ProblemException, type ApiKey, type Cause } from '@scantill/platform';
import type { FastifyReply } from 'fastify';
import QRCode from 'qrcode';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { Order } from '../core/order.js';
import { CancelOrder } from '../flows/cancel-order.js';
import { FindOrder } from '../flows/find-order.js';
import { PlaceOrder } from '../flows/place-order.js';
import { problemOf } from '../flows/refuse-request.js';
import { toOrderView } from './order-view.js';
import { toWish } from './order-wish.js';

/** Long enough for Alipay on a good day, short enough that a till is not left staring. */
const WAIT_DEFAULT_MS = 800;
const QR_MARGIN_MODULES = 4;
const QR_PIXELS = 512;

export const orderParams = z.object({ orderId });
type OrderParams = z.infer<typeof orderParams>;

@Controller('v1/orders')
export class OrdersController {
  constructor(
    private readonly placeOrder: PlaceOrder,
    private readonly cancelOrder: CancelOrder,
    private readonly findOrder: FindOrder,
  ) {}

  @Post()
  @Needs('orders')
  async place(
    @Body({ schema: orderRequest }) body: z.infer<typeof orderRequest>,
    @Query({ schema: placeOrderQuery }) query: z.infer<typeof placeOrderQuery>,
    @Caller() caller: ApiKey,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderView> {
    if (caller.storeId !== null && caller.storeId !== body.storeId) throw new ProblemException('auth.forbidden', 'the key belongs to another store');
    const waitMs = query.wait === undefined ? 0 : query.waitSeconds === undefined ? WAIT_DEFAULT_MS : query.waitSeconds * 1_000;
    const placed = await this.placeOrder.run(toWish({ ...body, chainId: caller.chainId }, 0), newCause(), { maxMs: waitMs });
    if (!placed.ok) throw new ProblemException(problemOf[placed.error.kind]);
    const view = toOrderView(placed.value);
    void reply.status(view.code === null && view.status === 'awaiting-code' ? HttpStatus.ACCEPTED : HttpStatus.CREATED);
    return view;
  }

  @Get(':orderId')
  @Needs('orders')
  async show(@Param({ schema: orderParams }) params: OrderParams, @Caller() caller: ApiKey): Promise<OrderView> {
    return toOrderView(await this.mine(params, caller));
  }

  @Get(':orderId/code.svg')
  @Needs('orders')
  @Header('content-type', 'image/svg+xml')
  @Header('cache-control', 'no-store')
  async svg(@Param({ schema: orderParams }) params: OrderParams, @Caller() caller: ApiKey): Promise<string> {
    return QRCode.toString(codeOf(await this.mine(params, caller)), { type: 'svg', margin: QR_MARGIN_MODULES });
  }

  @Get(':orderId/code.png')
  @Needs('orders')
  @Header('content-type', 'image/png')
  @Header('cache-control', 'no-store')
  async png(@Param({ schema: orderParams }) params: OrderParams, @Caller() caller: ApiKey): Promise<Buffer> {
    return QRCode.toBuffer(codeOf(await this.mine(params, caller)), { margin: QR_MARGIN_MODULES, width: QR_PIXELS });
  }

  @Post(':orderId/cancel')
  @Needs('orders')
  async cancel(
    @Param({ schema: orderParams }) params: OrderParams,
    @Body({ schema: cancelRequest.nullish() }) body: z.infer<typeof cancelRequest> | null | undefined,
    @Caller() caller: ApiKey,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderView> {
    const order = await this.mine(params, caller);
    const cancelled = await this.cancelOrder.run(order, body?.reason ?? null, newCause());
    if (!cancelled.ok) throw new ProblemException(problemOf[cancelled.error.kind]);
    void reply.status(cancelled.value.status === 'cancelling' ? HttpStatus.ACCEPTED : HttpStatus.OK);
    return toOrderView(cancelled.value);
  }

  /** Another chain's order, or another store's for a key of one store, does not exist for the caller. */
  private async mine({ orderId: id }: OrderParams, caller: ApiKey): Promise<Order> {
    const order = await this.findOrder.run(orderKey(caller.chainId, id));
    if (order === undefined || (caller.storeId !== null && caller.storeId !== order.storeId)) throw new ProblemException('order.not-found');
    return order;
  }
}

function newCause(): Cause {
  return { correlationId: uuidv7(), causationId: null };
}

function codeOf(order: Order): string {
  if (order.status !== 'awaiting-payment' || order.collection.kind !== 'live') throw new ProblemException('order.no-code');
  return order.collection.code.text;
}
