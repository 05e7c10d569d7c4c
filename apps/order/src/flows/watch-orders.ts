import { hasEnded, type Order } from '../core/order.js';
import type { OrderRepository } from '../outbound/order.repository.js';

interface Watcher {
  /** When to ask the database next, and after how long once more. */
  askAtMs: number;
  gapMs: number;
  readonly resolve: (order: Order | undefined) => void;
}

/** Another instance may have consumed the event: whoever waits longer than this is asked about, each time after twice as long, in one read per instance. */
const POLL_MS = 150;

/** Requests that wait for their order's code. Woken in the process after a commit, else by one batched read. */
export class WatchOrders {
  private readonly watchers = new Map<string, Set<Watcher>>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly orders: OrderRepository) {}

  stop(): void {
    for (const key of [...this.watchers.keys()]) this.wake(key, undefined);
  }

  /** The order once it is past waiting for a code; undefined when the time is over. */
  wait(key: string, maxMs: number): Promise<Order | undefined> {
    return new Promise((resolve) => {
      const watcher: Watcher = {
        askAtMs: Date.now() + POLL_MS,
        gapMs: 2 * POLL_MS,
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
      this.timer ??= setInterval(() => void this.poll(), POLL_MS);
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
    if (this.watchers.size === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
      return;
    }
    const nowMs = Date.now();
    const keys = [...this.watchers].flatMap(([key, set]) => {
      const due = [...set].filter((watcher) => watcher.askAtMs <= nowMs);
      for (const watcher of due) {
        watcher.askAtMs = nowMs + watcher.gapMs;
        watcher.gapMs *= 2;
      }
      return due.length > 0 ? [key] : [];
    });
    if (keys.length === 0) return;
    const orders = await this.orders.findPastWaiting(keys).catch(() => []);
    for (const order of orders) this.announce(order);
  }
}

function isPastWaiting(order: Order): boolean {
  return order.status === 'awaiting-payment' || hasEnded(order);
}
