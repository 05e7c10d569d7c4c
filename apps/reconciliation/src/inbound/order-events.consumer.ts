import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { orderAcknowledgedV1, topics } from '@scantill/contracts';
import { orderKey } from '@scantill/kernel';
import { Inbox, on, type Batch, type BatchOutcome, type Route } from '@scantill/platform';
import type { Heard } from '../core/acknowledgement.js';
import { RecordAcknowledgements } from '../flows/record-acknowledgements.js';

@Controller()
export class OrderEventsConsumer {
  private readonly routes: readonly Route[];

  constructor(private readonly inbox: Inbox, recordAcknowledgements: RecordAcknowledgements) {
    this.routes = [
      on(orderAcknowledgedV1, ({ chainId, orderId, by, acknowledgedAt }, { cause }): Heard => ({
        orderKey: orderKey(chainId, orderId), by, at: new Date(acknowledgedAt), eventId: cause.causationId ?? cause.correlationId,
      }), recordAcknowledgements),
    ];
  }

  @EventPattern(topics.order)
  receive(batch: Batch): Promise<BatchOutcome> {
    return this.inbox.handle(batch, this.routes);
  }
}
