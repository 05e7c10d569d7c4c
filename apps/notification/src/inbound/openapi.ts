import { storeEventsQuery, timelinePart, toldFact, toldView } from '@scantill/contracts';
import { openApi } from '@scantill/platform';
import { z } from 'zod';
import { storeParams } from './store-events.controller.js';
import { orderParams } from './told.controller.js';

const lastEventHeader = z.object({ 'Last-Event-ID': z.string().optional().describe('The last id seen: what came after it is told first') });

export const document = openApi('Scantill notification', [
  {
    method: 'get', path: '/v1/stores/{storeId}/events', scope: 'orders',
    summary: 'What happens to the orders of a store, as server-sent events. `event: resync` says that what was missed is no longer known.',
    params: storeParams, query: storeEventsQuery, headers: lastEventHeader,
    answers: { 200: { description: 'An event stream; this is the `data` of each event', mediaType: 'text/event-stream', schema: toldFact } },
    problems: ['auth.key-in-url', 'store.not-found', 'order.unknown-till', 'stream.too-many'],
  },
  {
    method: 'get', path: '/v1/orders/{orderId}/told', scope: 'orders',
    summary: 'What was told about an order, to whom and when.',
    params: orderParams,
    answers: { 200: { description: 'The events on the stream of its store, and the webhooks', schema: toldView } },
    problems: ['order.not-found'],
  },
  {
    method: 'get', path: '/v1/orders/{orderId}/timeline', scope: 'orders',
    summary: "Our part of an order's time line: what its store was told and what became of the webhooks.",
    params: orderParams,
    answers: { 200: { description: 'Oldest first; empty while nothing was told', schema: timelinePart } },
  },
]);
