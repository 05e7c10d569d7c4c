import type { Chance } from '../crash/chance.ts';
import type { Alipay } from './alipay.ts';
import type { Clockwork } from './clockwork.ts';
import { hasPaymentEnded, type PaymentEvent } from './cores.ts';
import type { Gateway, Slot } from './gateway.ts';

const HOUR_MS = 3_600_000;

interface Parts {
  readonly clockwork: Clockwork;
  readonly chance: Chance;
  readonly alipay: Alipay;
  readonly gateway: Gateway;
}

/** Operators, and those who read Alipay's files the days after: what is missing with us is asked about, what bounced is told. */
export class BackOffice {
  private readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  /** Files come on the next days, in the morning. */
  open(startMs: number): void {
    for (const day of [1, 2, 3, 4]) this.parts.clockwork.at(startMs + day * 24 * HOUR_MS, () => this.parts.gateway.host.whenUp(() => this.readFiles()));
  }

  see(event: PaymentEvent, { payment }: Slot): void {
    const { clockwork, chance, gateway } = this.parts;
    if (event.kind !== 'AttentionNeeded') return;
    const wait = chance.between(HOUR_MS / 12, 8 * HOUR_MS);
    const action = chance.pick(['inquire', 'close', 'give-back'] as const);
    clockwork.after(wait, () => gateway.host.whenUp(() => gateway.tell(payment.id, { kind: 'operate', action })));
  }

  private readFiles(): void {
    const { chance, clockwork, gateway } = this.parts;
    for (const slot of gateway.slots) {
      const { payment } = slot;
      // Whoever left something undecided decides now.
      if (!hasPaymentEnded(payment)) gateway.tell(payment.id, { kind: 'operate', action: 'give-back' });
      const record = this.parts.alipay.books.get(payment.id);
      if (record === undefined) continue;
      const isKnown = payment.status === 'succeeded' || payment.lateSuccess !== undefined;
      if (record.status === 'SUCCESS' && !isKnown) gateway.tell(payment.id, { kind: 'operate', action: 'inquire' });
      for (const refund of record.refunds) {
        if (refund.status !== 'SUCCESS' || refund.isReversed || chance.next() > 0.05) continue;
        if (clockwork.nowMs - refund.endedMs < 6 * HOUR_MS) continue;
        refund.isReversed = true;
        // The same line stands in two files.
        for (let times = 0; times < 2; times += 1) gateway.tell(payment.id, { kind: 'refund-reversed', id: null, alipayRefundId: refund.refundId, amount: refund.amount, now: clockwork.now });
      }
    }
  }
}
