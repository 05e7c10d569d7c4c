import { Controller, Inject } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { storeAcknowledgedV1, storeCancelRequestedV1, storeDayClosedV1, storeOrderRequestedV1, storeRefundRequestedV1, toMoney, topics } from '@scantill/contracts';
import { orderKey } from '@scantill/kernel';
import { Inbox, on, type Batch, type BatchOutcome } from '@scantill/platform';
import { AcknowledgeOrders, type Acknowledgement } from '../flows/acknowledge-orders.js';
import { ApplyStoreRequests, type StoreRequest } from '../flows/apply-store-requests.js';
import { CloseDays } from '../flows/close-days.js';
import { toClosing } from './day-closing.js';
import { toWish } from './order-wish.js';

/** The inbox behind the store door, which checks signatures. */
export const STORE_INBOX = Symbol('store inbox');

/** What store systems publish. */
@Controller()
export class StoreOrdersConsumer {
  constructor(
    @Inject(STORE_INBOX) private readonly inbox: Inbox, private readonly apply: ApplyStoreRequests, private readonly acknowledge: AcknowledgeOrders, private readonly closeDays: CloseDays,
  ) {}

  @EventPattern(topics.storeOrders)
  receive(batch: Batch): Promise<BatchOutcome> {
    return this.inbox.handle(batch, [
      on(storeOrderRequestedV1, (data, received): StoreRequest => ({
        kind: 'place', key: orderKey(data.chainId, data.orderId), storeId: data.storeId, tillId: data.tillId ?? null,
        wish: toWish(data, Math.max(0, Date.now() - received.brokerTime.getTime())), cause: received.cause,
      }), this.apply),
      on(storeCancelRequestedV1, (data, received): StoreRequest => ({
        kind: 'cancel', key: orderKey(data.chainId, data.orderId), storeId: data.storeId, tillId: null, reason: data.reason ?? null, cause: received.cause,
      }), this.apply),
      on(storeRefundRequestedV1, (data, received): StoreRequest => ({
        kind: 'refund', key: orderKey(data.chainId, data.orderId), storeId: data.storeId, tillId: null, refundKey: data.refundKey,
        amount: data.amount === undefined ? null : toMoney(data.amount), reason: data.reason ?? null, cause: received.cause,
      }), this.apply),
      on(storeAcknowledgedV1, ({ chainId, orderId, storeId }, { cause }): Acknowledgement => ({ key: orderKey(chainId, orderId), storeId, cause }), this.acknowledge, ({ chainId }) => this.acknowledge.isAskedBy(chainId)),
      on(storeDayClosedV1, toClosing, this.closeDays),
    ]);
  }
}
