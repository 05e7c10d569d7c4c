import type { DynamicModule } from '@nestjs/common';
import { DirectoryConsumer, Inbox, KeepDirectory, OPENAPI, OpenApiController, type Platform, type RunningPart } from '@scantill/platform';
import { FindExpectations } from './flows/find-expectations.js';
import { RecordExpectations } from './flows/record-expectations.js';
import { ExpectationsController } from './inbound/expectations.controller.js';
import { document } from './inbound/openapi.js';
import { PaymentEventsConsumer } from './inbound/payment-events.consumer.js';
import { ExpectationRepository } from './outbound/expectation.repository.js';

/** Everything the service consists of, in the order in which it depends on each other. */
export function wire(platform: Platform) {
  const expectations = new ExpectationRepository(platform.database);
  const parts: RunningPart[] = [];
  const module: DynamicModule = {
    module: ReconciliationModule,
    controllers: [PaymentEventsConsumer, DirectoryConsumer, ExpectationsController, OpenApiController],
    providers: [
      { provide: Inbox, useValue: platform.inbox },
      { provide: KeepDirectory, useValue: platform.keepDirectory },
      { provide: RecordExpectations, useValue: new RecordExpectations(expectations) },
      { provide: FindExpectations, useValue: new FindExpectations(expectations) },
      { provide: OPENAPI, useValue: document },
    ],
  };
  return { module, parts };
}

export class ReconciliationModule {}
