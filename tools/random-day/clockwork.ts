interface Due {
  readonly atMs: number;
  readonly rank: number;
  readonly act: () => void;
}

/** Virtual time: what is due next happens next, however long that takes; at the same moment in the order in which it was asked for. */
export class Clockwork {
  nowMs: number;
  steps = 0;
  private ranks = 0;
  private readonly heap: Due[] = [];

  constructor(startMs: number) {
    this.nowMs = startMs;
  }

  get now(): Date {
    return new Date(this.nowMs);
  }

  after(ms: number, act: () => void): void {
    this.at(this.nowMs + ms, act);
  }

  at(ms: number, act: () => void): void {
    const { heap } = this;
    heap.push({ atMs: Math.max(this.nowMs, Math.ceil(ms)), rank: this.ranks++, act });
    for (let child = heap.length - 1; child > 0; ) {
      const parent = (child - 1) >> 1;
      if (isBefore(heap[parent]!, heap[child]!)) break;
      swap(heap, parent, child);
      child = parent;
    }
  }

  /** Until nothing is left to happen. @returns whether that came within so many steps */
  run(stepsMax: number): boolean {
    for (; this.steps < stepsMax; this.steps += 1) {
      const next = this.take();
      if (next === undefined) return true;
      this.nowMs = next.atMs;
      next.act();
    }
    return false;
  }

  private take(): Due | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    heap[0] = last;
    for (let parent = 0; ; ) {
      const left = 2 * parent + 1;
      if (left >= heap.length) return first;
      const child = left + 1 < heap.length && isBefore(heap[left + 1]!, heap[left]!) ? left + 1 : left;
      if (isBefore(heap[parent]!, heap[child]!)) return first;
      swap(heap, parent, child);
      parent = child;
    }
  }
}

function isBefore(one: Due, other: Due): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.rank < other.rank);
}

function swap(heap: Due[], one: number, other: number): void {
  const kept = heap[one]!;
  heap[one] = heap[other]!;
  heap[other] = kept;
}
