import { Body, Controller, Get, Header, HttpStatus, Param, Post, Query, Res } from '@nestjs/common';
import { cancelRequest, newCodeRequest, orderRequest, placeOrderQuery, type OrderView } from '@scantill/contracts';
import { Caller, Needs, ProblemException, type ApiKey } from '@scantill/platform';
import type { FastifyReply } from 'fastify';
import QRCode from 'qrcode';
import type { z } from 'zod';
import type { Order } from '../core/order.js';
import { AcknowledgeReads } from '../flows/acknowledge-reads.js';
import { AskOrder } from '../flows/ask-order.js';
import { FindOrder } from '../flows/find-order.js';
import { PlaceOrder } from '../flows/place-order.js';
import { problemOf } from '../flows/refuse-request.js';
import { callersOrder, newCause, orderParams, type OrderParams } from './callers-order.js';
import { toOrderView } from './order-view.js';
import { toWish } from './order-wish.js';
import { waitForCode } from './waits.js';

const QR_MARGIN_MODULES = 4;
const QR_PIXELS = 512;

@Controller('v1/orders')
export class OrdersController {
  constructor(
    private readonly placeOrder: PlaceOrder,
    private readonly askOrder: AskOrder,
    private readonly findOrder: FindOrder,
    private readonly acknowledgeReads: AcknowledgeReads,
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
    const placed = await this.placeOrder.run(toWish({ ...body, chainId: caller.chainId }, 0), newCause(), waitForCode(query));
    if (!placed.ok) throw new ProblemException(problemOf[placed.error.kind]);
    // A till may ask by placing its order again, too.
    this.acknowledgeReads.note(placed.value, caller);
    void reply.status(statusOfCode(placed.value));
    return toOrderView(placed.value);
  }

  @Get(':orderId')
  @Needs('orders')
  async show(@Param({ schema: orderParams }) params: OrderParams, @Caller() caller: ApiKey): Promise<OrderView> {
    const order = await this.mine(params, caller);
    this.acknowledgeReads.note(order, caller);
    return toOrderView(order);
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
    const reason = body?.reason ?? null;
    const cancelled = await this.askOrder.run({ order, toInput: () => ({ kind: 'cancel', reason }), cause: newCause() });
    if (!cancelled.ok) throw new ProblemException(problemOf[cancelled.error.kind]);
    void reply.status(cancelled.value.status === 'cancelling' ? HttpStatus.ACCEPTED : HttpStatus.OK);
    return toOrderView(cancelled.value);
  }

  @Post(':orderId/codes')
  @Needs('orders')
  async renewCode(
    @Param({ schema: orderParams }) params: OrderParams,
    @Body({ schema: newCodeRequest.nullish() }) body: z.infer<typeof newCodeRequest> | null | undefined,
    @Query({ schema: placeOrderQuery }) query: z.infer<typeof placeOrderQuery>,
    @Caller() caller: ApiKey,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderView> {
    const order = await this.mine(params, caller);
    const codeSeconds = body?.codeSeconds ?? null;
    const renewed = await this.askOrder.run({ order, toInput: (now) => ({ kind: 'request-code', codeSeconds, now }), cause: newCause(), wait: waitForCode(query) });
    if (!renewed.ok) throw new ProblemException(problemOf[renewed.error.kind]);
    void reply.status(statusOfCode(renewed.value));
    return toOrderView(renewed.value);
  }

  private mine(params: OrderParams, caller: ApiKey): Promise<Order> {
    return callersOrder(this.findOrder, params, caller);
  }
}

function statusOfCode({ status }: Order): HttpStatus {
  return status === 'awaiting-code' ? HttpStatus.ACCEPTED : HttpStatus.CREATED;
}

function codeOf(order: Order): string {
  if (order.status !== 'awaiting-payment' || order.collection.kind !== 'live') throw new ProblemException('order.no-code');
  return order.collection.code.text;
}
