import type { Clockwork } from './clockwork.ts';
import { canBePaid, isCancelWindowOver, refundedMinor, type PaymentRecord } from './alipay-books.ts';
import { hasPaymentEnded, isOpen, refundSums, sumsOf, type NextCall, type Order, type OrderEvent, type PaymentEvent } from './cores.ts';
import type { Gateway, Slot } from './gateway.ts';
import type { Rule, Violation } from './rules.ts';

const ENDS = new Set(['OrderPaid', 'OrderCancelled', 'OrderExpired', 'OrderFailed', 'OrderMetTooLate']);
const PAYMENT_ENDS = new Set(['Succeeded', 'Failed', 'Expired', 'Cancelled']);
const REFUND_ENDS = new Set(['RefundSucceeded', 'RefundFailed', 'RefundRefused']);

/** Looks on while the day goes by, with the eyes of both sides, and stops at nothing: the first violation is kept. */
export class Watch {
  violation: Violation | undefined;
  private readonly told = new Map<string, string>();
  private readonly asked = new Set<string>();
  private readonly parts: { readonly clockwork: Clockwork; readonly gateway: () => Gateway; readonly books: () => ReadonlyMap<string, PaymentRecord> };

  constructor(parts: Watch['parts']) {
    this.parts = parts;
  }

  report(rule: Rule, orderKey: string, detail: string): void {
    this.violation ??= { rule, orderKey, detail };
  }

  /** Alipay's books have just changed. */
  alipayChanged(record: PaymentRecord): void {
    const { clockwork, gateway, books } = this.parts;
    const { orderKey } = record;
    const isLive = canBePaid(record, clockwork.nowMs);
    const live = isLive ? [...books().values()].filter((each) => each.orderKey === orderKey && canBePaid(each, clockwork.nowMs)) : [];
    if (live.length > 1) this.report('one-live-code', orderKey, `${live.map(({ requestId }) => requestId).join(' and ')} can both be paid`);
    const slot = gateway().slots.find(({ payment }) => payment.id === record.requestId);
    if (slot === undefined) return this.report('only-ours', orderKey, `Alipay made a code for ${record.requestId}, which we do not know`);
    if (refundedMinor(record) > record.amount.minor) this.report('refunds-within-paid', orderKey, `Alipay gave back ${refundedMinor(record)} of ${record.amount.minor}`);
    for (const { requestId, status, isReversed } of record.refunds) {
      const ours = slot.payment.refunds.find(({ id }) => id === requestId);
      if (status !== 'FAIL' && !isReversed && (ours === undefined || !(isOpen(ours) || ours.status === 'succeeded'))) this.report('reserved-first', orderKey, `refund ${requestId} is ${status} at Alipay and ${ours?.status ?? 'unknown'} with us`);
    }
  }

  /** A call is on its way. */
  called(call: NextCall['kind'], { payment, callsUnderWay }: Slot): void {
    const { orderKey } = payment.bill;
    if (callsUnderWay > 1) this.report('one-call', orderKey, `${callsUnderWay} calls for ${payment.id}`);
    if (call === 'inquire') this.asked.add(payment.id);
    if (call === 'cancel' && !this.asked.delete(payment.id)) this.report('asked-first', orderKey, `${payment.id} was cancelled and not asked about`);
  }

  paymentTold(event: PaymentEvent, { payment }: Slot): void {
    const { orderKey, amount } = payment.bill;
    const { id } = payment;
    if (PAYMENT_ENDS.has(event.kind)) this.once(`end of payment ${id}`, event, orderKey);
    if (event.kind === 'CodeIssued') this.once(`code of ${id}`, event, orderKey);
    if (event.kind === 'LateSuccess') this.once(`late success ${event.success.alipayPaymentId} of ${id}`, event, orderKey);
    if (REFUND_ENDS.has(event.kind)) this.once(`end of refund ${'id' in event ? event.id : 'refund' in event ? event.refund.id : ''}`, event, orderKey);
    if (PAYMENT_ENDS.has(event.kind)) this.checkEnd(event, id, { orderKey, minor: amount.minor });
    const { refunded, pending } = sumsOf(payment.refunds, amount.currency);
    if (refunded.minor + pending.minor > amount.minor) this.report('refunds-within-paid', orderKey, `${refunded.minor} given back and ${pending.minor} reserved of ${amount.minor}`);
    const open = this.parts.gateway().slots.filter((slot) => slot.payment.bill.orderKey === orderKey && !hasPaymentEnded(slot.payment));
    if (open.length > 1) this.report('one-live-code', orderKey, `${open.length} payments are open`);
  }

  private checkEnd(event: PaymentEvent, id: string, { orderKey, minor }: { readonly orderKey: string; readonly minor: bigint }): void {
    const record = this.parts.books().get(id);
    if (event.kind === 'Succeeded') {
      if (record?.status !== 'SUCCESS' || record.amount.minor !== minor) this.report('paid-as-asked', orderKey, `${id} succeeded with us; at Alipay it is ${record?.status} with ${record?.amount.minor} of ${minor}`);
      return;
    }
    if (record === undefined) return;
    const { nowMs } = this.parts.clockwork;
    // Too late to cancel what was paid: it ends here, and the money goes back as a refund.
    const isPaid = record.status === 'SUCCESS' && !record.isLate && !(event.kind === 'Cancelled' && isCancelWindowOver(record, nowMs));
    if (isPaid || canBePaid(record, nowMs)) this.report('ends-by-alipay', orderKey, `${id} is ${event.kind} with us and ${record.status} at Alipay`);
  }

  orderTold(event: OrderEvent, order: Order): void {
    if (ENDS.has(event.kind)) this.once(`end of order ${order.key}`, event, order.key);
    if (event.kind === 'CodeReady' || event.kind === 'CodeClosed') this.once(`${event.kind} ${event.paymentId}`, event, order.key);
    if (event.kind === 'RefundSucceeded' || event.kind === 'RefundFailed') this.once(`end of refund ${order.key} ${event.refundKey}`, event, order.key);
    const { refunded, refunding } = refundSums(order);
    if (refunded.minor + refunding.minor > order.amount.minor) this.report('refunds-within-paid', order.key, `${refunded.minor} given back and ${refunding.minor} reserved of ${order.amount.minor}`);
  }

  private once(what: string, event: object, orderKey: string): void {
    const content = JSON.stringify(event, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
    const before = this.told.get(what);
    if (before !== undefined) this.report('told-once', orderKey, `${what} was announced as ${before} and as ${content}`);
    this.told.set(what, content);
  }
}
