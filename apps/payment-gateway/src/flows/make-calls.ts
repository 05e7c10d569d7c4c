import { randomBytes } from 'node:crypto';
import type { Operation } from '@scantill/alipay';
import type { RefundId } from '@scantill/kernel';
import { UnitOfWork, type Clock, type Database, type Log } from '@scantill/platform';
import type { PaymentInput } from '../core/decide-payment.js';
import { holdMs, nextCall, type NextCall } from '../core/next-call.js';
import type { Payment } from '../core/payment.js';
import type { AlipayPayments, Answer } from '../outbound/alipay.payments.js';
import { NotSent } from '../outbound/circuits.js';
import { toEvidence } from '../outbound/evidence.repository.js';
import type { Asked, PaymentRepository } from '../outbound/payment.repository.js';
import type { ChangePayments } from './change-payments.js';
import type { InquiryBudget } from './inquiry-budget.js';

export interface CallLimits {
  /** Calls of one kind under way at once on one account: those that hang, or wait for their turn, hold up no others. */
  readonly concurrency: number;
  /** Payments that wait in memory for their call, of which one kind may fill half; the rest waits in the database. */
  readonly waitingMax: number;
  /** How long a payment stays with this instance: longer than a call can take. */
  readonly leaseMs: number;
  /** A call that could not be begun within this time is left to whoever takes the payment up after the lease. */
  readonly startWithinMs: number;
}

interface Task {
  readonly payment: Payment;
  readonly call: NextCall;
  /** The sending was written down together with the payment itself. */
  readonly isWritten: boolean;
  readonly notAfterMs: number;
}

/** The calls of one kind on one account. */
interface Lane {
  readonly waiting: Task[];
  active: number;
}

interface MakeCallsParts {
  readonly alipay: AlipayPayments;
  readonly budget: InquiryBudget;
  readonly limits: CallLimits;
  readonly clock: Clock;
  readonly log: Log;
}

const OPERATIONS: Readonly<Partial<Record<NextCall['kind'], Operation>>> = {
  pay: 'pay', inquire: 'inquiryPayment', cancel: 'cancel', 'give-back-cancel': 'cancel', refund: 'refund', 'inquire-refund': 'inquiryRefund',
};

/**
 * Calls Alipay, never inside a transaction. Every call belongs to a row whose lease this instance holds, so that at most one is
 * outstanding per payment; its result goes through the same unit of work as everything else.
 */
export class MakeCalls {
  private readonly lanes = new Map<string, Lane>();
  private waiting = 0;
  private onRoom = (): void => undefined;
  private readonly postponing: UnitOfWork<string, undefined>;

  constructor(database: Database, private readonly payments: PaymentRepository, private readonly changePayments: ChangePayments, private readonly parts: MakeCallsParts) {
    this.postponing = new UnitOfWork(database, { run: (tx, ids) => payments.postpone(tx, ids.map((key) => ({ key, dueAt: this.heldUntil(key) }))) });
  }

  /** How many more payments can be taken up now. */
  get room(): number {
    return Math.max(0, this.parts.limits.waitingMax - this.waiting);
  }

  /** Hears that nothing waits any more, so that more can be claimed at once. */
  whenRoom(listener: () => void): void {
    this.onRoom = listener;
  }

  isAnswering(accountId: string, operation: Operation): boolean {
    return this.parts.alipay.isAnswering(accountId, operation);
  }

  /** New payments whose first call is already written down. */
  payFor(payments: readonly Payment[]): void {
    for (const payment of payments) this.enqueue(payment, { kind: 'pay' }, true);
  }

  /** Payments whose time has come; returns when their calls are under way, not when they are answered. */
  async lookAt(ids: readonly string[]): Promise<void> {
    const now = this.parts.clock.now();
    const payments = await this.payments.find(ids);
    for (const payment of payments) this.enqueue(payment, nextCall(payment, now), false);
  }

  private enqueue(payment: Payment, call: NextCall, isWritten: boolean): void {
    const { waitingMax, startWithinMs } = this.parts.limits;
    const name = `${payment.bill.accountId} ${OPERATIONS[call.kind] ?? 'nothing'}`;
    const lane = this.lanes.get(name) ?? { waiting: [], active: 0 };
    this.lanes.set(name, lane);
    const task = { payment, call, isWritten, notAfterMs: Date.now() + startWithinMs };
    // After an outage thousands want to be paid at once: whoever has to be asked about must not wait behind them.
    if (lane.waiting.length >= waitingMax / 2) return void this.hold(task).catch((error: unknown) => this.tellLeft(task, error));
    lane.waiting.push(task);
    this.waiting += 1;
    this.pump(lane);
  }

  private pump(lane: Lane): void {
    while (lane.active < this.parts.limits.concurrency && lane.waiting.length > 0) {
      const task = lane.waiting.shift()!;
      this.waiting -= 1;
      lane.active += 1;
      void this.takeUp(task).catch((error: unknown) => this.tellLeft(task, error)).finally(() => {
        lane.active -= 1;
        this.pump(lane);
        if (this.waiting === 0) this.onRoom();
      });
    }
  }

  private tellLeft({ payment }: Task, error: unknown): void {
    this.parts.log.warn({ err: error, paymentId: payment.id }, 'a payment is looked at again after its lease');
  }

  private async takeUp(task: Task): Promise<void> {
    const { payment, call } = task;
    const operation = OPERATIONS[call.kind];
    const isLate = Date.now() > task.notAfterMs;
    if (operation !== undefined && (isLate || !this.parts.alipay.admit(payment.bill.accountId, operation))) return this.hold(task);
    try {
      await this.perform(task);
    } catch (error) {
      if (!(error instanceof NotSent)) throw error;
      await this.hold(task);
    }
  }

  private async perform({ payment, call, isWritten }: Task): Promise<void> {
    const { alipay, budget, clock } = this.parts;
    switch (call.kind) {
      case 'pay': {
        const current = isWritten ? payment : await this.apply(payment, { kind: 'pay-sent', now: clock.now() }, false);
        if (current.status !== 'requested') return;
        const answer = await alipay.pay(current).catch((error: unknown) => {
          if (error instanceof NotSent) return undefined;
          throw error;
        });
        return answer === undefined ? this.withhold(current, true) : this.answer(current, answer);
      }
      case 'inquire': {
        await budget.take(payment.bill.accountId);
        return this.answer(payment, await alipay.inquire(payment));
      }
      case 'cancel': {
        // Written down first: money that shows up after this is given back by the cancel itself.
        const current = await this.apply(payment, { kind: 'cancel-sent' }, false);
        if (current.status === 'cancelling') await this.answer(current, await alipay.cancel(current));
        return;
      }
      case 'give-back-cancel': return this.answer(payment, await alipay.cancel(payment));
      case 'refund': {
        // Written down first: a repetition that is refused must not pass for the only call.
        const current = await this.apply(payment, { kind: 'refund-sent', id: call.refund.id }, false);
        return this.answer(current, await alipay.refund(current, call.refund));
      }
      case 'inquire-refund': return this.answer(payment, await alipay.inquireRefund(payment, call.refund));
      case 'start-give-back-refund': return void await this.apply(payment, { kind: 'give-back', id: randomBytes(16).toString('hex') as RefundId, now: clock.now() });
      case 'start-closing': return void await this.apply(payment, { kind: 'close', cause: call.cause });
      case 'expire-before-pay': return void await this.apply(payment, { kind: 'too-late' });
      case 'nothing': return void await this.changePayments.apply({ ...this.asked(payment), inputs: [] });
    }
  }

  /** Alipay does not answer, or there was no time left: nothing was sent, and the payment is looked at again a little later. */
  private async hold({ payment, call, isWritten }: Task): Promise<void> {
    const isNews = call.kind === 'pay' && payment.status === 'requested' && (isWritten || !payment.isDelayed);
    if (isNews) await this.withhold(payment, isWritten);
    else await this.postponing.run(payment.id);
  }

  private async withhold(payment: Payment, wasWritten: boolean): Promise<void> {
    await this.changePayments.apply({ ...this.asked(payment), inputs: [{ kind: 'pay-withheld', wasWritten }] });
  }

  private heldUntil(id: string): Date {
    return new Date(this.parts.clock.now().getTime() + holdMs(id));
  }

  private async answer(payment: Payment, { input, exchange, verdict }: Answer): Promise<void> {
    const asked = this.asked(payment);
    const evidence = exchange === undefined ? {} : { evidence: () => toEvidence(payment.id, exchange, verdict, asked.at) };
    await this.changePayments.apply({ ...asked, inputs: [input], ...evidence });
  }

  private async apply(payment: Payment, input: PaymentInput, endsCall = true): Promise<Payment> {
    const outcome = await this.changePayments.apply({ ...this.asked(payment), inputs: [input], endsCall });
    return outcome.ok ? outcome.value : payment;
  }

  private asked(payment: Payment): Omit<Asked, 'inputs'> {
    return { target: { paymentId: payment.id }, at: this.parts.clock.now(), cause: null, endsCall: true };
  }
}
