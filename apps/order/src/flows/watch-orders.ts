import { hasEnded, type Order } from '../core/order.js';
import type { OrderRepository } from '../outbound/order.repository.js';

interface Watcher {
  readonly since: number;
  readonly resolve: (order: Order | undefined) => void;
}

/** Another instance may have consumed the event: whoever waits longer than this is asked about in one read per instance. */
const POLL_MS = 150;

/** Requests that wait for their order's code. Woken in the process after a commit, else by one batched read. */
export class WatchOrders {
  private readonly watchers = new Map<string, Set<Watcher>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly orders: OrderRepository) {}

  start(): void {
    this.timer = setInterval(() => void this.poll(), POLL_MS);
  }

  stop(): void {
    clearInterval(this.timer);
    for (const key of [...this.watchers.keys()]) this.wake(key, undefined);
  }

  /** The order once it is past waiting for a code; undefined when the time is over. */
  wait(key: string, maxMs: number): Promise<Order | undefined> {
    return new Promise((resolve) => {
      const watcher: Watcher = {
        since: Date.now(),
        resolve: (order) => {
          clearTimeout(timeout);
          resolve(order);
        },
      };
      const timeout = setTimeout(() => {
        this.forget(key, watcher);
        resolve(undefined);
      }, maxMs);
      const set = this.watchers.get(key) ?? new Set();
      this.watchers.set(key, set.add(watcher));
    });
  }

  announce(order: Order): void {
    if (isPastWaiting(order)) this.wake(order.key, order);
  }

  private wake(key: string, order: Order | undefined): void {
    const set = this.watchers.get(key);
    this.watchers.delete(key);
    for (const watcher of set ?? []) watcher.resolve(order);
  }

  private forget(key: string, watcher: Watcher): void {
    const set = this.watchers.get(key);
    set?.delete(watcher);
    if (set?.size === 0) this.watchers.delete(key);
  }

  private async poll(): Promise<void> {
    const longAgo = Date.now() - POLL_MS;
    const keys = [...this.watchers].flatMap(([key, set]) => ([...set].some((watcher) => watcher.since < longAgo) ? [key] : []));
    if (keys.length === 0) return;
    const orders = await this.orders.findPastWaiting(keys).catch(() => []);
    for (const order of orders) this.announce(order);
  }
}

function isPastWaiting(order: Order): boolean {
  return order.status === 'awaiting-payment' || hasEnded(order);
}
