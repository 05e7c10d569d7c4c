import { ok, type PaymentId, type Result } from '@scantill/kernel';
import { appendedCte, dueRows, endedCte, RaceLost, schedule, scheduledCte, type Cause, type Database, type DueWork, type OutboxRow, type Statement, type Tx } from '@scantill/platform';
import type { PaymentInput, PaymentRejected } from '../core/decide-payment.js';
import { nextLook } from '../core/next-call.js';
import { evolve, hasEnded, type Bill, type Payment, type PaymentEvent } from '../core/payment.js';
import { isRefundEvent, type Refund } from '../core/refund.js';
import { keptCte, type Evidence, type EvidenceRepository } from './evidence.repository.js';
import { toPaymentRow } from './payment-events.js';
import { toChangedRow, toNewRow, toPayment, toRefund, toRefundRow, type PaymentRow, type RefundRow } from './payment-row.js';

/** Inputs on their way to one payment, named by its own id or by its order. */
export interface Asked {
  readonly target: { readonly paymentId: string } | { readonly orderKey: string };
  readonly inputs: readonly PaymentInput[];
  readonly at: Date;
  /** Null where only the payment knows which order's story this belongs to. */
  readonly cause: Cause | null;
  /** The result of a call: its lease is over. */
  readonly endsCall: boolean;
  /** A new payment for an order whose last one has ended, on the same bill but for this. */
  readonly again?: Pick<Bill, 'codeSeconds' | 'validUntil'> & { readonly id: PaymentId };
  /** What goes into the evidence with it, once it is known what came of it. */
  readonly evidence?: (outcome: Outcome) => Evidence;
}

export type Decide = (payment: Payment | undefined, input: PaymentInput) => Result<readonly PaymentEvent[], PaymentRejected>;
export type Outcome = Result<Payment, PaymentRejected> & { readonly events: readonly PaymentEvent[] };

export const PAYMENT_DUE = 'payment';

const LOCK_BY_ID: Statement = { name: 'payments-lock-id', text: 'select * from payments where id = any($1::text[]) order by id for update' };
const LOCK_BY_ORDER: Statement = { name: 'payments-lock-order', text: 'select * from payments where order_key = any($1::text[]) order by id for update' };
const LOCK_REFUNDS: Statement = { name: 'refunds-lock', text: 'select * from refunds where payment_id = any($1::text[]) order by id for update' };
const READ: Statement = { name: 'payments-read', text: 'select * from payments where id = any($1::text[])' };
const READ_REFUNDS: Statement = { name: 'refunds-read', text: 'select * from refunds where payment_id = any($1::text[]) order by id' };
const OF_REQUESTS: Statement = { name: 'payments-of-requests', text: 'select * from payments where id = any($1::text[]) or id in (select payment_id from refunds where id = any($1::text[])) order by id' };
const OF_ORDER: Statement = { name: 'payments-of-order', text: 'select * from payments where order_key = $1 order by created_at, id' };

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
        alipay_payment_id = coalesce(c.alipay_payment_id, p.alipay_payment_id), paid_at = c.paid_at,
        refunded_minor = c.refunded_minor, refunding_minor = c.refunding_minor, refund_count = c.refund_count
      from json_to_recordset($2::json) as c(id text, status text, sequence int, state jsonb, attention text, alipay_payment_id text, paid_at timestamptz,
        refunded_minor bigint, refunding_minor bigint, refund_count int)
      where p.id = any($3::text[]) and p.id = c.id),
    ${scheduledCte('$4', '$5')},
    ${endedCte('$4', '$6')},
    ${appendedCte('$7')},
    ${keptCte('$8')}
    select count(*)::int as inserted from inserted`,
};

const WRITE_REFUNDS: Statement = {
  name: 'refunds-write',
  text: `insert into refunds (id, payment_id, order_key, refund_key, amount_minor, currency, status, asks, state, reason, alipay_refund_id, requested_at, ended_at)
    select id, payment_id, order_key, refund_key, amount_minor, currency, status, asks, state, reason, alipay_refund_id, requested_at, ended_at
    from json_to_recordset($1::json) as r(id text, payment_id text, order_key text, refund_key text, amount_minor bigint, currency text, status text, asks int, state jsonb, reason text,
      alipay_refund_id text, requested_at timestamptz, ended_at timestamptz)
    order by id
    on conflict (id) do update set status = excluded.status, asks = excluded.asks, state = excluded.state, alipay_refund_id = excluded.alipay_refund_id, ended_at = excluded.ended_at`,
};

interface WrittenWith {
  readonly outbox: readonly OutboxRow[];
  readonly evidence: readonly Evidence[];
  readonly now: Date;
  readonly leaseMs: number | undefined;
}

interface Folded {
  payment: Payment | undefined;
  sequence: number;
  /** Refunds that are written with it. */
  readonly refunds: Set<string>;
  readonly isNew: boolean;
  changed: boolean;
  endsCall: boolean;
}

/** Owns lock and transaction order; the decision is given and cannot wait for anything. */
export class PaymentRepository {
  constructor(private readonly database: Database, private readonly evidence: EvidenceRepository) {}

  /**
   * Locks the payments of all inputs, folds each one's inputs in order through the decision, and writes rows, the date of the next
   * look, events and evidence. `leaseMs` is for new payments that the caller pays for at once.
   */
  async change(tx: Tx, asked: readonly Asked[], decide: Decide, leaseMs?: number): Promise<Outcome[]> {
    const folded = await this.lock(tx, asked);
    const outbox: OutboxRow[] = [];
    const now = asked[0]?.at ?? new Date(0);
    const outcomes = asked.map((each) => fold(folded, each, decide, outbox));
    const evidence = asked.flatMap((each, index) => (each.evidence === undefined ? [] : [each.evidence(outcomes[index]!)]));
    await this.write(tx, [...new Set(folded.values())], { outbox, evidence, now, leaseMs });
    return outcomes;
  }

  async find(ids: readonly string[]): Promise<Payment[]> {
    return this.withRefunds(await this.database.query<PaymentRow>(READ, [ids]));
  }

  /** By ids of payments or of refunds. */
  async ofRequests(ids: readonly string[]): Promise<Payment[]> {
    return ids.length === 0 ? [] : this.withRefunds(await this.database.query<PaymentRow>(OF_REQUESTS, [ids]));
  }

  /** Oldest first. */
  async ofOrder(orderKey: string): Promise<Payment[]> {
    return this.withRefunds(await this.database.query<PaymentRow>(OF_ORDER, [orderKey]));
  }

  private async withRefunds(rows: readonly PaymentRow[]): Promise<Payment[]> {
    const owners = ownersOf(rows);
    const refunds = byPayment(owners.length === 0 ? [] : await this.database.query<RefundRow>(READ_REFUNDS, [owners]));
    return rows.map((row) => toPayment(row, refunds.get(row.id) ?? []));
  }

  /** Whoever holds their leases looks at them later, without a word about them. */
  async postpone(tx: Tx, due: readonly DueWork[]): Promise<undefined[]> {
    await schedule(tx, PAYMENT_DUE, due);
    return due.map(() => undefined);
  }

  /** Under its own id, and under its order's key the newest of the order. */
  private async lock(tx: Tx, asked: readonly Asked[]): Promise<Map<string, Folded>> {
    const ids = [...new Set(asked.flatMap(({ target }) => ('paymentId' in target ? [target.paymentId] : [])))].sort();
    const orders = [...new Set(asked.flatMap(({ target }) => ('orderKey' in target ? [target.orderKey] : [])))].sort();
    const rows = [
      ...(ids.length > 0 ? await tx.query<PaymentRow>(LOCK_BY_ID, [ids]) : []),
      ...(orders.length > 0 ? await tx.query<PaymentRow>(LOCK_BY_ORDER, [orders]) : []),
    ];
    const owners = ownersOf(rows);
    const refunds = byPayment(owners.length === 0 ? [] : await tx.query<RefundRow>(LOCK_REFUNDS, [owners]));
    const folded = new Map<string, Folded>();
    for (const row of rows) {
      const known = folded.get(row.id) ?? { ...untouched(), payment: toPayment(row, refunds.get(row.id) ?? []), sequence: row.sequence, isNew: false };
      folded.set(row.id, known);
      const current = folded.get(row.order_key)?.payment;
      if (current === undefined || current.createdAt <= row.created_at) folded.set(row.order_key, known);
    }
    return folded;
  }

  private async write(tx: Tx, folded: readonly Folded[], { outbox, evidence, now, leaseMs }: WrittenWith): Promise<void> {
    const touched = folded.flatMap((each) => (each.payment !== undefined && (each.changed || each.endsCall) ? [{ ...each, payment: each.payment }] : []));
    if (touched.length === 0 && evidence.length === 0) return;
    const fresh = touched.filter(({ isNew }) => isNew);
    const known = touched.filter(({ isNew, changed }) => !isNew && changed);
    const due: DueWork[] = [];
    const ended: string[] = [];
    for (const { payment, isNew, endsCall } of touched) {
      const dueAt = nextLook(payment, now);
      if (dueAt === undefined) ended.push(payment.id);
      else {
        // Held back instead of sent, it belongs to nobody yet.
        const isPaidFor = isNew && leaseMs !== undefined && payment.status === 'requested' && payment.pays > 0;
        due.push({ key: payment.id, dueAt, ...(isPaidFor ? { leaseMs } : { keepLease: !isNew && !endsCall }) });
      }
    }
    const [answer] = await tx.query<{ inserted: number }>(WRITE, [
      JSON.stringify(fresh.map(({ payment, sequence }) => toNewRow(payment, sequence))),
      JSON.stringify(known.map(({ payment, sequence }) => toChangedRow(payment, sequence))),
      known.map(({ payment }) => payment.id),
      PAYMENT_DUE, dueRows(due), ended,
      JSON.stringify(outbox),
      this.evidence.toRows(evidence),
    ]);
    if (answer?.inserted !== fresh.length) throw new RaceLost('another instance requested a payment for the same order');
    const refunds = touched.flatMap(({ payment, refunds: ids }) => payment.refunds.filter(({ id }) => ids.has(id)).map((refund) => toRefundRow(payment, refund)));
    if (refunds.length > 0) await tx.query(WRITE_REFUNDS, [JSON.stringify(refunds)]);
  }
}

function untouched(): Folded {
  return { payment: undefined, sequence: 0, refunds: new Set(), isNew: true, changed: false, endsCall: false };
}

/** Most payments have no refund: those are not asked about. */
function ownersOf(rows: readonly PaymentRow[]): string[] {
  return [...new Set(rows.flatMap((row) => (row.refund_count > 0 ? [row.id] : [])))].sort();
}

function byPayment(rows: readonly RefundRow[]): Map<string, Refund[]> {
  const refunds = new Map<string, Refund[]>();
  for (const row of rows) refunds.set(row.payment_id, [...(refunds.get(row.payment_id) ?? []), toRefund(row)]);
  return refunds;
}

/** A new payment stands under its order's name from now on. Only where the last one has ended can there be another. */
function startAgain(folded: Map<string, Folded>, orderKey: string, { again, at }: Asked): PaymentInput[] {
  const last = folded.get(orderKey)?.payment;
  if (again === undefined || last === undefined || !hasEnded(last) || last.status === 'succeeded') return [];
  folded.set(orderKey, untouched());
  return [{ kind: 'request', id: again.id, bill: { ...last.bill, codeSeconds: again.codeSeconds, validUntil: again.validUntil }, now: at }];
}

function fold(folded: Map<string, Folded>, asked: Asked, decide: Decide, outbox: OutboxRow[]): Outcome {
  const name = 'paymentId' in asked.target ? asked.target.paymentId : asked.target.orderKey;
  const first = asked.again === undefined ? [] : startAgain(folded, name, asked);
  const state = folded.get(name) ?? untouched();
  folded.set(name, state);
  state.endsCall ||= asked.endsCall;
  const events: PaymentEvent[] = [];
  // An order that is announced again is paid for already: whoever took it up makes the calls.
  const isKnown = state.payment !== undefined && asked.inputs[0]?.kind === 'request';
  const inputs = isKnown || (asked.again !== undefined && first.length === 0) ? [] : [...first, ...asked.inputs];
  for (const input of inputs) {
    const decided = decide(state.payment, input);
    if (!decided.ok) return { ...decided, events };
    for (const event of decided.value) {
      state.payment = evolve(state.payment, event);
      state.changed = true;
      events.push(event);
      if (isRefundEvent(event)) state.refunds.add('refund' in event ? event.refund.id : event.id);
      const row = toPaymentRow(state.payment, event, { sequence: state.sequence + 1, at: asked.at, cause: asked.cause ?? { correlationId: state.payment.bill.correlationId, causationId: null } });
      if (row === undefined) continue;
      state.sequence += 1;
      outbox.push(row);
    }
  }
  return state.payment === undefined ? { ok: false, error: { kind: 'PaymentNotFound' }, events } : { ...ok(state.payment), events };
}
