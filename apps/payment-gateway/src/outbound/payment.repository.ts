import { ok, type Result } from '@scantill/kernel';
import { appendedCte, dueRows, endedCte, RaceLost, scheduledCte, type Cause, type Database, type DueWork, type OutboxRow, type Statement, type Tx } from '@scantill/platform';
import type { PaymentInput, PaymentRejected } from '../core/decide-payment.js';
import { nextLook } from '../core/next-call.js';
import { evolve, type Payment, type PaymentEvent } from '../core/payment.js';
import { toPaymentRow } from './payment-events.js';
import { toChangedRow, toNewRow, toPayment, type PaymentRow } from './payment-row.js';

/** Inputs on their way to one payment, named by its own id or by its order. */
export interface Asked {
  readonly target: { readonly paymentId: string } | { readonly orderKey: string };
  readonly inputs: readonly PaymentInput[];
  readonly at: Date;
  /** Null where only the payment knows which order's story this belongs to. */
  readonly cause: Cause | null;
  /** The result of a call: its lease is over. */
  readonly endsCall: boolean;
}

export type Decide = (payment: Payment | undefined, input: PaymentInput) => Result<readonly PaymentEvent[], PaymentRejected>;
export type Outcome = Result<Payment, PaymentRejected> & { readonly events: readonly PaymentEvent[] };

export const PAYMENT_DUE = 'payment';

const LOCK_BY_ID: Statement = { name: 'payments-lock-id', text: 'select * from payments where id = any($1::text[]) order by id for update' };
const LOCK_BY_ORDER: Statement = { name: 'payments-lock-order', text: 'select * from payments where order_key = any($1::text[]) order by id for update' };
const READ: Statement = { name: 'payments-read', text: 'select * from payments where id = any($1::text[])' };

const WRITE: Statement = {
  name: 'payments-write',
  text: `with inserted as (
      insert into payments (id, order_key, account_id, amount_minor, currency, bill, status, sequence, state, attention, alipay_payment_id, created_at, paid_at)
      select id, order_key, account_id, amount_minor, currency, bill, status, sequence, state, attention, alipay_payment_id, created_at, paid_at
      from json_to_recordset($1::json) as n(id text, order_key text, account_id text, amount_minor bigint, currency text, bill jsonb, status text, sequence int, state jsonb,
        attention text, alipay_payment_id text, created_at timestamptz, paid_at timestamptz)
      order by id on conflict do nothing returning id),
    updated as (
      update payments p set status = c.status, sequence = c.sequence, state = c.state, attention = c.attention,
        alipay_payment_id = coalesce(c.alipay_payment_id, p.alipay_payment_id), paid_at = c.paid_at
      from json_to_recordset($2::json) as c(id text, status text, sequence int, state jsonb, attention text, alipay_payment_id text, paid_at timestamptz)
      where p.id = any($3::text[]) and p.id = c.id),
    ${scheduledCte('$4', '$5')},
    ${endedCte('$4', '$6')},
    ${appendedCte('$7')}
    select count(*)::int as inserted from inserted`,
};

interface Folded {
  payment: Payment | undefined;
  sequence: number;
  readonly isNew: boolean;
  changed: boolean;
  endsCall: boolean;
}

/** Owns lock and transaction order; the decision is given and cannot wait for anything. */
export class PaymentRepository {
  constructor(private readonly database: Database) {}

  /**
   * Locks the payments of all inputs, folds each one's inputs in order through the decision, and writes rows, the date of the next
   * look, and events. `leaseMs` is for new payments that the caller pays for at once.
   */
  async change(tx: Tx, asked: readonly Asked[], decide: Decide, leaseMs?: number): Promise<Outcome[]> {
    const folded = await this.lock(tx, asked);
    const outbox: OutboxRow[] = [];
    const now = asked[0]?.at ?? new Date(0);
    const outcomes = asked.map((each) => fold(folded, each, decide, outbox));
    await this.write(tx, [...new Set(folded.values())], outbox, { now, leaseMs });
    return outcomes;
  }

  async find(ids: readonly string[]): Promise<Payment[]> {
    return (await this.database.query<PaymentRow>(READ, [ids])).map(toPayment);
  }

  /** Under its own id, and under its order's key the newest of the order. */
  private async lock(tx: Tx, asked: readonly Asked[]): Promise<Map<string, Folded>> {
    const ids = [...new Set(asked.flatMap(({ target }) => ('paymentId' in target ? [target.paymentId] : [])))].sort();
    const orders = [...new Set(asked.flatMap(({ target }) => ('orderKey' in target ? [target.orderKey] : [])))].sort();
    const rows = [
      ...(ids.length > 0 ? await tx.query<PaymentRow>(LOCK_BY_ID, [ids]) : []),
      ...(orders.length > 0 ? await tx.query<PaymentRow>(LOCK_BY_ORDER, [orders]) : []),
    ];
    const folded = new Map<string, Folded>();
    for (const row of rows) {
      const known = folded.get(row.id) ?? { payment: toPayment(row), sequence: row.sequence, isNew: false, changed: false, endsCall: false };
      folded.set(row.id, known);
      const current = folded.get(row.order_key)?.payment;
      if (current === undefined || current.createdAt <= row.created_at) folded.set(row.order_key, known);
    }
    return folded;
  }

  private async write(tx: Tx, folded: readonly Folded[], outbox: readonly OutboxRow[], { now, leaseMs }: { now: Date; leaseMs: number | undefined }): Promise<void> {
    const touched = folded.flatMap((each) => (each.payment !== undefined && (each.changed || each.endsCall) ? [{ ...each, payment: each.payment }] : []));
    if (touched.length === 0) return;
    const fresh = touched.filter(({ isNew }) => isNew);
    const known = touched.filter(({ isNew, changed }) => !isNew && changed);
    const due: DueWork[] = [];
    const ended: string[] = [];
    for (const { payment, isNew, endsCall } of touched) {
      const dueAt = nextLook(payment, now);
      if (dueAt === undefined) ended.push(payment.id);
      else due.push({ key: payment.id, dueAt, ...(isNew && leaseMs !== undefined ? { leaseMs } : { keepLease: !isNew && !endsCall }) });
    }
    const [answer] = await tx.query<{ inserted: number }>(WRITE, [
      JSON.stringify(fresh.map(({ payment, sequence }) => toNewRow(payment, sequence))),
      JSON.stringify(known.map(({ payment, sequence }) => toChangedRow(payment, sequence))),
      known.map(({ payment }) => payment.id),
      PAYMENT_DUE, dueRows(due), ended,
      JSON.stringify(outbox),
    ]);
    if (answer?.inserted !== fresh.length) throw new RaceLost('another instance requested a payment for the same order');
  }
}

function fold(folded: Map<string, Folded>, asked: Asked, decide: Decide, outbox: OutboxRow[]): Outcome {
  const name = 'paymentId' in asked.target ? asked.target.paymentId : asked.target.orderKey;
  const state = folded.get(name) ?? { payment: undefined, sequence: 0, isNew: true, changed: false, endsCall: false };
  folded.set(name, state);
  state.endsCall ||= asked.endsCall;
  const events: PaymentEvent[] = [];
  for (const input of asked.inputs) {
    const decided = decide(state.payment, input);
    if (!decided.ok) return { ...decided, events };
    for (const event of decided.value) {
      state.payment = evolve(state.payment, event);
      state.changed = true;
      events.push(event);
      const row = toPaymentRow(state.payment, event, { sequence: state.sequence + 1, at: asked.at, cause: asked.cause ?? { correlationId: state.payment.bill.correlationId, causationId: null } });
      if (row === undefined) continue;
      state.sequence += 1;
      outbox.push(row);
    }
  }
  return state.payment === undefined ? { ok: false, error: { kind: 'PaymentNotFound' }, events } : { ...ok(state.payment), events };
}
