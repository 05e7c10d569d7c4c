import { money, type OrderKey, type PaymentId, type RefundId } from '@scantill/kernel';
import type { Bill, Payment, PaymentState } from '../core/payment.js';
import { isOpen, sumsOf, type Refund, type RefundState } from '../core/refund.js';

/** A row of `payments`. What is queried or constrained has a column; the rest of bill and state is JSON. */
export interface PaymentRow {
  readonly id: string;
  readonly order_key: string;
  readonly account_id: string;
  readonly amount_minor: bigint;
  readonly currency: string;
  readonly bill: StoredBill;
  readonly status: Payment['status'];
  readonly sequence: number;
  readonly state: StoredState;
  readonly attention: string | null;
  readonly created_at: Date;
  readonly refund_count: number;
}

/** A row of `refunds`. */
export interface RefundRow {
  readonly id: string;
  readonly payment_id: string;
  readonly refund_key: string | null;
  readonly amount_minor: bigint;
  readonly currency: string;
  readonly status: Refund['status'];
  readonly asks: number;
  readonly state: StoredState;
  readonly reason: string | null;
  readonly requested_at: Date;
}

type StoredBill = Omit<Bill, 'orderKey' | 'accountId' | 'amount' | 'validUntil'> & { readonly validUntil: string };
type StoredState = Readonly<Record<string, unknown>>;

/** Instants inside the state, by name: JSON keeps them as text. */
const INSTANTS = new Set(['expiresAt', 'issuedAt', 'paidAt', 'cancelledAt', 'refundedAt', 'reversedAt', 'endedAt']);

export function toPayment(row: PaymentRow, refunds: readonly Refund[]): Payment {
  const bill: Bill = {
    ...row.bill,
    orderKey: row.order_key as OrderKey,
    accountId: row.account_id,
    amount: money(row.currency, row.amount_minor),
    validUntil: new Date(row.bill.validUntil),
  };
  const state = { status: row.status, ...withInstants(row.state) } as PaymentState;
  return { id: row.id as PaymentId, bill, createdAt: row.created_at, attention: row.attention, refunds, ...state };
}

export function toRefund(row: RefundRow): Refund {
  const state = { status: row.status, ...withInstants(row.state) } as RefundState;
  return { id: row.id as RefundId, key: row.refund_key, amount: money(row.currency, row.amount_minor), reason: row.reason, requestedAt: row.requested_at, asks: row.asks, ...state };
}

function withInstants(stored: StoredState): StoredState {
  return Object.fromEntries(Object.entries(stored).map(([name, value]) => {
    if (INSTANTS.has(name) && typeof value === 'string') return [name, new Date(value)];
    if (name === 'charged' && value !== null) return [name, toStoredMoney(value as { currency: string; minor: string })];
    return [name, typeof value === 'object' && value !== null ? withInstants(value as StoredState) : value];
  }));
}

function toStoredMoney({ currency, minor }: { currency: string; minor: string }) {
  return money(currency, BigInt(minor));
}

/** Amounts inside the state are text: JSON has no bigint. */
function withoutBigints(state: StoredState): StoredState {
  return Object.fromEntries(Object.entries(state).map(([name, value]) => {
    if (typeof value === 'bigint') return [name, value.toString()];
    return [name, typeof value === 'object' && value !== null && !(value instanceof Date) ? withoutBigints(value as StoredState) : value];
  }));
}

export function toChangedRow(payment: Payment, sequence: number) {
  const { id, bill, createdAt: _createdAt, attention, refunds, status, ...state } = payment;
  const { refunded, pending } = sumsOf(refunds, bill.amount.currency);
  return {
    id, status, sequence, attention,
    state: withoutBigints(state),
    alipay_payment_id: status === 'succeeded' ? payment.success.alipayPaymentId : status === 'code-issued' ? payment.alipayPaymentId : null,
    paid_at: status === 'succeeded' ? payment.success.paidAt.toISOString() : null,
    refunded_minor: refunded.minor.toString(), refunding_minor: pending.minor.toString(), refund_count: refunds.length,
  };
}

export function toRefundRow({ id: paymentId, bill }: Payment, refund: Refund) {
  const { id, key, amount, reason, requestedAt, asks, status, ...state } = refund;
  const ended = refund.status === 'succeeded' || refund.status === 'reversed' ? refund.refundedAt : refund.status === 'failed' ? refund.endedAt : null;
  return {
    id, payment_id: paymentId, order_key: bill.orderKey, refund_key: key, amount_minor: amount.minor.toString(), currency: amount.currency, status, asks, state, reason,
    alipay_refund_id: 'alipayRefundId' in refund ? refund.alipayRefundId : null, requested_at: requestedAt.toISOString(), ended_at: isOpen(refund) ? null : (ended?.toISOString() ?? null),
  };
}

export function toNewRow(payment: Payment, sequence: number) {
  const { orderKey, accountId, amount, validUntil, ...rest } = payment.bill;
  return {
    ...toChangedRow(payment, sequence),
    order_key: orderKey,
    account_id: accountId,
    amount_minor: amount.minor.toString(),
    currency: amount.currency,
    bill: { ...rest, validUntil: validUntil.toISOString() },
    created_at: payment.createdAt.toISOString(),
  };
}
