import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { orderCancelRequestedV1, orderNewCodeRequestedV1, orderPlacedV1, orderRefundRequestedV1, toMoney, topics, type EventData } from '@scantill/contracts';
import { orderKey } from '@scantill/kernel';
import { Inbox, on, type Batch, type BatchOutcome, type Received } from '@scantill/platform';
import type { Bill } from '../core/payment.js';
import { ApplyOrders, type OrderAsk } from '../flows/apply-orders.js';

@Controller()
export class OrderEventsConsumer {
  constructor(private readonly inbox: Inbox, private readonly apply: ApplyOrders) {}

  @EventPattern(topics.order)
  receive(batch: Batch): Promise<BatchOutcome> {
    return this.inbox.handle(batch, [
      on(orderPlacedV1, (data, received): OrderAsk => ({ kind: 'pay', bill: toBill(data, received), cause: received.cause }), this.apply),
      on(orderNewCodeRequestedV1, (data, { cause }): OrderAsk => ({
        kind: 'new-code', orderKey: orderKey(data.chainId, data.orderId), codeSeconds: data.codeSeconds, deadlineAt: new Date(data.deadlineAt), cause,
      }), this.apply),
      on(orderRefundRequestedV1, ({ paymentId, refundKey, amount, reason }, { cause }): OrderAsk => ({ kind: 'refund', paymentId, key: refundKey, amount: toMoney(amount), reason, cause }), this.apply),
      on(orderCancelRequestedV1, (data, { cause }): OrderAsk => ({ kind: 'close', orderKey: orderKey(data.chainId, data.orderId), cause }), this.apply),
    ]);
  }
}

function toBill(data: EventData<typeof orderPlacedV1>, { cause }: Received): Bill {
  const { chainId, orderId, storeId, tillId, store, account } = data;
  return {
    orderKey: orderKey(chainId, orderId), chainId, orderId, storeId, tillId,
    accountId: account.accountId,
    amount: toMoney(data.amount),
    description: data.description,
    lines: data.lines.map(({ name, quantity }) => ({ name, quantity })),
    storeName: store.name, storeMcc: store.mcc, region: store.region,
    referenceMerchantId: account.referenceMerchantId, merchantName: account.merchantName, merchantMcc: account.merchantMcc, settlementCurrency: account.settlementCurrency,
    codeSeconds: data.codeSeconds,
    validUntil: new Date(data.validUntil),
    correlationId: cause.correlationId,
  };
}
