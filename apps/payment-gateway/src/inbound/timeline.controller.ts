import { Controller, Get, Param } from '@nestjs/common';
import { fromMoney, orderId, TIMELINE_ENTRIES_MAX, type TimelineEntry, type TimelinePart } from '@scantill/contracts';
import { orderKey } from '@scantill/kernel';
import { Caller, Needs, ProblemException, type ApiKey } from '@scantill/platform';
import { z } from 'zod';
import { hasEnded, type Payment } from '../core/payment.js';
import { FindTimeline, type GatewayStory } from '../flows/find-timeline.js';

export const orderParams = z.object({ orderId });

@Controller('v1/orders')
export class TimelineController {
  constructor(private readonly findTimeline: FindTimeline) {}

  /** The gateway's part: payments, refunds, every exchange with Alipay, and what operators did. */
  @Get(':orderId/timeline')
  @Needs('orders')
  async show(@Param({ schema: orderParams }) params: z.infer<typeof orderParams>, @Caller() caller: ApiKey): Promise<TimelinePart> {
    const story = await this.findTimeline.run(orderKey(caller.chainId, params.orderId));
    const isMine = story.payments.some(({ bill }) => caller.storeId === null || caller.storeId === bill.storeId);
    if (!isMine) throw new ProblemException('order.not-found');
    return { chainId: caller.chainId, orderId: params.orderId, entries: entriesOf(story) };
  }
}

function entriesOf({ payments, exchanges, actions }: GatewayStory): TimelineEntry[] {
  const entry = (at: Date, kind: string, detail: Record<string, unknown>): TimelineEntry => ({ at: at.toISOString(), service: 'payment-gateway', kind, detail });
  return [
    ...payments.flatMap((payment) => paymentEntries(payment, entry)),
    ...exchanges.map(({ at, payment_id: paymentId, operation, verdict, duration_ms: durationMs, http_status: httpStatus, request, response }) =>
      entry(at, operation, { paymentId, verdict, durationMs, httpStatus, request, response })),
    ...actions.map(({ at, payment_id: paymentId, action, reason, operator, refused }) => entry(at, `operator.${action}`, { paymentId, reason, operator, refused })),
  ].sort((a, b) => a.at.localeCompare(b.at)).slice(-TIMELINE_ENTRIES_MAX);
}

function paymentEntries(payment: Payment, entry: (at: Date, kind: string, detail: Record<string, unknown>) => TimelineEntry): TimelineEntry[] {
  const { id: paymentId, bill, createdAt, attention, refunds, lateSuccess, givingBack } = payment;
  const entries = [entry(createdAt, 'payment.requested', { paymentId, accountId: bill.accountId, amount: fromMoney(bill.amount), status: payment.status, attention })];
  if (payment.status === 'code-issued') entries.push(entry(payment.issuedAt, 'payment.code-issued', { paymentId, alipayPaymentId: payment.alipayPaymentId, expiresAt: payment.code.expiresAt.toISOString() }));
  if (payment.status === 'succeeded') {
    const { alipayPaymentId, wallet, paidAt, charged, quote } = payment.success;
    entries.push(entry(paidAt, 'payment.succeeded', { paymentId, alipayPaymentId, wallet, charged: charged === null ? null : fromMoney(charged), quote }));
  }
  if (hasEnded(payment) && 'cancelledAt' in payment && payment.cancelledAt !== null) entries.push(entry(payment.cancelledAt, `payment.${payment.status}`, { paymentId }));
  if (lateSuccess !== undefined) entries.push(entry(lateSuccess.paidAt, 'payment.late-success', { paymentId, alipayPaymentId: lateSuccess.alipayPaymentId, givingBack: givingBack?.by ?? null }));
  for (const refund of refunds) {
    const what = { paymentId, refundId: refund.id, refundKey: refund.key, amount: fromMoney(refund.amount) };
    entries.push(entry(refund.requestedAt, 'refund.requested', { ...what, reason: refund.reason, status: refund.status }));
    if (refund.status === 'succeeded' || refund.status === 'reversed') entries.push(entry(refund.refundedAt, 'refund.succeeded', { ...what, alipayRefundId: refund.alipayRefundId }));
    if (refund.status === 'failed') entries.push(entry(refund.endedAt, 'refund.failed', { ...what, problem: refund.problem, resultCode: refund.resultCode }));
    if (refund.status === 'reversed') entries.push(entry(refund.reversedAt, 'refund.reversed', what));
  }
  return entries;
}
