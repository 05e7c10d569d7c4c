import { notificationDeliveredV1, notificationGivenUpV1 } from '@scantill/contracts';
import { orderKey } from '@scantill/kernel';
import { toOutboxRow, type OutboxRow } from '@scantill/platform';
import type { Settlement } from './delivery.repository.js';

const SOURCE = 'notification';
/** A delivery ends once, so its end is its first and only event. */
const SEQUENCE = 1;

/** How a delivery ended, as the others know it; undefined while it goes on. */
export function toNotificationRow({ delivery, verdict, at }: Settlement): OutboxRow | undefined {
  if (verdict.status === 'waiting') return undefined;
  const { chainId, orderId, storeId, endpointId, eventId, eventType, correlationId } = delivery;
  const data = { chainId, orderId, storeId, endpointId, eventId, eventType, attempts: delivery.attempts + 1 };
  const address = { key: orderKey(chainId, orderId), subject: `${endpointId}/${eventId}`, sequence: SEQUENCE, time: at, cause: { correlationId, causationId: eventId } };
  return verdict.status === 'delivered'
    ? toOutboxRow(SOURCE, { definition: notificationDeliveredV1, data: { ...data, deliveredAt: at.toISOString() }, ...address })
    : toOutboxRow(SOURCE, { definition: notificationGivenUpV1, data: { ...data, givenUpAt: at.toISOString(), reason: verdict.problem }, ...address });
}
