import { money, type OrderKey, type PaymentId } from '@scantill/kernel';
import type { Bill, Payment, PaymentState } from '../core/payment.js';

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
}

type StoredBill = Omit<Bill, 'orderKey' | 'accountId' | 'amount' | 'validUntil'> & { readonly validUntil: string };
type StoredState = Readonly<Record<string, unknown>>;

/** Instants inside the state, by name: JSON keeps them as text. */
const INSTANTS = new Set(['expiresAt', 'issuedAt', 'paidAt', 'cancelledAt']);

export function toPayment(row: PaymentRow): Payment {
  const bill: Bill = {
    ...row.bill,
    orderKey: row.order_key as OrderKey,
    accountId: row.account_id,
    amount: money(row.currency, row.amount_minor),
    validUntil: new Date(row.bill.validUntil),
  };
  const state = { status: row.status, ...withInstants(row.state) } as PaymentState;
  return { id: row.id as PaymentId, bill, createdAt: row.created_at, attention: row.attention, ...state };
}

function withInstants(stored: StoredState): StoredState {
  return Object.fromEntries(Object.entries(stored).map(([name, value]) => {
    if (INSTANTS.has(name) && typeof value === 'string') return [name, new Date(value)];
    return [name, typeof value === 'object' && value !== null ? withInstants(value as StoredState) : value];
  }));
}

export function toChangedRow(payment: Payment, sequence: number) {
  const { id, bill: _bill, createdAt: _createdAt, attention, status, ...state } = payment;
  return {
    id, status, sequence, state, attention,
    alipay_payment_id: status === 'succeeded' ? payment.success.alipayPaymentId : status === 'code-issued' ? payment.alipayPaymentId : null,
    paid_at: status === 'succeeded' ? payment.success.paidAt.toISOString() : null,
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
