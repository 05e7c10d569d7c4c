import type { Order } from '../core/order.js';
import type { OrderRepository } from '../outbound/order.repository.js';

/** Whether an order is what somebody waits for. */
export type IsAnswer = (order: Order) => boolean;

interface Watcher {
  readonly isAnswer: IsAnswer;
  /** When to ask the database next, and after how long once more. */
  askAtMs: number;
  gapMs: number;
  readonly resolve: (order: Order | undefined) => void;
}

export interface Wait {
  /** Real milliseconds. */
  readonly maxMs: number;
  readonly isAnswer: IsAnswer;
}

/** Another instance may have consumed the event: whoever waits longer than this is asked about, each time after twice as long, in one read per instance. */
const POLL_MS = 150;

/** Requests that wait for a code or for the end of a refund. Woken in the process after a commit, else by one batched read. */
export class WatchOrders {
  private readonly watchers = new Map<string, Set<Watcher>>();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(private readonly orders: OrderRepository) {}

  /** Whoever waits is answered with the order as it stands. */
  stop(): void {
    this.stopped = true;
    for (const [key, set] of this.watchers) this.wake(key, set, undefined);
  }

  /** The order once it is the answer; undefined when the time is over. */
  wait(key: string, { maxMs, isAnswer }: Wait): Promise<Order | undefined> {
    if (this.stopped) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const watcher: Watcher = {
        isAnswer,
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
    this.answer(order, [...this.watchers.get(order.key) ?? []]);
  }

  private answer(order: Order, watchers: readonly Watcher[]): void {
    this.wake(order.key, watchers.filter(({ isAnswer }) => isAnswer(order)), order);
  }

  private wake(key: string, watchers: Iterable<Watcher>, order: Order | undefined): void {
    for (const watcher of [...watchers]) {
      this.forget(key, watcher);
      watcher.resolve(order);
    }
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
    const asking = new Map([...this.watchers].flatMap(([key, set]) => {
      const due = [...set].filter((watcher) => watcher.askAtMs <= nowMs);
      for (const watcher of due) {
        watcher.askAtMs = nowMs + watcher.gapMs;
        watcher.gapMs *= 2;
      }
      return due.length > 0 ? [[key, [...set]] as const] : [];
    }));
    if (asking.size === 0) return;
    const orders = await this.orders.findNews([...asking.keys()]).catch(() => []);
    // Whoever began to wait meanwhile may have changed the order after it was read.
    for (const order of orders) this.answer(order, asking.get(order.key) ?? []);
  }
}
