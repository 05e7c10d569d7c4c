import type { TimelineEntry, TimelineView } from '@scantill/contracts';
import type { Order } from '../core/order.js';
import type { TimelineClient } from '../outbound/timeline.client.js';

/** Everything that happened to an order, as all services know it. */
export class ReadTimeline {
  constructor(private readonly client: TimelineClient) {}

  /** `own` is our part; the others are asked with the caller's own `authorization`. */
  async run({ chainId, orderId }: Order, own: readonly TimelineEntry[], authorization: string): Promise<TimelineView> {
    const answers = await this.client.readParts({ chainId, orderId }, authorization);
    const entries = [...own, ...answers.flatMap((answer) => answer.entries)];
    return {
      chainId, orderId,
      // What happened in the same millisecond stays in the order in which the services pass an order on.
      entries: entries.sort((a, b) => Date.parse(a.at) - Date.parse(b.at)),
      missing: answers.flatMap(({ service, missing }) => (missing === null ? [] : [{ service, reason: missing }])),
    };
  }
}
