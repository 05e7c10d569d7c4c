import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { notificationDeliveredV1, orderPaidV1, topics, type EventData } from '@scantill/contracts';
import { orderKey } from '@scantill/kernel';
import { Directory, Inbox, on, type Batch, type BatchOutcome, type Received, type Route } from '@scantill/platform';
import type { Heard } from '../core/acknowledgement.js';
import { RecordAcknowledgements } from '../flows/record-acknowledgements.js';

type Delivered = EventData<typeof notificationDeliveredV1>;

@Controller()
export class NotificationEventsConsumer {
  private readonly routes: readonly Route[];

  constructor(private readonly inbox: Inbox, directory: Directory, record: RecordAcknowledgements) {
    // Every order has several webhooks: those that are no acknowledgement are not even written into the inbox.
    const isAcknowledgement = ({ chainId, eventType }: Delivered) => eventType === orderPaidV1.type && directory.chain(chainId)?.acknowledges !== undefined;
    this.routes = [on(notificationDeliveredV1, toHeard, record, isAcknowledgement)];
  }

  @EventPattern(topics.notification)
  receive(batch: Batch): Promise<BatchOutcome> {
    return this.inbox.handle(batch, this.routes);
  }
}

function toHeard({ chainId, orderId, deliveredAt }: Delivered, { cause }: Received): Heard {
  return { orderKey: orderKey(chainId, orderId), by: 'webhook', at: new Date(deliveredAt), eventId: cause.causationId ?? cause.correlationId };
}
