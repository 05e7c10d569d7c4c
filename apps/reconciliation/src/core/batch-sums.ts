import type { Currency } from '@scantill/kernel';
import { addUp, emptyFigures, type Figures } from './figures.js';
import type { SettlementItem, SummaryRow } from './listed.js';

/** The items of one batch and type together. */
export interface BatchSum {
  readonly batchId: string;
  readonly type: string;
  readonly currency: Currency;
  readonly figures: Figures;
}

/** More types in a batch than Alipay has would be a file of something else. */
export const SUMS_MAX = 10_000;

/** Adds up settlement items, in whatever order and in however many files they come. Its size depends on batches and types alone. */
export class BatchSums {
  private readonly sums = new Map<string, BatchSum>();

  /** @returns false when there are more batches and types than one file can have */
  add({ batchId, type, net, fees, coupon }: SettlementItem): boolean {
    return this.put({ batchId, type, currency: net.currency, figures: { count: 1, net: net.minor, fees: new Map(fees.map(({ name, amount }) => [name, amount.minor])), coupon: coupon?.minor ?? 0n } });
  }

  /** Takes the sums of another part in. */
  merge(other: BatchSums): boolean {
    return [...other.sums.values()].every((sum) => this.put(sum));
  }

  /** By batch, type and currency, so that the same items always give the same list. */
  list(): BatchSum[] {
    return [...this.sums.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, sum]) => sum);
  }

  put(sum: BatchSum): boolean {
    const key = keyOf(sum);
    const known = this.sums.get(key);
    if (known === undefined && this.sums.size >= SUMS_MAX) return false;
    this.sums.set(key, { ...sum, figures: addUp(known?.figures ?? emptyFigures(), sum.figures) });
    return true;
  }
}

/** A batch, type and currency, as one text. */
export function keyOf({ batchId, type, currency }: Pick<BatchSum, 'batchId' | 'type' | 'currency'>): string {
  return `${batchId} ${type} ${currency}`;
}

/** A row of the summary in the same form. */
export function sumOfRow({ batchId, type, count, net, fees, coupon }: SummaryRow): BatchSum {
  return { batchId, type, currency: net.currency, figures: { count, net: net.minor, fees: new Map(fees.map(({ name, amount }) => [name, amount.minor])), coupon: coupon?.minor ?? 0n } };
}
