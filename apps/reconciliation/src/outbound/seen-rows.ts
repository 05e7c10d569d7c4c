import { money, type Currency, type Money } from '@scantill/kernel';
import { CUSTOMER_IDS_MAX } from './items-intake.js';

export interface ToldByRow {
  readonly customerId: string;
  readonly currency: Currency;
  readonly minor: bigint;
}

/** Far from where JavaScript numbers begin to be inexact, whatever one row adds. */
const SUM_MAX = 2 ** 52;

/** What all rows of a file say together. */
export class SeenRows {
  private readonly customers = new Set<string>();
  private readonly sums = new Map<Currency, bigint>();
  private readonly quick = new Map<Currency, number>();
  private lastCustomer: string | undefined;

  add({ customerId, currency, minor }: ToldByRow): void {
    if (this.customers.size <= CUSTOMER_IDS_MAX) this.customers.add(customerId);
    this.sums.set(currency, (this.sums.get(currency) ?? 0n) + minor);
  }

  /** @param minor below 2 ** 52 */
  addQuickly(customerId: string, currency: Currency, minor: number): void {
    if (customerId !== this.lastCustomer && this.customers.size <= CUSTOMER_IDS_MAX) this.customers.add(customerId);
    this.lastCustomer = customerId;
    const sum = (this.quick.get(currency) ?? 0) + minor;
    this.quick.set(currency, sum);
    if (Math.abs(sum) > SUM_MAX) this.flush();
  }

  get told(): { customerIds: string[]; totals: Money[] } {
    this.flush();
    const totals = [...this.sums].sort(([one], [other]) => (one < other ? -1 : 1)).map(([currency, minor]) => money(currency, minor));
    return { customerIds: [...this.customers].sort(), totals };
  }

  private flush(): void {
    for (const [currency, sum] of this.quick) this.sums.set(currency, (this.sums.get(currency) ?? 0n) + BigInt(sum));
    this.quick.clear();
  }
}
