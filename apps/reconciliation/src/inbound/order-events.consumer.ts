import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { orderAcknowledgedV1, orderDayClosedV1, topics, type EventData } from '@scantill/contracts';
import { orderKey } from '@scantill/kernel';
import { Inbox, on, type Batch, type BatchOutcome, type Received, type Route } from '@scantill/platform';
import type { Heard } from '../core/acknowledgement.js';
import { tillTotal, type TillClosing } from '../core/till-day.js';
import { RecordAcknowledgements } from '../flows/record-acknowledgements.js';
import { RecordTillClosings } from '../flows/record-till-closings.js';

@Controller()
export class OrderEventsConsumer {
  private readonly routes: readonly Route[];

  constructor(private readonly inbox: Inbox, recordAcknowledgements: RecordAcknowledgements, recordTillClosings: RecordTillClosings) {
    this.routes = [on(orderAcknowledgedV1, toHeard, recordAcknowledgements), on(orderDayClosedV1, toClosing, recordTillClosings)];
  }

  @EventPattern(topics.order)
  receive(batch: Batch): Promise<BatchOutcome> {
    return this.inbox.handle(batch, this.routes);
  }
}

function toHeard({ chainId, orderId, by, acknowledgedAt }: EventData<typeof orderAcknowledgedV1>, { cause }: Received): Heard {
  return { orderKey: orderKey(chainId, orderId), by, at: new Date(acknowledgedAt), eventId: cause.causationId ?? cause.correlationId };
}

function toClosing({ chainId, storeId, date, from, until, totals, accounts, closedAt, sentBy }: EventData<typeof orderDayClosedV1>, { cause }: Received): TillClosing {
  return {
    chainId, storeId, date, eventId: cause.causationId ?? cause.correlationId, from: new Date(from), until: new Date(until), accounts, closedAt: new Date(closedAt), sentBy,
    totals: totals.flatMap(({ currency, sales, refunds }) => [tillTotal('sales', sales.count, currency, BigInt(sales.minor)), tillTotal('refunds', refunds.count, currency, BigInt(refunds.minor))]),
  };
}
