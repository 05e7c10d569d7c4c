/** What five books say of one order. Amounts are text like `USD 1099` (currency, minor units), because they are only compared. */
export interface OrderBooks {
  order: OrderEntry | undefined;
  readonly payments: PaymentEntry[];
  /** Alipay's side: the simulator's ledger. */
  readonly ledger: LedgerEntry[];
  /** How often the store was told each way an order can end, by event type. */
  readonly told: Map<string, number>;
  readonly expectations: ExpectationEntry[];
}

export interface OrderEntry {
  readonly status: string;
  readonly amount: string;
  readonly hasAttention: boolean;
  readonly deadlineAtMs: number;
}

export interface PaymentEntry {
  /** Our `paymentRequestId`. */
  readonly id: string;
  readonly status: string;
  readonly amount: string;
  /** A person was told: a late success, for instance, is known and waits for somebody. */
  readonly hasAttention: boolean;
}

export interface LedgerEntry {
  /** Our `paymentRequestId`, as Alipay wrote it down. */
  readonly paymentId: string;
  readonly status: 'PROCESSING' | 'SUCCESS' | 'FAIL' | 'CANCELLED';
  readonly amount: string;
  /** Paid, and not given back in full by a cancel or by refunds. */
  readonly isHeld: boolean;
}

export interface ExpectationEntry {
  readonly paymentId: string;
  readonly amount: string;
}

export const ORDER_ENDS = ['paid', 'expired', 'cancelled', 'failed'] as const;
export const PAYMENT_ENDS = ['succeeded', 'failed', 'expired', 'cancelled'] as const;

export function hasEnded(order: OrderEntry): boolean {
  return (ORDER_ENDS as readonly string[]).includes(order.status);
}

export function isOver(payment: PaymentEntry): boolean {
  return (PAYMENT_ENDS as readonly string[]).includes(payment.status);
}

/** The books of every order, by `<chain>:<order id>`. */
export class Books {
  private readonly byOrder = new Map<string, OrderBooks>();

  of(orderKey: string): OrderBooks {
    const known = this.byOrder.get(orderKey);
    if (known !== undefined) return known;
    const empty: OrderBooks = { order: undefined, payments: [], ledger: [], told: new Map(), expectations: [] };
    this.byOrder.set(orderKey, empty);
    return empty;
  }

  get size(): number {
    return this.byOrder.size;
  }

  [Symbol.iterator](): IterableIterator<[string, OrderBooks]> {
    return this.byOrder.entries();
  }
}
