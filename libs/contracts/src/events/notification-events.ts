import { z } from 'zod';
import { defineEvent } from '../envelope.js';
import { chainId, instant, orderId, storeId } from '../fields.js';
import { topics } from '../topics.js';

const delivery = {
  chainId, orderId, storeId,
  endpointId: z.string().describe("The chain's webhook endpoint"),
  eventId: z.string().describe('What was to be told; `webhook-id` of the request'),
  eventType: z.string(),
  attempts: z.int().min(1).describe('Requests made, the last one included'),
};

export const notificationDeliveredV1 = defineEvent({
  type: 'notification.delivered', version: 1, topic: topics.notification,
  summary: 'A webhook endpoint answered 2xx: the chain has heard it.',
  data: z.object({ ...delivery, deliveredAt: instant }),
});

export const notificationGivenUpV1 = defineEvent({
  type: 'notification.given-up', version: 1, topic: topics.notification,
  summary: 'A webhook endpoint did not take the message for three days; it is not tried again.',
  data: z.object({ ...delivery, givenUpAt: instant, reason: z.string().max(256).describe('Why the last request failed') }),
});
