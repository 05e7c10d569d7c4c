import type { Currency } from '@scantill/kernel';
import type { FileItem } from './settled-item.js';

/** The rows of one type in a batch, or all of them, in the smallest unit of its currency. */
export interface BatchTotal {
  readonly type: string;
  readonly currency: Currency;
  readonly count: number;
  readonly net: bigint;
  readonly fee: bigint;
}

/** Adds up what a settlement file holds while it is written, so that its summary says what the file says. */
export class BatchTotals {
  private readonly sums = new Map<string, BatchTotal>();

  constructor(private readonly currency: Currency) {}

  add({ row: { transactionType: type }, settlement }: FileItem): void {
    this.put(type, { count: 1, net: settlement?.net.minor ?? 0n, fee: settlement?.fee.minor ?? 0n });
  }

  /** The types, then all of them. Nothing at all where the batch is empty. */
  list(): BatchTotal[] {
    const types = [...this.sums.values()];
    if (types.length === 0) return [];
    const all = types.reduce((sum, each) => ({ ...sum, count: sum.count + each.count, net: sum.net + each.net, fee: sum.fee + each.fee }), { type: 'TOTAL', currency: this.currency, count: 0, net: 0n, fee: 0n });
    return [...types, all];
  }

  private put(type: string, { count, net, fee }: Pick<BatchTotal, 'count' | 'net' | 'fee'>): void {
    const sum = this.sums.get(type) ?? { type, currency: this.currency, count: 0, net: 0n, fee: 0n };
    this.sums.set(type, { ...sum, count: sum.count + count, net: sum.net + net, fee: sum.fee + fee });
  }
}
