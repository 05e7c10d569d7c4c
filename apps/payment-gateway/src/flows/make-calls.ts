import { UnitOfWork, type Clock, type Database, type Log } from '@scantill/platform';
import type { PaymentInput } from '../core/decide-payment.js';
import { nextCall, type NextCall } from '../core/next-call.js';
import type { Payment } from '../core/payment.js';
import type { AlipayPayments } from '../outbound/alipay.payments.js';
import { type Asked, type Outcome, type PaymentRepository } from '../outbound/payment.repository.js';
import type { ChangePayments } from './change-payments.js';
import type { InquiryBudget } from './inquiry-budget.js';

export interface CallLimits {
  /** Calls under way at once. */
  readonly concurrency: number;
  /** Payments that wait in memory for their call; the rest waits in the database. */
  readonly waitingMax: number;
  /** How long a payment stays with this instance: longer than a call can take. */
  readonly leaseMs: number;
  /** A call that could not be begun within this time is left to whoever takes the payment up after the lease. */
  readonly startWithinMs: number;
}

interface Task {
  readonly payment: Payment;
  readonly call: NextCall;
  readonly notAfterMs: number;
}

/**
 * Calls Alipay, never inside a transaction. Every call belongs to a row whose lease this instance holds, so that at most one is
 * outstanding per payment; its result goes through the same unit of work as everything else.
 */
export class MakeCalls {
  private readonly waiting: Task[] = [];
  private active = 0;
  private onRoom = (): void => undefined;
  private readonly work: UnitOfWork<Asked, Outcome>;

  constructor(
    database: Database,
    private readonly payments: PaymentRepository,
    changePayments: ChangePayments,
    private readonly parts: { readonly alipay: AlipayPayments; readonly budget: InquiryBudget; readonly limits: CallLimits; readonly clock: Clock; readonly log: Log },
  ) {
    this.work = new UnitOfWork(database, changePayments);
  }

  /** How many more payments can be taken up now. */
  get room(): number {
    return Math.max(0, this.parts.limits.waitingMax - this.waiting.length);
  }

  /** Hears that nothing waits any more, so that more can be claimed at once. */
  whenRoom(listener: () => void): void {
    this.onRoom = listener;
  }

  /** New payments whose first call is already written down. */
  payFor(payments: readonly Payment[]): void {
    for (const payment of payments) this.enqueue(payment, { kind: 'pay' });
  }

  /** Payments whose time has come; returns when their calls are under way, not when they are answered. */
  async lookAt(ids: readonly string[]): Promise<void> {
    const now = this.parts.clock.now();
    const payments = await this.payments.find(ids);
    for (const payment of payments) this.enqueue(payment, nextCall(payment, now));
  }

  private enqueue(payment: Payment, call: NextCall): void {
    this.waiting.push({ payment, call, notAfterMs: Date.now() + this.parts.limits.startWithinMs });
    this.pump();
  }

  private pump(): void {
    while (this.active < this.parts.limits.concurrency && this.waiting.length > 0) {
      const task = this.waiting.shift()!;
      if (Date.now() > task.notAfterMs) continue;
      this.active += 1;
      void this.perform(task).catch((error: unknown) => this.parts.log.warn({ err: error, paymentId: task.payment.id }, 'a payment is looked at again after its lease')).finally(() => {
        this.active -= 1;
        this.pump();
        if (this.waiting.length === 0) this.onRoom();
      });
    }
  }

  private async perform({ payment, call }: Task): Promise<void> {
    const now = () => this.parts.clock.now();
    switch (call.kind) {
      case 'pay': {
        // The first sending was written down together with the payment itself.
        const current = payment.status === 'requested' && payment.pays === 1 ? payment : await this.apply(payment, { kind: 'pay-sent', now: now() }, false);
        if (current.status === 'requested') await this.apply(current, await this.parts.alipay.pay(current, now));
        return;
      }
      case 'inquire': {
        await this.parts.budget.take(payment.bill.accountId);
        await this.apply(payment, await this.parts.alipay.inquire(payment, now));
        return;
      }
      case 'cancel': {
        // Written down first: money that shows up after this is given back by the cancel itself.
        const current = await this.apply(payment, { kind: 'cancel-sent' }, false);
        if (current.status === 'cancelling') await this.apply(current, await this.parts.alipay.cancel(current, now));
        return;
      }
      case 'start-closing': return void await this.apply(payment, { kind: 'close', cause: call.cause });
      case 'expire-before-pay': return void await this.apply(payment, { kind: 'too-late' });
      case 'nothing': return void await this.apply(payment, { kind: 'report', report: { source: 'notification', receivedAt: now(), verdict: { kind: 'processing' } } });
    }
  }

  private async apply(payment: Payment, input: PaymentInput, endsCall = true): Promise<Payment> {
    const outcome = await this.work.run({ target: { paymentId: payment.id }, inputs: [input], at: this.parts.clock.now(), cause: null, endsCall });
    return outcome.ok ? outcome.value : payment;
  }
}

