import type { Money, OrderKey, PaymentId, RefundId } from '@scantill/kernel';
import type { Alipay } from './alipay.ts';
import type { BrokenRule } from './broken-rules.ts';
import type { Clockwork } from './clockwork.ts';
import {
  decidePayment, evolvePayment, expiryOf, hasPaymentEnded, holdMs, nextCall, nextLook, type Bill, type NextCall, type Payment, type PaymentEvent, type PaymentInput, type Refund, type StatusReport,
} from './cores.ts';
import { Host } from './host.ts';
import type { Line } from './line.ts';
import { toCancelInput, toPayInput, toRefundAnswer, toRefundStanding, toVerdict } from './words.ts';

/** What an order asks of the gateway, as its messages carry it. */
export type OrderAsk = { readonly orderKey: OrderKey } & (
  | { readonly kind: 'pay'; readonly bill: Bill }
  | { readonly kind: 'new-code'; readonly codeSeconds: number; readonly deadlineAt: Date }
  | { readonly kind: 'close' }
  | { readonly kind: 'refund'; readonly paymentId: PaymentId; readonly key: string; readonly amount: Money; readonly reason: string | null }
);

/** One payment and when it is looked at next. */
export interface Slot {
  payment: Payment;
  /** The look that counts; an earlier one that is still to come does not. */
  ticket: number;
  callsUnderWay: number;
  lease: { readonly life: number; readonly untilMs: number } | undefined;
}

interface Parts {
  readonly clockwork: Clockwork;
  readonly alipay: Alipay;
  readonly line: Line;
  readonly broken: BrokenRule;
  readonly newId: () => string;
  /** Hears every event once it is written, and whatever is sent to Alipay. */
  readonly onEvent: (event: PaymentEvent, slot: Slot) => void;
  readonly onCall: (call: NextCall['kind'], slot: Slot) => void;
}

const LEASE_MS = 30_000;
const CALLS: ReadonlySet<NextCall['kind']> = new Set(['pay', 'inquire', 'cancel', 'give-back-cancel', 'refund', 'inquire-refund']);

/** A message that its receiver cannot act on: in the product it would be a dead letter. */
export class NotUnderstood extends Error {
  readonly orderKey: string;

  constructor(orderKey: string, message: string) {
    super(message);
    this.orderKey = orderKey;
  }
}

/** The gateway's process around its core: one call per payment at a time, leases that outlive it, results through the same decisions. */
export class Gateway {
  readonly host: Host;
  readonly slots: Slot[] = [];
  private readonly ofOrder = new Map<OrderKey, Slot>();
  private readonly byId = new Map<string, Slot>();
  private readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
    this.host = new Host(parts.clockwork);
  }

  receive(ask: OrderAsk): void {
    const { now } = this.parts.clockwork;
    switch (ask.kind) {
      case 'pay': return this.request(ask.bill);
      case 'new-code': {
        const last = this.ofOrder.get(ask.orderKey);
        if (last === undefined || !hasPaymentEnded(last.payment)) throw new NotUnderstood(ask.orderKey, 'a new code was asked for while the last payment is open');
        return this.request({ ...last.payment.bill, codeSeconds: ask.codeSeconds, validUntil: ask.deadlineAt });
      }
      case 'close': return this.change(this.ofOrder.get(ask.orderKey)!, { kind: 'close', cause: 'order-cancelled' });
      case 'refund': {
        const refund = { id: this.parts.newId() as RefundId, key: ask.key, amount: ask.amount, reason: ask.reason, requestedAt: now };
        return this.change(this.byId.get(ask.paymentId)!, { kind: 'request-refund', refund });
      }
    }
  }

  /** @returns whether somebody was there to hear it */
  notified(requestId: string, verdict: StatusReport['verdict']): boolean {
    const slot = this.byId.get(requestId);
    if (!this.host.isUp) return false;
    if (slot !== undefined) this.change(slot, { kind: 'report', report: { source: 'notification', receivedAt: this.parts.clockwork.now, verdict } });
    return true;
  }

  /** From an operator, or from the books of the next day. What is refused changes nothing. */
  tell(paymentId: string, input: PaymentInput): void {
    const slot = this.byId.get(paymentId);
    if (slot !== undefined && decidePayment(slot.payment, input).ok) this.change(slot, input);
  }

  private request(bill: Bill): void {
    const { clockwork, newId } = this.parts;
    const id = newId() as PaymentId;
    const decided = decidePayment(undefined, { kind: 'request', id, bill, now: clockwork.now });
    if (!decided.ok) throw new Error(decided.error.kind);
    const slot: Slot = { payment: evolvePayment(undefined, decided.value[0]!), ticket: 0, callsUnderWay: 0, lease: undefined };
    this.slots.push(slot);
    this.ofOrder.set(bill.orderKey, slot);
    this.byId.set(id, slot);
    this.lookAt(slot, clockwork.now);
  }

  private change(slot: Slot, learned: PaymentInput): void {
    const { broken, clockwork, onEvent } = this.parts;
    const decided = decidePayment(slot.payment, broken.learn?.(learned, slot.payment) ?? learned);
    if (!decided.ok) throw new NotUnderstood(slot.payment.bill.orderKey, `${learned.kind} was refused: ${decided.error.kind}`);
    for (const event of decided.value) {
      slot.payment = evolvePayment(slot.payment, event);
      onEvent(event, slot);
    }
    if (this.isLeased(slot)) return;
    const look = nextLook(slot.payment, clockwork.now);
    if (look === undefined) slot.ticket += 1;
    else this.lookAt(slot, look);
  }

  private isLeased({ lease }: Slot): boolean {
    return lease !== undefined && this.parts.clockwork.nowMs < lease.untilMs;
  }

  private lookAt(slot: Slot, at: Date): void {
    const ticket = ++slot.ticket;
    this.parts.clockwork.at(at.getTime(), () => this.host.whenUp(() => {
      if (slot.ticket === ticket) this.look(slot);
    }));
  }

  private look(slot: Slot): void {
    const { broken, clockwork } = this.parts;
    const due = nextCall(slot.payment, clockwork.now);
    const instead = broken.instead?.(due, slot.payment, clockwork.now);
    if (instead !== undefined) return this.change(slot, instead);
    const call = broken.call?.(due, slot.payment) ?? due;
    if (CALLS.has(call.kind) && !this.parts.line.isAdmitting) return this.hold(slot, call);
    switch (call.kind) {
      case 'start-closing': return this.change(slot, { kind: 'close', cause: call.cause });
      case 'start-give-back-refund': return this.change(slot, { kind: 'give-back', id: this.parts.newId() as RefundId, now: clockwork.now });
      case 'expire-before-pay': return this.change(slot, { kind: 'too-late' });
      case 'nothing': return;
      default: return this.send(slot, call);
    }
  }

  /** Alipay does not answer: nothing is sent. Sometimes that was noticed only when the sending was already written down. */
  private hold(slot: Slot, call: NextCall): void {
    const { clockwork } = this.parts;
    const isNews = call.kind === 'pay' && slot.payment.status === 'requested';
    const wasWritten = isNews && slot.payment.id.endsWith('1');
    if (wasWritten) this.change(slot, { kind: 'pay-sent', now: clockwork.now });
    if (isNews) this.change(slot, { kind: 'pay-withheld', wasWritten });
    else this.lookAt(slot, new Date(clockwork.nowMs + holdMs(slot.payment.id)));
  }

  /** The row is leased before the call is made; when we die, somebody takes it up after the lease. */
  private send(slot: Slot, call: NextCall): void {
    const { alipay, clockwork, line, onCall } = this.parts;
    const untilMs = clockwork.nowMs + LEASE_MS;
    slot.lease = { life: this.host.life, untilMs };
    if (call.kind === 'pay') this.change(slot, { kind: 'pay-sent', now: clockwork.now });
    if (call.kind === 'cancel') this.change(slot, { kind: 'cancel-sent' });
    this.lookAt(slot, new Date(untilMs));
    slot.callsUnderWay += 1;
    onCall(call.kind, slot);
    const answered = this.listen(slot);
    const { id, bill } = slot.payment;
    const requestId = this.parts.broken.requestId?.(slot.payment) ?? id;
    switch (call.kind) {
      case 'pay': {
        const request = { requestId, orderKey: bill.orderKey, amount: bill.amount, expiresMs: expiryOf(slot.payment).getTime() };
        return line.call(() => alipay.pay(request), answered(toPayInput));
      }
      case 'inquire': return line.call(() => alipay.inquire(id), answered((heard, now) => ({ kind: 'report', report: { source: 'inquiry', receivedAt: now, verdict: toVerdict(heard) } })));
      case 'cancel':
      case 'give-back-cancel': return line.call(() => alipay.cancel(id), answered(toCancelInput));
      case 'refund': {
        const { refund } = call;
        return line.call(() => alipay.refund(refundedPayment(slot.payment, refund), refund.id, refund.amount), answered((heard, now) => ({ kind: 'refund-answered', id: refund.id, answer: toRefundAnswer(heard), now })));
      }
      case 'inquire-refund': return line.call(() => alipay.inquireRefund(call.refund.id), answered((heard, now) => ({ kind: 'refund-answered', id: call.refund.id, answer: toRefundStanding(heard), now })));
    }
  }

  /** Only the process that asked can hear the answer. */
  private listen(slot: Slot): <A>(toInput: (heard: A, now: Date) => PaymentInput) => (heard: A) => void {
    const { life } = this.host;
    return (toInput) => (heard) => {
      slot.callsUnderWay -= 1;
      if (this.host.life !== life) return;
      slot.lease = undefined;
      this.change(slot, toInput(heard, this.parts.clockwork.now));
    };
  }
}

/** Money that came late is given back from its own payment. */
function refundedPayment(payment: Payment, { key }: Refund): string {
  const success = key === null ? payment.lateSuccess : payment.status === 'succeeded' ? payment.success : undefined;
  return success?.alipayPaymentId ?? '';
}
