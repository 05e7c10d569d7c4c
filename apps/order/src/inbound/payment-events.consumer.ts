import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import {
  paymentAttentionNeededV1, paymentCancelledV1, paymentCodeIssuedV1, paymentDelayedV1, paymentExpiredV1, paymentFailedV1, paymentLateSuccessV1,
  paymentRefundFailedV1, paymentRefundReversedV1, paymentRefundSucceededV1, paymentSucceededV1, toMoney, topics, type EventDefinition,
} from '@scantill/contracts';
import { orderKey, type PaymentId } from '@scantill/kernel';
import { Inbox, on, type Batch, type BatchOutcome, type Received, type Route } from '@scantill/platform';
import type { OrderInput } from '../core/decide-order.js';
import { ApplyPayments } from '../flows/apply-payments.js';

interface PaymentData {
  readonly chainId: string;
  readonly orderId: string;
  readonly paymentId: string;
}

@Controller()
export class PaymentEventsConsumer {
  private readonly routes: readonly Route[];

  constructor(private readonly inbox: Inbox, apply: ApplyPayments) {
    const toOrder = <Data extends PaymentData>(definition: EventDefinition<Data>, toInput: (data: Data, paymentId: PaymentId) => OrderInput): Route =>
      on(definition, (data, { time, cause }: Received) => ({ key: orderKey(data.chainId, data.orderId), input: toInput(data, data.paymentId as PaymentId), at: time, cause }), apply);
    this.routes = [
      toOrder(paymentCodeIssuedV1, ({ code }, paymentId) => ({ kind: 'code-issued', paymentId, code: { text: code.text, expiresAt: new Date(code.expiresAt) } })),
      toOrder(paymentDelayedV1, (_data, paymentId) => ({ kind: 'payment-delayed', paymentId })),
      toOrder(paymentSucceededV1, ({ amount, alipayPaymentId, wallet, paidAt }, paymentId) => ({
        kind: 'payment-succeeded', amount: toMoney(amount), paid: { paymentId, alipayPaymentId, wallet, paidAt: new Date(paidAt) },
      })),
      toOrder(paymentFailedV1, ({ resultCode, byCustomer }, paymentId) => ({ kind: 'payment-failed', paymentId, resultCode, byCustomer })),
      toOrder(paymentExpiredV1, ({ beforePay }, paymentId) => ({ kind: 'payment-expired', paymentId, beforePay })),
      toOrder(paymentCancelledV1, (_data, paymentId) => ({ kind: 'payment-cancelled', paymentId })),
      toOrder(paymentLateSuccessV1, (_data, paymentId) => ({ kind: 'late-success', paymentId })),
      toOrder(paymentRefundSucceededV1, ({ refundKey, amount, alipayRefundId, refundedAt }) => ({
        kind: 'refund-succeeded', refundKey, amount: toMoney(amount), alipayRefundId, refundedAt: new Date(refundedAt),
      })),
      toOrder(paymentRefundFailedV1, ({ refundKey, amount, problem, resultCode }) => ({ kind: 'refund-failed', refundKey, amount: toMoney(amount), problem, resultCode })),
      toOrder(paymentRefundReversedV1, ({ refundKey, amount, reversedAt }) => ({ kind: 'refund-reversed', refundKey, amount: toMoney(amount), reversedAt: new Date(reversedAt) })),
      toOrder(paymentAttentionNeededV1, ({ reason }) => ({ kind: 'payment-needs-attention', reason })),
    ];
  }

  @EventPattern(topics.payment)
  receive(batch: Batch): Promise<BatchOutcome> {
    return this.inbox.handle(batch, this.routes);
  }
}
