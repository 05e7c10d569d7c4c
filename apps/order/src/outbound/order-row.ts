import { money, type ChainId, type OrderId, type OrderKey } from '@scantill/kernel';
import type { Code, Collection, Order, OrderLine, OrderState, Paid, SellingTerms } from '../core/order.js';

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
}

interface StoredContent {
  readonly description: string;
  readonly lines: readonly { readonly name: string; readonly quantity: number; readonly amount?: { readonly currency: string; readonly minor: string } }[];
  readonly terms: SellingTerms;
  readonly codeSeconds: number;
}

type StoredCode = { readonly text: string; readonly expiresAt: string };

/** The state as JSON: instants are text, everything else as in the core. */
type StoredState =
  | { readonly isDelayed: boolean }
  | { readonly collection: (Omit<Extract<Collection, { kind: 'live' }>, 'code'> & { readonly code: StoredCode }) | Extract<Collection, { kind: 'closed' }> }
  | { readonly paid: Omit<Paid, 'paidAt'> & { readonly paidAt: string } }
  | Readonly<Record<string, unknown>>;

export function toOrder(row: OrderRow): Order {
  return {
    key: row.key as OrderKey,
    chainId: row.chain_id as ChainId,
    orderId: row.order_id as OrderId,
    storeId: row.store_id,
    tillId: row.till_id,
    amount: money(row.currency, row.amount_minor),
    description: row.content.description,
    lines: row.content.lines.map(toLine),
    contentHash: row.content_hash,
    terms: row.content.terms,
    codeSeconds: row.content.codeSeconds,
    placedAt: row.placed_at,
    validUntil: row.valid_until,
    deadlineAt: row.deadline_at,
    attention: row.attention,
    ...toState(row),
  };
}

function toLine(line: StoredContent['lines'][number]): OrderLine {
  const { name, quantity, amount } = line;
  return amount === undefined ? { name, quantity } : { name, quantity, amount: money(amount.currency, BigInt(amount.minor)) };
}

function toState({ status, state }: OrderRow): OrderState {
  const whole = { status, ...state };
  if ('collection' in state) {
    const collection = state.collection as Extract<StoredState, { collection: unknown }>['collection'];
    const read: Collection = collection.kind === 'closed' ? collection : { ...collection, code: toCode(collection.code) };
    return { status: 'awaiting-payment', collection: read };
  }
  if ('paid' in state) {
    const paid = state.paid as Extract<StoredState, { paid: unknown }>['paid'];
    return { status: 'paid', paid: { ...paid, paidAt: new Date(paid.paidAt) } };
  }
  return whole as OrderState;
}

function toCode(code: StoredCode): Code {
  return { text: code.text, expiresAt: new Date(code.expiresAt) };
}

/** What changes after the first write. */
export function toChangedRow(order: Order, sequence: number) {
  return { key: order.key, status: order.status, sequence, state: stateJson(order), attention: order.attention, paid_at: order.status === 'paid' ? order.paid.paidAt.toISOString() : null };
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
  switch (order.status) {
    case 'awaiting-code': return { isDelayed: order.isDelayed };
    case 'awaiting-payment': return { collection: order.collection };
    case 'cancelling': return { reason: order.reason, byDeadline: order.byDeadline };
    case 'paid': return { paid: order.paid };
    case 'cancelled':
    case 'expired': return { reason: order.reason };
    case 'failed': return { resultCode: order.resultCode };
  }
}
