import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import {
  orderAttentionNeededV1, orderCancelledV1, orderCodeClosedV1, orderCodeReadyV1, orderDayRefusedV1, orderExpiredV1, orderFailedV1, orderPaidV1, orderRejectedV1,
  orderRefundedV1, orderRefundFailedV1, orderRefundReversedV1, orderRequestRefusedV1, topics, type EventDefinition, type NextAction,
} from '@scantill/contracts';
import { Inbox, on, type Batch, type BatchOutcome, type Route } from '@scantill/platform';
import type { OrderFact, ToldType } from '../core/told.js';
import { TellStores } from '../flows/tell-stores.js';

interface OrderData {
  readonly chainId: string;
  readonly orderId?: string;
  readonly storeId: string;
  readonly tillId?: string | null;
  readonly nextAction: NextAction;
}

@Controller()
export class OrderEventsConsumer {
  private readonly routes: readonly Route[];

  constructor(private readonly inbox: Inbox, tellStores: TellStores) {
    const told = <Data extends OrderData>(type: ToldType, definition: EventDefinition<Data>) =>
      on(definition, (data, { time, cause }): OrderFact => {
        const { chainId, orderId = null, storeId, tillId = null, nextAction, ...details } = data;
        return { eventId: cause.causationId ?? cause.correlationId, correlationId: cause.correlationId, type, time, chainId, orderId, storeId, tillId, nextAction, details };
      }, tellStores);
    this.routes = [
      told('order.code-ready', orderCodeReadyV1),
      told('order.code-closed', orderCodeClosedV1),
      told('order.paid', orderPaidV1),
      told('order.expired', orderExpiredV1),
      told('order.cancelled', orderCancelledV1),
      told('order.failed', orderFailedV1),
      told('order.rejected', orderRejectedV1),
      told('order.request-refused', orderRequestRefusedV1),
      told('order.attention-needed', orderAttentionNeededV1),
      told('order.refunded', orderRefundedV1),
      told('order.refund-failed', orderRefundFailedV1),
      told('order.refund-reversed', orderRefundReversedV1),
      told('order.day-refused', orderDayRefusedV1),
    ];
  }

  @EventPattern(topics.order)
  receive(batch: Batch): Promise<BatchOutcome> {
    return this.inbox.handle(batch, this.routes);
  }
}
