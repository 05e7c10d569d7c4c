import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { orderDayClosedV1, topics, type EventData } from '@scantill/contracts';
import { Inbox, on, type Batch, type BatchOutcome, type Received, type Route } from '@scantill/platform';
import { tillTotal, type TillClosing } from '../core/till-day.js';
import { RecordTillClosings } from '../flows/record-till-closings.js';

@Controller()
export class OrderEventsConsumer {
  private readonly routes: readonly Route[];

  constructor(private readonly inbox: Inbox, recordTillClosings: RecordTillClosings) {
    this.routes = [on(orderDayClosedV1, toClosing, recordTillClosings)];
  }

  @EventPattern(topics.order)
  receive(batch: Batch): Promise<BatchOutcome> {
    return this.inbox.handle(batch, this.routes);
  }
}

function toClosing({ chainId, storeId, date, from, until, totals, accounts, closedAt, sentBy }: EventData<typeof orderDayClosedV1>, { cause }: Received): TillClosing {
  return {
    chainId, storeId, date, eventId: cause.causationId ?? cause.correlationId, from: new Date(from), until: new Date(until), accounts, closedAt: new Date(closedAt), sentBy,
    totals: totals.flatMap(({ currency, sales, refunds }) => [tillTotal('sales', sales.count, currency, BigInt(sales.minor)), tillTotal('refunds', refunds.count, currency, BigInt(refunds.minor))]),
  };
}
