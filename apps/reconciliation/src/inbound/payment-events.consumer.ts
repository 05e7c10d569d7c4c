import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import {
  paymentAttentionNeededV1, paymentCancelledV1, paymentExpiredV1, paymentInquiryAnsweredV1, paymentLateSuccessV1, paymentRefundReversedV1, paymentRefundSucceededV1, paymentSucceededV1,
  toMoney, topics, type EventData,
} from '@scantill/contracts';
import { orderKey, type PaymentId, type RefundId } from '@scantill/kernel';
import { Inbox, on, type Batch, type BatchOutcome, type Received, type Route } from '@scantill/platform';
import type { PaymentFact } from '../core/expectation.js';
import { RecordExpectations } from '../flows/record-expectations.js';
import { RecordInquiryAnswers, type AnsweredInquiry } from '../flows/record-inquiry-answers.js';

interface PaymentData {
  readonly chainId: string;
  readonly orderId: string;
  readonly storeId: string;
  readonly paymentId: string;
  readonly accountId: string;
}

@Controller()
export class PaymentEventsConsumer {
  private readonly routes: readonly Route[];

  constructor(private readonly inbox: Inbox, record: RecordExpectations, recordAnswers: RecordInquiryAnswers) {
    this.routes = [
      on(paymentSucceededV1, (data, received) => paid(data, received, false), record),
      on(paymentLateSuccessV1, (data, received) => paid(data, received, true), record),
      on(paymentCancelledV1, (data, received): PaymentFact => ({ ...common(data, received), kind: 'closed', wasSent: true, gaveBack: data.paidBefore }), record),
      on(paymentExpiredV1, (data, received): PaymentFact => ({ ...common(data, received), kind: 'closed', wasSent: !data.beforePay, gaveBack: false }), record),
      on(paymentAttentionNeededV1, (data, received): PaymentFact => ({
        ...common(data, received), kind: 'attention-needed', reported: data.reported === null ? null : toMoney(data.reported),
      }), record),
      on(paymentRefundSucceededV1, refunded, record),
      on(paymentRefundReversedV1, reversed, record),
      on(paymentInquiryAnsweredV1, answered, recordAnswers),
    ];
  }

  @EventPattern(topics.payment)
  receive(batch: Batch): Promise<BatchOutcome> {
    return this.inbox.handle(batch, this.routes);
  }
}

function paid(data: EventData<typeof paymentSucceededV1>, received: Received, isLate: boolean): PaymentFact {
  const { amount, alipayPaymentId, paidAt } = data;
  return { ...common(data, received), kind: 'paid', isLate, amount: toMoney(amount), alipayPaymentId, paidAt: new Date(paidAt) };
}

function refunded(data: EventData<typeof paymentRefundSucceededV1>, received: Received): PaymentFact {
  const { refundId, refundKey, amount, alipayRefundId, refundedAt } = data;
  return { ...common(data, received), kind: 'refunded', refundId: refundId as RefundId, wasAsked: refundKey !== null, amount: toMoney(amount), alipayRefundId, refundedAt: new Date(refundedAt) };
}

function reversed(data: EventData<typeof paymentRefundReversedV1>, received: Received): PaymentFact {
  return { ...common(data, received), kind: 'refund-reversed', refundId: data.refundId as RefundId, amount: toMoney(data.amount), reversedAt: new Date(data.reversedAt) };
}

function answered(data: EventData<typeof paymentInquiryAnsweredV1>, { cause }: Received): AnsweredInquiry {
  const { chainId, breakId, outcome, askedBy, status, resultCode, amount, requestId, alipayId, movedAt, known, answeredAt } = data;
  const answer = {
    outcome, askedBy, status, resultCode, amount: amount === null ? null : toMoney(amount), requestId, alipayId, movedAt: movedAt === null ? null : new Date(movedAt), known, answeredAt: new Date(answeredAt),
  };
  return { chainId, breakId, answer, cause };
}

function common({ chainId, orderId, storeId, paymentId, accountId }: PaymentData, { time, cause }: Received) {
  return { chainId, storeId, accountId, paymentId: paymentId as PaymentId, orderKey: orderKey(chainId, orderId), at: time, eventId: cause.causationId ?? cause.correlationId };
}
