import type { Published } from '../faults/publisher.ts';
import type { LedgerEntry } from './events.ts';
import { dateOf, type World } from './worlds.ts';

const WAYS = ['message', 'read', 'webhook'] as const;
const HEARD_AFTER_MS = 2_000;
const DAY_BEGINS_MS = 8 * 3_600_000;

/** By topic, as our services would announce them. */
export interface Acknowledgements {
  readonly order: readonly Published[];
  readonly notification: readonly Published[];
}

/** Of everything that was paid at a chain that acknowledges somebody has heard, in one way or another, but of one order on the day of the defect. */
export function acknowledgementsOf(world: World, entries: readonly LedgerEntry[], storeOf: ReadonlyMap<string, string>): Acknowledgements {
  const paid = world.acknowledges === undefined ? [] : entries.filter(({ clientId, status }) => status === 'SUCCESS' && world.accounts.some((account) => account.clientId === clientId));
  const unheard = paid.find(({ paidAt, refunds }) => refunds.length === 0 && dayOf(paidAt) === dateOf(world.defect?.day ?? 0));
  const heard = paid.filter((entry) => entry !== unheard).map((entry, nth) => acknowledgementOf(world, entry, { way: WAYS[nth % WAYS.length] ?? 'read', storeId: storeOf.get(entry.referenceOrderId) ?? '' }));
  return { order: heard.filter(({ source }) => source === 'order'), notification: heard.filter(({ source }) => source === 'notification') };
}

function acknowledgementOf({ chainId }: World, entry: LedgerEntry, { way, storeId }: { way: (typeof WAYS)[number]; storeId: string }): Published {
  const orderId = entry.referenceOrderId.slice(chainId.length + 1);
  const time = new Date(Date.parse(entry.paidAt ?? entry.issuedAt) + HEARD_AFTER_MS).toISOString();
  const about = { key: `${chainId}:${orderId}`, correlationId: entry.paymentRequestId, time };
  const order = { chainId, orderId, storeId };
  return way === 'webhook'
    ? { ...about, source: 'notification', type: 'notification.delivered', subject: `hook/${entry.paymentRequestId}`, data: { ...order, endpointId: 'hook', eventId: entry.paymentRequestId, eventType: 'order.paid', attempts: 1, deliveredAt: time } }
    : { ...about, source: 'order', type: 'order.acknowledged', subject: `${about.key}/acknowledgement`, data: { ...order, tillId: null, paymentId: entry.paymentRequestId, by: way, acknowledgedAt: time } };
}

function dayOf(at: string | null): string | null {
  return at === null ? null : new Date(Date.parse(at) + DAY_BEGINS_MS).toISOString().slice(0, 10);
}
