import { randomBytes } from 'node:crypto';
import { assert, type PaymentId } from '@scantill/kernel';
import type { Cause, Clock, Flow, Tx } from '@scantill/platform';
import type { Bill, Payment } from '../core/payment.js';
import type { Asked } from '../outbound/payment.repository.js';
import type { ChangePayments } from './change-payments.js';
import type { CallLimits, MakeCalls } from './make-calls.js';

/** What an order asks of the gateway. */
export type OrderAsk =
  | { readonly kind: 'pay'; readonly bill: Bill; readonly cause: Cause }
  | { readonly kind: 'close'; readonly orderKey: string; readonly cause: Cause };

/** New orders become payments, given-up orders are closed at Alipay. */
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
    const asked = asks.map((ask) => toAsked(ask, now, takesUp));
    const outcomes = await this.changePayments.run(tx, asked, takesUp ? this.parts.limits.leaseMs : undefined);
    outcomes.forEach((outcome, index) => assert(outcome.ok, `order ${JSON.stringify(asked[index]!.target)} is given up but has no payment`));
    const toPay = outcomes.flatMap((outcome): Payment[] => (outcome.ok && outcome.events.some(({ kind }) => kind === 'PaySent') ? [outcome.value] : []));
    tx.afterCommit(() => {
      this.makeCalls.payFor(toPay);
      this.parts.wakeWorker();
    });
  }
}

function toAsked(ask: OrderAsk, now: Date, takesUp: boolean): Asked {
  const { cause } = ask;
  if (ask.kind === 'close') return { target: { orderKey: ask.orderKey }, inputs: [{ kind: 'close', cause: 'order-cancelled' }], at: now, cause, endsCall: false };
  const id = randomBytes(16).toString('hex') as PaymentId;
  const request = { kind: 'request' as const, id, bill: ask.bill, now };
  const isTooLate = now > ask.bill.validUntil;
  const next = isTooLate ? [{ kind: 'too-late' as const }] : takesUp ? [{ kind: 'pay-sent' as const, now }] : [];
  return { target: { orderKey: ask.bill.orderKey }, inputs: [request, ...next], at: now, cause, endsCall: false };
}
