import { Controller, Inject } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { storeAcknowledgedV1, storeCancelRequestedV1, storeDayClosedV1, storeOrderRequestedV1, storeRefundRequestedV1, toMoney, topics } from '@scantill/contracts';
import { orderKey } from '@scantill/kernel';
import { Inbox, on, type Batch, type BatchOutcome } from '@scantill/platform';
import { AcknowledgeOrders } from '../flows/acknowledge-orders.js';
import { CloseDays } from '../flows/close-days.js';
import { HearStores, type StoreSaying } from '../flows/hear-stores.js';
import { toClosing } from './day-closing.js';
import { toWish } from './order-wish.js';

/** The inbox behind the store door, which checks signatures. */
export const STORE_INBOX = Symbol('store inbox');

/** What store systems publish. */
@Controller()
export class StoreOrdersConsumer {
  constructor(
    @Inject(STORE_INBOX) private readonly inbox: Inbox, private readonly hear: HearStores, private readonly acknowledge: AcknowledgeOrders, private readonly closeDays: CloseDays,
  ) {}

  @EventPattern(topics.storeOrders)
  receive(batch: Batch): Promise<BatchOutcome> {
    return this.inbox.handle(batch, [
      on(storeOrderRequestedV1, (data, received): StoreSaying => ({
        kind: 'place', key: orderKey(data.chainId, data.orderId), storeId: data.storeId, tillId: data.tillId ?? null,
        wish: toWish(data, Math.max(0, Date.now() - received.brokerTime.getTime())), cause: received.cause,
      }), this.hear),
      on(storeCancelRequestedV1, (data, received): StoreSaying => ({
        kind: 'cancel', key: orderKey(data.chainId, data.orderId), storeId: data.storeId, tillId: null, reason: data.reason ?? null, cause: received.cause,
      }), this.hear),
      on(storeRefundRequestedV1, (data, received): StoreSaying => ({
        kind: 'refund', key: orderKey(data.chainId, data.orderId), storeId: data.storeId, tillId: null, refundKey: data.refundKey,
        amount: data.amount === undefined ? null : toMoney(data.amount), reason: data.reason ?? null, cause: received.cause,
      }), this.hear),
      on(storeAcknowledgedV1, ({ chainId, orderId, storeId }, { cause }): StoreSaying => ({ kind: 'acknowledge', key: orderKey(chainId, orderId), storeId, cause }), this.hear, ({ chainId }) => this.acknowledge.isAskedBy(chainId)),
      on(storeDayClosedV1, toClosing, this.closeDays),
    ]);
  }
}
