import { assert } from '@scantill/kernel';

interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

export interface BatcherOptions {
  /** Largest batch handed to `run`. */
  readonly maxItems: number;
  /** Batches under way at once. One keeps the order of what was added. */
  readonly width?: number;
}

/** The price is per transaction, not per item: after a batch the next one may grow for a moment, like a relay's. */
const GAP_MS = 25;

/**
 * Makes a batch of whatever arrives while the previous one is being committed, and at least for GAP_MS after its beginning. An item
 * that comes after quiet goes at once.
 */
export class Batcher<Item, Answer> {
  private readonly waiting: Waiting<Item, Answer>[] = [];
  private active = 0;
  private begunAtMs = -GAP_MS;

  constructor(
    private readonly run: (items: readonly Item[]) => Promise<readonly Answer[]>,
    private readonly options: BatcherOptions,
  ) {}

  get queued(): number {
    return this.waiting.length;
  }

  add(item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (this.active < (this.options.width ?? 1)) void this.pump();
    });
  }

  private async pump(): Promise<void> {
    if (this.waiting.length === 0 || this.active >= (this.options.width ?? 1)) return;
    this.active += 1;
    const waitMs = this.begunAtMs + GAP_MS - performance.now();
    // At least one turn of the loop, so that what arrived in the same turn goes along.
    await new Promise((resolve) => (waitMs >= 1 ? setTimeout(resolve, waitMs) : setImmediate(resolve)));
    this.begunAtMs = performance.now();
    const batch = this.waiting.splice(0, this.options.maxItems);
    if (batch.length > 0) await this.settle(batch);
    this.active -= 1;
    void this.pump();
  }

  private async settle(batch: readonly Waiting<Item, Answer>[]): Promise<void> {
    try {
      const answers = await this.run(batch.map((each) => each.item));
      assert(answers.length === batch.length, 'a batch answers every item');
      batch.forEach((each, index) => each.resolve(answers[index]!));
    } catch (error) {
      for (const each of batch) each.reject(error);
    }
  }
}
