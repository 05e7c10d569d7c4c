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

/**
 * Makes a batch of whatever arrives while the previous one is being committed. It never waits on a timer: alone, an item goes
 * at once; under load, batches grow by themselves.
 */
export class Batcher<Item, Answer> {
  private readonly waiting: Waiting<Item, Answer>[] = [];
  private active = 0;

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
    // One turn of the loop, so that what arrived in the same turn goes along.
    await new Promise((resolve) => setImmediate(resolve));
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
