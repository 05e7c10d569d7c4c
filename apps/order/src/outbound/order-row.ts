import { money, type ChainId, type OrderId, type OrderKey } from '@scantill/kernel';
import type { AcknowledgedBy } from '../core/acknowledgement.js';
import type { Attempt } from '../core/attempt.js';
import { isPaid, type Code, type Collection, type Order, type OrderLine, type OrderState, type Paid, type PaidOrder, type SellingTerms } from '../core/order.js';
import { refundSums } from '../core/refund.js';
import { toRefund, type RefundRow } from './order-refunds.js';

/** A row of `orders`. What is queried has a column; the rest of content and state is JSON. */
export interface OrderRow {
  readonly key: string;
  readonly chain_id: string;
  readonly order_id: string;
  readonly store_id: string;
  readonly till_id: string | null;
  readonly amount_minor: bigint;
  readonly currency: string;
  readonly content_hash: string;
  readonly content: StoredContent;
  readonly status: Order['status'];
  readonly sequence: number;
  readonly state: StoredState;
  readonly attention: string | null;
  readonly placed_at: Date;
  readonly valid_until: Date;
  readonly deadline_at: Date;
  readonly since: Date;
  readonly refund_count: number;
  readonly acknowledged_at: Date | null;
  readonly acknowledged_by: AcknowledgedBy | null;
}

interface StoredContent {
  readonly description: string;
  readonly lines: readonly { readonly name: string; readonly quantity: number; readonly amount?: { readonly currency: string; readonly minor: string } }[];
  readonly terms: SellingTerms;
  readonly codeSeconds: number;
}

type StoredCode = { readonly text: string; readonly expiresAt: string };

type StoredAttempt = Omit<Attempt, 'at'> & { readonly at: string };

/** The state as JSON: instants are text, everything else as in the core. Most orders need one attempt and leave the list out. */
type StoredState = { readonly attempts?: readonly StoredAttempt[] } & StoredFields;
type StoredFields =
  | { readonly isDelayed: boolean }
  | { readonly collection: (Omit<Extract<Collection, { kind: 'live' }>, 'code'> & { readonly code: StoredCode }) | Extract<Collection, { kind: 'closed' }> }
  | { readonly paid: Omit<Paid, 'paidAt'> & { readonly paidAt: string } }
  | Readonly<Record<string, unknown>>;

export function toOrder(row: OrderRow, refunds: readonly RefundRow[] = []): Order {
  const amount = money(row.currency, row.amount_minor);
  return {
    key: row.key as OrderKey,
    chainId: row.chain_id as ChainId,
    orderId: row.order_id as OrderId,
    storeId: row.store_id,
    tillId: row.till_id,
    amount,
    description: row.content.description,
    lines: row.content.lines.map(toLine),
    contentHash: row.content_hash,
    terms: row.content.terms,
    codeSeconds: row.content.codeSeconds,
    placedAt: row.placed_at,
    validUntil: row.valid_until,
    deadlineAt: row.deadline_at,
    since: row.since,
    attention: row.attention,
    acknowledged: row.acknowledged_at === null || row.acknowledged_by === null ? null : { by: row.acknowledged_by, at: row.acknowledged_at },
    attempts: (row.state.attempts ?? []).map((attempt) => ({ ...attempt, at: new Date(attempt.at) })),
    refunds: refunds.map((refund) => toRefund(refund, amount.currency)),
    ...toState(row),
  };
}

function toLine(line: StoredContent['lines'][number]): OrderLine {
  const { name, quantity, amount } = line;
  return amount === undefined ? { name, quantity } : { name, quantity, amount: money(amount.currency, BigInt(amount.minor)) };
}

function toState({ status, state: { attempts: _, ...state } }: OrderRow): OrderState {
  if ('collection' in state) {
    const collection = state.collection as Extract<StoredFields, { collection: unknown }>['collection'];
    const read: Collection = collection.kind === 'closed' ? collection : { ...collection, code: toCode(collection.code) };
    return { status: 'awaiting-payment', collection: read };
  }
  if ('paid' in state) {
    const paid = state.paid as Extract<StoredFields, { paid: unknown }>['paid'];
    return { status: status as PaidOrder['status'], paid: { ...paid, paidAt: new Date(paid.paidAt) } };
  }
  return { status, ...state } as OrderState;
}

function toCode(code: StoredCode): Code {
  return { text: code.text, expiresAt: new Date(code.expiresAt) };
}

/** What changes after the first write. */
export function toChangedRow(order: Order, sequence: number) {
  const { refunded, refunding } = refundSums(order);
  return {
    key: order.key, status: order.status, sequence, state: stateJson(order), attention: order.attention, since: order.since.toISOString(),
    paid_at: isPaid(order) ? order.paid.paidAt.toISOString() : null,
    refunded_minor: refunded.minor.toString(), refunding_minor: refunding.minor.toString(), refund_count: order.refunds.length,
  };
}

export function toNewRow(order: Order, sequence: number) {
  return {
    ...toChangedRow(order, sequence),
    chain_id: order.chainId,
    order_id: order.orderId,
    store_id: order.storeId,
    till_id: order.tillId,
    amount_minor: order.amount.minor.toString(),
    currency: order.amount.currency,
    content_hash: order.contentHash,
    content: {
      description: order.description,
      lines: order.lines.map((line) => ({ ...line, ...(line.amount === undefined ? {} : { amount: { currency: line.amount.currency, minor: line.amount.minor.toString() } }) })),
      terms: order.terms,
      codeSeconds: order.codeSeconds,
    },
    placed_at: order.placedAt.toISOString(),
    valid_until: order.validUntil.toISOString(),
    deadline_at: order.deadlineAt.toISOString(),
  };
}

function stateJson(order: Order): object {
  const fields = stateFields(order);
  return order.attempts.length === 0 ? fields : { ...fields, attempts: order.attempts };
}

function stateFields(order: Order): object {
  switch (order.status) {
    case 'awaiting-code': return { isDelayed: order.isDelayed };
    case 'awaiting-payment': return { collection: order.collection };
    case 'cancelling': return { reason: order.reason, byDeadline: order.byDeadline };
    case 'paid':
    case 'partly-refunded':
    case 'refunded': return { paid: order.paid };
    case 'cancelled':
    case 'expired': return { reason: order.reason };
    case 'failed': return { resultCode: order.resultCode };
  }
}
