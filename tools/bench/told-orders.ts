import type { DatabaseUrls } from '../stack/databases.ts';
import { rows } from '../audit/rows.ts';

/** Wall-clock times. */
export interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface ToldOrders {
  /** Orders whose store was told within the window that they are paid. */
  readonly paid: number;
  /** From the receipt of Alipay's notification to the row that tells the store, for each of them. */
  readonly notifiedToToldMs: readonly number[];
  /** Paid orders of the window that an inquiry found first: their notification was late or lost. */
  readonly byInquiry: number;
}

/**
 * Counts paid orders at the end of the chain: a store is told after ledger, gateway and order agree, so a backlog that grows in between
 * does not pass for speed. (That all of them agree is what the audit proves.) Read after the run: it costs the system nothing.
 */
export async function readToldOrders(databaseUrls: DatabaseUrls, window: Window): Promise<ToldOrders> {
  const notifiedAt = await readNotifications(databaseUrls['payment-gateway'], window);
  const told = `select chain_id || ':' || order_id as order_key, told_at from store_events
    where type = 'order.paid' and told_at >= ${instant(window.fromMs)} and told_at < ${instant(window.toMs)}`;
  const notifiedToToldMs: number[] = [];
  let paid = 0;
  for await (const { order_key, told_at } of rows<{ order_key: string; told_at: Date }>(databaseUrls.notification, told)) {
    paid += 1;
    const since = notifiedAt.get(order_key);
    if (since !== undefined) notifiedToToldMs.push(told_at.getTime() - since);
  }
  return { paid, notifiedToToldMs, byInquiry: paid - notifiedToToldMs.length };
}

/** `applied` is the verdict on the notification that made the payment succeed; a repeated one changed nothing. */
async function readNotifications(url: string, { toMs }: Window): Promise<Map<string, number>> {
  const query = `select p.order_key, e.at as received_at from exchanges e join payments p on p.id = e.payment_id
    where e.operation = 'notifyPayment' and e.verdict = 'applied' and p.status = 'succeeded' and e.at < ${instant(toMs)}`;
  const notifiedAt = new Map<string, number>();
  for await (const { order_key, received_at } of rows<{ order_key: string; received_at: Date }>(url, query)) notifiedAt.set(order_key, received_at.getTime());
  return notifiedAt;
}

function instant(ms: number): string {
  return `timestamptz '${new Date(ms).toISOString()}'`;
}
