import { Batcher } from './batcher.js';
import { CommitUnknown, isTransient, RaceLost, type Database, type Tx } from './database.js';

/** A use case that answers every input of its batch, in one transaction. */
export interface AnsweringFlow<Input, Answer> {
  run(tx: Tx, inputs: readonly Input[]): Promise<readonly Answer[]>;
}

const RACE_TRIES_MAX = 5;
const BATCH_ITEMS_MAX = 500;

/**
 * The unit of work for what does not come from a topic: requests, notifications and results of calls that arrive while one
 * transaction commits share the next. An error of content is split until the input at fault stands alone.
 */
export class UnitOfWork<Input, Answer> {
  private readonly batcher: Batcher<Input, PromiseSettledResult<Answer>>;

  constructor(private readonly database: Database, private readonly flow: AnsweringFlow<Input, Answer>, width = 1) {
    this.batcher = new Batcher((inputs) => this.settle(inputs), { maxItems: BATCH_ITEMS_MAX, width });
  }

  /** Throws what the database or the flow threw for this input; CommitUnknown when nobody knows whether it was written. */
  async run(input: Input): Promise<Answer> {
    const settled = await this.batcher.add(input);
    if (settled.status === 'rejected') throw settled.reason;
    return settled.value;
  }

  private async settle(inputs: readonly Input[]): Promise<PromiseSettledResult<Answer>[]> {
    try {
      const answers = await this.attempt(inputs);
      return answers.map((value) => ({ status: 'fulfilled', value }));
    } catch (reason) {
      if (inputs.length === 1 || isTransient(reason)) return inputs.map(() => ({ status: 'rejected', reason }));
      const middle = inputs.length >> 1;
      return [...await this.settle(inputs.slice(0, middle)), ...await this.settle(inputs.slice(middle))];
    }
  }

  private async attempt(inputs: readonly Input[]): Promise<readonly Answer[]> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.database.transaction((tx) => this.flow.run(tx, inputs));
      } catch (error) {
        const mayTryAgain = isTransient(error) && !(error instanceof CommitUnknown) && (error instanceof RaceLost || isContention(error));
        if (!mayTryAgain || tries >= RACE_TRIES_MAX) throw error;
      }
    }
  }
}

/** SQLSTATE 40 (serialization, deadlock) and 55P03 (lock not available): the same work may well succeed at once. */
function isContention(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code.startsWith('40') || code === '55P03';
}
