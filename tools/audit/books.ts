import type { Money } from '@scantill/kernel';

/** What five books say of one order. */
export interface OrderBooks {
  order: OrderEntry | undefined;
  /** As order has them, by the callers' own numbers. */
  readonly orderRefunds: OrderRefundEntry[];
  readonly payments: PaymentEntry[];
  /** As the gateway has them; money that nobody expected and that was given back is among them. */
  readonly refunds: RefundEntry[];
  /** Alipay's side: the simulator's ledger. */
  readonly ledger: LedgerEntry[];
  /** What the store was told of ends and refunds. */
  readonly told: ToldEntry[];
  readonly expectations: ExpectationEntry[];
}

export interface OrderEntry {
  readonly status: string;
  readonly amount: Money;
  readonly refunded: Money;
  readonly refunding: Money;
  readonly hasAttention: boolean;
  readonly deadlineAtMs: number;
}

export interface OrderRefundEntry {
  readonly key: string;
  readonly amount: Money;
  readonly status: 'requested' | 'succeeded' | 'failed' | 'reversed';
  readonly alipayRefundId: string | null;
}

export interface PaymentEntry {
  /** Our `paymentRequestId`. */
  readonly id: string;
  readonly status: string;
  readonly amount: Money;
  /** What callers asked for; a give-back is not in it. */
  readonly refunded: Money;
  readonly refunding: Money;
  /** A person was told: a late success, for instance, is known and waits for somebody. */
  readonly hasAttention: boolean;
  /** Money that nobody expected is on its way back. */
  readonly isGivingBack: boolean;
}

export interface RefundEntry {
  /** Our `refundRequestId`. */
  readonly id: string;
  readonly paymentId: string;
  /** Null where no caller asked. */
  readonly key: string | null;
  readonly amount: Money;
  readonly status: 'requested' | 'unknown' | 'succeeded' | 'failed' | 'reversed';
  readonly alipayRefundId: string | null;
}

export interface LedgerEntry {
  /** Our `paymentRequestId`, as Alipay wrote it down. */
  readonly paymentId: string;
  readonly status: 'PROCESSING' | 'SUCCESS' | 'FAIL' | 'CANCELLED';
  readonly amount: Money;
  /** Somebody paid it, whatever became of the money. */
  readonly wasPaid: boolean;
  readonly issuedAtMs: number;
  /** Nobody could pay it any more; undefined where the ledger does not tell when. */
  readonly closedAtMs: number | undefined;
  readonly refunds: readonly LedgerRefund[];
}

export interface LedgerRefund {
  /** Our `refundRequestId`. */
  readonly id: string;
  readonly alipayRefundId: string;
  readonly amount: Money;
  readonly status: 'SUCCESS' | 'PROCESSING' | 'FAIL';
}

export interface ToldEntry {
  readonly type: string;
  readonly refundKey: string | null;
  readonly times: number;
  /** How many of these differ from each other. */
  readonly contents: number;
  /** Null where the type speaks of none. */
  readonly amount: Money | null;
}

export interface ExpectationEntry {
  readonly type: 'PAYMENT' | 'REFUND' | 'REFUND_REVERSAL';
  readonly paymentId: string;
  /** The payment's or the refund's. */
  readonly requestId: string;
  readonly amount: Money;
}

const PAID = ['paid', 'partly-refunded', 'refunded'];
export const ORDER_ENDS = [...PAID, 'expired', 'cancelled', 'failed'];
export const PAYMENT_ENDS = ['succeeded', 'failed', 'expired', 'cancelled'];

export function isPaid(order: OrderEntry | undefined): boolean {
  return order !== undefined && PAID.includes(order.status);
}

export function hasEnded(order: OrderEntry): boolean {
  return ORDER_ENDS.includes(order.status);
}

export function isOver(payment: PaymentEntry): boolean {
  return PAYMENT_ENDS.includes(payment.status);
}

export function isOpenRefund({ status }: RefundEntry): boolean {
  return status === 'requested' || status === 'unknown';
}

export function sumOf(amounts: readonly Money[]): bigint {
  return amounts.reduce((sum, { minor }) => sum + minor, 0n);
}

/** Minor units of a payment that Alipay holds: paid, and not given back. A refund that bounced, as the gateway was told, is there again. */
export function heldAtAlipay({ status, wasPaid, amount, refunds }: LedgerEntry, ours: readonly RefundEntry[] = []): bigint {
  if (status !== 'SUCCESS' || !wasPaid) return 0n;
  const bounced = new Set(ours.filter((refund) => refund.status === 'reversed').map(({ id }) => id));
  return amount.minor - sumOf(refunds.filter((refund) => refund.status === 'SUCCESS' && !bounced.has(refund.id)).map((refund) => refund.amount));
}

/** `USD 1099`: minor units, because findings are compared, not paid. */
export function textOf({ currency, minor }: Money): string {
  return `${currency} ${minor}`;
}

export function emptyBooks(): OrderBooks {
  return { order: undefined, orderRefunds: [], payments: [], refunds: [], ledger: [], told: [], expectations: [] };
}

/** The books of every order, by `<chain>:<order id>`. */
export class Books {
  private readonly byOrder = new Map<string, OrderBooks>();

  of(orderKey: string): OrderBooks {
    const known = this.byOrder.get(orderKey);
    if (known !== undefined) return known;
    const empty = emptyBooks();
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
