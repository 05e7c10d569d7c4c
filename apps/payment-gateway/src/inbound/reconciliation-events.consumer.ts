import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { reconciliationInquiryWantedV1, reconciliationRefundReversalSeenV1, toMoney, topics } from '@scantill/contracts';
import type { RefundId } from '@scantill/kernel';
import { Inbox, on, type Batch, type BatchOutcome } from '@scantill/platform';
import { ApplyReversals, type Reversal } from '../flows/apply-reversals.js';
import { WantInquiries, type WantedInquiry } from '../flows/want-inquiries.js';

/** What Alipay's files say that the gateway has to know. */
@Controller()
export class ReconciliationEventsConsumer {
  constructor(private readonly inbox: Inbox, private readonly apply: ApplyReversals, private readonly want: WantInquiries) {}

  @EventPattern(topics.reconciliation)
  receive(batch: Batch): Promise<BatchOutcome> {
    return this.inbox.handle(batch, [
      on(reconciliationRefundReversalSeenV1, ({ paymentId, refundId, alipayRefundId, amount, seenAt }, { time, cause }): Reversal => ({
        paymentId, refundId: refundId as RefundId | null, alipayRefundId, amount: toMoney(amount), seenAt: new Date(seenAt), at: time, cause,
      }), this.apply),
      on(reconciliationInquiryWantedV1, ({ breakId, chainId, accountId, orderId, transactionType: type, requestId, alipayId }, { cause }): WantedInquiry => ({
        breakId, chainId, accountId, orderId, type, requestId, alipayId, cause,
      }), this.want),
    ]);
  }
}
