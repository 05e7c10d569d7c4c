import { percentiles } from '../bench/percentiles.ts';
import { Problem } from '../bootstrap/problem.mjs';
import type { PlannedOrder } from '../crash/orders.ts';
import type { Answer } from './till.ts';

const TAKEN = [201, 202];

/** What tills were answered, and how long they waited: from when the customer stood there, not from when we found time to send. */
export class TillAnswers {
  private readonly waitedMs: number[] = [];
  private readonly kinds = new Map<string, number>();

  get p99Ms(): number {
    return percentiles(this.waitedMs)?.p99 ?? Infinity;
  }

  /** @param place fails where the order was not taken */
  timed(orders: readonly PlannedOrder[], perSecond: number, place: (order: PlannedOrder) => Promise<Answer>): (order: PlannedOrder) => Promise<void> {
    const startedAtMs = performance.now();
    const dueMs = new Map(orders.map(({ orderId }, index) => [orderId, startedAtMs + (index * 1_000) / perSecond]));
    return async (order) => {
      const answer = await place(order).finally(() => this.waitedMs.push(performance.now() - (dueMs.get(order.orderId) ?? startedAtMs)));
      const kind = kindOf(answer);
      this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1);
      if (!TAKEN.includes(answer.status)) throw new Problem(`${order.orderId} was answered ${answer.status} ${answer.problem}`);
    };
  }

  /** Like `6000 answers (5890 alipay.unavailable, 110 pending), p50 12.3 ms, p99 811.4 ms, slowest 903 ms`. */
  text(): string {
    const ranks = percentiles(this.waitedMs);
    const kinds = [...this.kinds].map(([kind, times]) => `${times} ${kind}`).join(', ');
    return `${this.waitedMs.length} answers (${kinds}), p50 ${ranks?.p50} ms, p99 ${ranks?.p99} ms, slowest ${Math.round(Math.max(...this.waitedMs))} ms`;
  }
}

function kindOf({ status, order, problem }: Answer): string {
  if (problem !== undefined) return `${status} ${problem}`;
  return order?.code !== null ? 'with code' : order.problem ?? order.codeStatus;
}
