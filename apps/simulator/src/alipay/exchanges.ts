import { operations, type Operation } from '@scantill/alipay';
import type { Answer } from './results.js';

export interface OperationCount {
  calls: number;
  /** By result code; a call that is not answered, or not by Alipay's own judgement, is in none of them. */
  readonly results: Record<string, number>;
}

/** What went over the wire since the start, so that a test can prove that something happened. */
export class Exchanges {
  readonly byOperation = Object.fromEntries(operations.map((name) => [name, { calls: 0, results: {} }])) as Record<Operation, OperationCount>;

  count(operation: Operation, { result: { resultCode } }: Answer): void {
    const { results } = this.byOperation[operation];
    results[resultCode] = (results[resultCode] ?? 0) + 1;
  }
}
