import type { OrderKey } from '@scantill/kernel';
import type { Break } from '../outbound/break-row.js';
import type { BreakReader } from '../outbound/break.reader.js';
import type { ExpectationRepository, RecordedExpectation } from '../outbound/expectation.repository.js';

export interface OrderBooks {
  readonly expectations: readonly RecordedExpectation[];
  readonly breaks: readonly Break[];
}

/** What was expected of an order, where Alipay's files list it, and what did not agree. */
export class FindTimeline {
  constructor(private readonly expectations: ExpectationRepository, private readonly breaks: BreakReader) {}

  async run(orderKey: OrderKey): Promise<OrderBooks> {
    const [expectations, breaks] = await Promise.all([this.expectations.ofOrder(orderKey), this.breaks.ofOrder(orderKey)]);
    return { expectations, breaks };
  }
}
