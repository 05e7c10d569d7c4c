import { randomBytes } from 'node:crypto';
import { assert, type Money, type PaymentId, type RefundId } from '@scantill/kernel';
import type { Cause, Clock, Flow, Tx } from '@scantill/platform';
import type { PaymentInput } from '../core/decide-payment.js';
import type { Bill, Payment } from '../core/payment.js';
import type { Asked } from '../outbound/payment.repository.js';
import type { ChangePayments } from './change-payments.js';
import type { CallLimits, MakeCalls } from './make-calls.js';

/** What an order asks of the gateway. */
export type OrderAsk = { readonly cause: Cause } & (
  | { readonly kind: 'pay'; readonly bill: Bill }
  | { readonly kind: 'new-code'; readonly orderKey: string; readonly codeSeconds: number; readonly deadlineAt: Date }
  | { readonly kind: 'close'; readonly orderKey: string }
  | { readonly kind: 'refund'; readonly paymentId: string; readonly key: string; readonly amount: Money; readonly reason: string | null }
);

/** New orders become payments, given-up orders are closed at Alipay, money is given back. */
export class ApplyOrders implements Flow<OrderAsk> {
  constructor(
    private readonly changePayments: ChangePayments,
    private readonly makeCalls: MakeCalls,
    private readonly parts: { readonly limits: CallLimits; readonly clock: Clock; readonly wakeWorker: () => void },
  ) {}

  async run(tx: Tx, asks: readonly OrderAsk[]): Promise<void> {
    const now = this.parts.clock.now();
    // Taken up at once when there is room, without the detour over a claim; what does not fit becomes due work.
    const takesUp = this.makeCalls.room >= asks.length;
    const asked = asks.map((ask) => this.toAsked(ask, now, takesUp));
    const outcomes = await this.changePayments.run(tx, asked, takesUp ? this.parts.limits.leaseMs : undefined);
    outcomes.forEach((outcome, index) => assert(outcome.ok, `order ${JSON.stringify(asked[index]!.target)} is given up or refunded but has no payment`));
    const toPay = outcomes.flatMap((outcome): Payment[] => (outcome.ok && outcome.events.some(({ kind }) => kind === 'PaySent') ? [outcome.value] : []));
    tx.afterCommit(() => {
      this.makeCalls.payFor(toPay);
      this.parts.wakeWorker();
    });
  }

  private toAsked(ask: OrderAsk, now: Date, takesUp: boolean): Asked {
    const same = { at: now, cause: ask.cause, endsCall: false };
    switch (ask.kind) {
      case 'close': return { ...same, target: { orderKey: ask.orderKey }, inputs: [{ kind: 'close', cause: 'order-cancelled' }] };
      case 'refund': {
        const refund = { id: newId() as RefundId, key: ask.key, amount: ask.amount, reason: ask.reason, requestedAt: now };
        return { ...same, target: { paymentId: ask.paymentId }, inputs: [{ kind: 'request-refund', refund }] };
      }
      case 'new-code': {
        // The customer stands there and wants it: only the order's deadline bounds it.
        const again = { id: newId() as PaymentId, codeSeconds: ask.codeSeconds, validUntil: ask.deadlineAt };
        return { ...same, target: { orderKey: ask.orderKey }, inputs: now > ask.deadlineAt ? [{ kind: 'too-late' }] : [], again };
      }
      case 'pay': return { ...same, target: { orderKey: ask.bill.orderKey }, inputs: [{ kind: 'request', id: newId() as PaymentId, bill: ask.bill, now }, ...this.firstStep(ask.bill, now, takesUp)] };
    }
  }

  private firstStep(bill: Bill, now: Date, takesUp: boolean): PaymentInput[] {
    if (now > bill.validUntil) return [{ kind: 'too-late' }];
    // The till hears at once that it has to wait, instead of after the next look.
    if (!this.makeCalls.isAnswering(bill.accountId, 'pay')) return [{ kind: 'pay-withheld', wasWritten: false }];
    return takesUp ? [{ kind: 'pay-sent', now }] : [];
  }
}

function newId(): string {
  return randomBytes(16).toString('hex');
}
