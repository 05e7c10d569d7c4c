import { Body, Controller, Get, Headers, HttpStatus, Param, Post, Query, Res } from '@nestjs/common';
import { problems, refundKey, refundQuery, refundRequest, toMoney, type OrderView, type ProblemCode, type RefundView } from '@scantill/contracts';
import { Caller, malformed, Needs, ProblemException, type ApiKey } from '@scantill/platform';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Refund } from '../core/refund.js';
import { AskOrder } from '../flows/ask-order.js';
import { FindOrder } from '../flows/find-order.js';
import { problemOf } from '../flows/refuse-request.js';
import { callersOrder, newCause, orderParams, type OrderParams } from './callers-order.js';
import { toOrderView, toRefundView } from './order-view.js';
import { waitForRefund } from './waits.js';

export const refundParams = orderParams.extend({ refundKey });
export const refundHeaders = z.object({ 'Idempotency-Key': refundKey });

@Controller('v1/orders/:orderId/refunds')
export class RefundsController {
  constructor(private readonly askOrder: AskOrder, private readonly findOrder: FindOrder) {}

  @Post()
  @Needs('refunds')
  async refund(
    @Param({ schema: orderParams }) params: OrderParams,
    @Headers('idempotency-key') header: string | undefined,
    @Body({ schema: refundRequest.nullish() }) body: z.infer<typeof refundRequest> | null | undefined,
    @Query({ schema: refundQuery }) query: z.infer<typeof refundQuery>,
    @Caller() caller: ApiKey,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderView> {
    const key = keyOf(header);
    if (caller.storeId === null && !caller.scopes.includes('refund-any-store')) throw new ProblemException('auth.forbidden', 'a key without a store needs the scope refund-any-store');
    const order = await callersOrder(this.findOrder, params, caller);
    const amount = body?.amount === undefined ? null : toMoney(body.amount);
    const answered = await this.askOrder.run({
      order, cause: newCause(), wait: waitForRefund(query, key),
      toInput: (now) => ({ kind: 'request-refund', refundKey: key, amount, reason: body?.reason ?? null, storeId: caller.storeId, now }),
    });
    if (!answered.ok) throw new ProblemException(problemOf[answered.error.kind]);
    const refund = answered.value.refunds.find((each) => each.key === key);
    if (refund?.status === 'failed') throw failed(refund);
    void reply.status(refund === undefined || refund.status === 'requested' ? HttpStatus.ACCEPTED : HttpStatus.CREATED);
    return toOrderView(answered.value);
  }

  @Get(':refundKey')
  @Needs('refunds', 'orders')
  async show(@Param({ schema: refundParams }) params: z.infer<typeof refundParams>, @Caller() caller: ApiKey): Promise<RefundView> {
    const { refunds } = await callersOrder(this.findOrder, params, caller);
    const refund = refunds.find(({ key }) => key === params.refundKey);
    if (refund === undefined) throw new ProblemException('refund.not-found');
    return toRefundView(refund);
  }
}

function keyOf(header: string | undefined): string {
  if (header === undefined) throw new ProblemException('idempotency.missing');
  const parsed = refundKey.safeParse(header);
  if (!parsed.success) throw malformed(parsed.error.issues.map(({ message }) => ({ message, path: ['Idempotency-Key'] })));
  return parsed.data;
}

/** The gateway may know reasons that this version does not; refused it is all the same. */
function failed({ problem, resultCode }: Extract<Refund, { status: 'failed' }>): ProblemException {
  const code: ProblemCode = Object.hasOwn(problems, problem) ? problem as ProblemCode : 'refund.refused';
  return new ProblemException(code, resultCode === null ? undefined : `Alipay answered ${resultCode}`);
}
