import type { TransactionItem } from '@scantill/alipay';

export interface DayTotal {
  readonly type: string;
  readonly currency: string;
  readonly count: number;
  /** Signed sum in the smallest unit. */
  readonly value: string;
}

/** Adds up what a day's file holds while it is written. */
export class DayTotals {
  rows = 0;
  private readonly sums = new Map<string, { type: string; currency: string; count: number; value: bigint }>();

  add(row: TransactionItem): void {
    const type = row.transactionType;
    const key = `${type} ${row.transactionCurrency}`;
    const sum = this.sums.get(key) ?? { type, currency: row.transactionCurrency, count: 0, value: 0n };
    sum.count += 1;
    sum.value += BigInt(row.transactionAmountValue);
    this.sums.set(key, sum);
    this.rows += 1;
  }

  list(): DayTotal[] {
    return [...this.sums.values()].map((sum) => ({ ...sum, value: String(sum.value) }));
  }
}
