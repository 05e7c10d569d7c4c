import type { OrderKey } from '@scantill/kernel';
import type { ExpectationRepository, RecordedExpectation } from '../outbound/expectation.repository.js';

/** What is expected of an order, and whether Alipay has listed it. */
export class FindExpectations {
  constructor(private readonly expectations: ExpectationRepository) {}

  run(orderKey: OrderKey): Promise<RecordedExpectation[]> {
    return this.expectations.ofOrder(orderKey);
  }
}
