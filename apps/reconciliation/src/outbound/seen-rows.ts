import { money, type Currency, type Money } from '@scantill/kernel';
import { CUSTOMER_IDS_MAX } from './items-intake.js';

export interface ToldByRow {
  readonly customerId: string;
  readonly currency: Currency;
  readonly minor: bigint;
}

/** What all rows of a file say together. */
export class SeenRows {
  private readonly customers = new Set<string>();
  private readonly sums = new Map<Currency, bigint>();

  add({ customerId, currency, minor }: ToldByRow): void {
    if (this.customers.size <= CUSTOMER_IDS_MAX) this.customers.add(customerId);
    this.sums.set(currency, (this.sums.get(currency) ?? 0n) + minor);
  }

  get told(): { customerIds: string[]; totals: Money[] } {
    const totals = [...this.sums].sort(([one], [other]) => (one < other ? -1 : 1)).map(([currency, minor]) => money(currency, minor));
    return { customerIds: [...this.customers].sort(), totals };
  }
}
