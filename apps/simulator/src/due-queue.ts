interface Entry<T> {
  readonly dueAt: number;
  /** Keeps entries of the same moment in the order in which they came. */
  readonly order: number;
  readonly item: T;
}

/** A priority queue with one timer for all of it, because a million pending retries must not be a million timers. */
export class DueQueue<T> {
  private readonly heap: Entry<T>[] = [];
  private timer: NodeJS.Timeout | undefined;
  private armedFor = Infinity;
  private pushed = 0;

  constructor(private readonly onDue: (item: T) => void) {}

  get size(): number {
    return this.heap.length;
  }

  /** @param dueAt real time in epoch milliseconds; the past means at once, but never within this call */
  push(item: T, dueAt: number): void {
    this.pushed += 1;
    this.heap.push({ dueAt, order: this.pushed, item });
    this.siftUp(this.heap.length - 1);
    if (dueAt < this.armedFor) this.arm();
  }

  /** Forgets everything. */
  stop(): void {
    this.heap.length = 0;
    clearTimeout(this.timer);
  }

  private arm(): void {
    clearTimeout(this.timer);
    const first = this.heap[0];
    this.armedFor = first?.dueAt ?? Infinity;
    // A timer cannot be longer than 2^31 ms; one that fires early finds nothing due and is armed again.
    if (first) this.timer = setTimeout(() => this.fire(), Math.min(Math.max(0, first.dueAt - Date.now()), 2_147_483_647));
  }

  private fire(): void {
    const now = Date.now();
    for (let first = this.heap[0]; first && first.dueAt <= now; first = this.heap[0]) {
      this.removeFirst();
      this.onDue(first.item);
    }
    this.arm();
  }

  private removeFirst(): void {
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return;
    this.heap[0] = last;
    this.siftDown();
  }

  private siftUp(from: number): void {
    for (let index = from; index > 0; ) {
      const parent = (index - 1) >> 1;
      if (!this.swapIfLater(parent, index)) return;
      index = parent;
    }
  }

  private siftDown(): void {
    for (let index = 0; ; ) {
      const left = 2 * index + 1;
      if (left >= this.heap.length) return;
      const right = left + 1;
      const child = right < this.heap.length && this.isLater(left, right) ? right : left;
      if (!this.swapIfLater(index, child)) return;
      index = child;
    }
  }

  private isLater(one: number, other: number): boolean {
    const a = this.heap[one] as Entry<T>;
    const b = this.heap[other] as Entry<T>;
    return a.dueAt > b.dueAt || (a.dueAt === b.dueAt && a.order > b.order);
  }

  private swapIfLater(upper: number, lower: number): boolean {
    if (!this.isLater(upper, lower)) return false;
    const entry = this.heap[upper] as Entry<T>;
    this.heap[upper] = this.heap[lower] as Entry<T>;
    this.heap[lower] = entry;
    return true;
  }
}
