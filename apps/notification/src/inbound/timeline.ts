import { toldFact, type TimelineEntry } from '@scantill/contracts';
import type { FindTold } from '../flows/find-told.js';

type OrderTold = Awaited<ReturnType<FindTold['run']>>;
type Streamed = OrderTold['streamed'][number];
type Delivered = OrderTold['delivered'][number];

/** An entry for each fact on the stream, and one for each webhook: how it ended, or that it still waits. Oldest first. */
export function toTimeline({ streamed, delivered }: OrderTold): TimelineEntry[] {
  return [...streamed.map(streamedEntry), ...delivered.map(deliveryEntry)].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** In the order's own time, as the other parts have it; when it was on the stream is by the clock of the database. */
function streamedEntry({ payload, storeId, sequence, eventId, toldAt }: Streamed): TimelineEntry {
  const fact = toldFact.parse(JSON.parse(payload));
  return { at: fact.time, service: 'notification', kind: 'event.streamed', detail: { storeId, sequence: sequence.toString(), eventId, toldAt: toldAt.toISOString(), fact } };
}

function deliveryEntry({ endpointId, eventId, eventType, status, attempts, lastProblem, createdAt, endedAt }: Delivered): TimelineEntry {
  return {
    at: (endedAt ?? createdAt).toISOString(), service: 'notification', kind: status === 'waiting' ? 'webhook.queued' : `webhook.${status}`,
    detail: { endpointId, eventId, eventType, attempts, lastProblem, queuedAt: createdAt.toISOString() },
  };
}
